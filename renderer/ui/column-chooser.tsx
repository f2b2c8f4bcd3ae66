import { Columns3 } from "lucide-react";
import { useState } from "react";
import { Button, Checkbox, CheckboxGroup, Dialog, DialogTrigger, Popover } from "react-aria-components";
import type { Column } from "./table.tsx";

export interface ColumnChoice<Row> {
  readonly shown: readonly Column<Row>[];
  readonly all: readonly Column<Row>[];
  readonly ids: readonly string[];
  readonly setIds: (ids: readonly string[]) => void;
}

/** Which columns a table shows; the choice is kept in this window, since it is no business of the engine. */
export function useColumns<Row>(
  table: string,
  all: readonly Column<Row>[],
  hiddenAtFirst: readonly string[] = [],
): ColumnChoice<Row> {
  const key = `columns-${table}`;
  const [ids, setState] = useState<readonly string[]>(() => {
    const kept = localStorage.getItem(key)?.split(",");
    return kept ?? all.map((column) => column.id).filter((id) => !hiddenAtFirst.includes(id));
  });
  const shown = all.filter((column) => ids.includes(column.id));
  return {
    shown: shown.length === 0 ? all : shown,
    all,
    ids,
    setIds: (now) => {
      localStorage.setItem(key, now.join(","));
      setState(now);
    },
  };
}

export function ColumnChooser<Row>(props: { readonly label: string; readonly columns: ColumnChoice<Row> }) {
  const { all, ids, setIds } = props.columns;
  return (
    <DialogTrigger>
      <Button className="button icon-only" aria-label={props.label}>
        <Columns3 size={20} aria-hidden />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog aria-label={props.label}>
          <CheckboxGroup aria-label={props.label} className="column-list" value={[...ids]} onChange={setIds}>
            {all.map((column) => (
              <Checkbox
                key={column.id}
                value={column.id}
                className="column-choice"
                isDisabled={ids.length === 1 && ids[0] === column.id}
              >
                {column.title}
              </Checkbox>
            ))}
          </CheckboxGroup>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
