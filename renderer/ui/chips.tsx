import type { ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

export interface ChipOption<Id extends string> {
  readonly id: Id;
  readonly label: ReactNode;
}

/** One filter of several; exactly one is on. */
export function Chips<Id extends string>(props: {
  readonly label: string;
  readonly options: readonly ChipOption<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}) {
  return (
    <ToggleButtonGroup
      className="chips"
      aria-label={props.label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[props.value]}
      onSelectionChange={(keys) => {
        const [id] = keys;
        if (id !== undefined) props.onChange(id as Id);
      }}
    >
      {props.options.map((option) => (
        <ToggleButton key={option.id} id={option.id} className="chip">
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
