import { type ReactNode, useEffect, useState } from "react";
import { Field } from "../../ui/field.tsx";

/** A text setting: kept when the field is left or Enter is pressed, refused with a reason where it is wrong. */
export function KeptField(props: {
  readonly label: string;
  readonly value: string;
  readonly onKeep: (value: string) => void;
  readonly hint?: ReactNode;
  readonly check?: (value: string) => string | null;
  readonly maxLength?: number;
  readonly inputMode?: "text" | "numeric" | "url";
}) {
  const { label, value, onKeep, hint, check, maxLength, inputMode } = props;
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const error = check?.(draft) ?? null;
  const keep = () => {
    if (draft !== value && error === null) onKeep(draft.trim());
  };
  return (
    <Field
      label={label}
      value={draft}
      onChange={setDraft}
      onBlur={keep}
      onEnter={keep}
      error={error}
      {...(hint === undefined ? {} : { hint })}
      {...(maxLength === undefined ? {} : { maxLength })}
      {...(inputMode === undefined ? {} : { inputMode })}
    />
  );
}
