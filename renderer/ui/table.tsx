import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useId, useRef } from "react";
import { useRowHeight } from "./use-row-height.ts";

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Least width in rem. */
  readonly width: number;
  /** Share of what is left over; none by default. */
  readonly grow?: number;
  readonly align?: "start" | "end";
  readonly render: (row: Row) => ReactNode;
}

/**
 * A virtual table: only rows in view exist, so ten thousand scroll like ten. Arrow keys, Page Up and Down, Home and
 * End move the active row, Enter opens it, C copies what `copyText` says of it.
 */
export function Table<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly count: number;
  readonly rowAt: (index: number) => Row | undefined;
  readonly onLook?: (first: number, last: number) => void;
  readonly active: number | null;
  readonly onActivate: (index: number) => void;
  readonly onOpen?: (row: Row) => void;
  readonly copyText?: (row: Row) => string;
  readonly empty: ReactNode;
  readonly foot?: ReactNode;
}) {
  const { columns, count, rowAt, onLook, active, onActivate, onOpen } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => onLook?.(first, last), [onLook, first, last, count]);

  // Rows are drawn again only when something of theirs changed, so what they call must stay the same.
  const open = (index: number) => {
    const row = rowAt(index);
    if (row !== undefined) onOpen?.(row);
  };
  const latest = useRef({ onActivate, open });
  latest.current = { onActivate, open };
  const press = useCallback((index: number) => {
    latest.current.onActivate(index);
    latest.current.open(index);
  }, []);
  const move = (to: number) => {
    const index = Math.max(0, Math.min(count - 1, to));
    onActivate(index);
    virtual.scrollToIndex(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || count === 0) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const at = active ?? -1;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: count - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) move(target);
    else if (event.key === "Enter" && active !== null) open(active);
    else if (event.key.toLowerCase() === "c" && active !== null && !event.altKey) copy(active);
    else return;
    event.preventDefault();
  };
  const copy = (index: number) => {
    const row = rowAt(index);
    if (row !== undefined && props.copyText !== undefined) void navigator.clipboard.writeText(props.copyText(row));
  };
  const isActiveDrawn = active !== null && items.some((item) => item.index === active);
  return (
    <div className="table-frame">
      {count === 0 ? (
        <div className="table-empty">{props.empty}</div>
      ) : (
        <div
          ref={scroller}
          className="table"
          role="grid"
          tabIndex={0}
          aria-label={props.label}
          aria-rowcount={count + 1}
          aria-colcount={columns.length}
          {...(isActiveDrawn ? { "aria-activedescendant": `${id}-${active}` } : {})}
          onKeyDown={onKeyDown}
          style={tracksOf(columns)}
        >
          <div className="table-head" role="row" aria-rowindex={1}>
            {columns.map((column) => (
              <div key={column.id} className="table-cell" role="columnheader" data-align={column.align ?? "start"}>
                {column.title}
              </div>
            ))}
          </div>
          <div className="table-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => (
              <TableRow
                key={item.key}
                id={`${id}-${item.index}`}
                index={item.index}
                start={item.start}
                row={rowAt(item.index)}
                columns={columns}
                isActive={item.index === active}
                isOpenable={onOpen !== undefined}
                onPress={press}
              />
            ))}
          </div>
        </div>
      )}
      {props.foot === undefined ? null : <div className="table-foot">{props.foot}</div>}
    </div>
  );
}

interface RowProps<Row> {
  readonly id: string;
  readonly index: number;
  /** Distance from the top of the list, in pixels. */
  readonly start: number;
  readonly row: Row | undefined;
  readonly columns: readonly Column<Row>[];
  readonly isActive: boolean;
  readonly isOpenable: boolean;
  readonly onPress: (index: number) => void;
}

const TableRow = memo(function TableRow<Row>(props: RowProps<Row>) {
  const { id, index, start, row, columns, isActive, isOpenable, onPress } = props;
  return (
    <div
      id={id}
      className="table-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      {...(isActive ? { "data-active": true } : {})}
      {...(isOpenable ? { "data-openable": true } : {})}
      style={{ transform: `translateY(${start}px)` }}
      onClick={() => onPress(index)}
    >
      {columns.map((column) => (
        <div key={column.id} className="table-cell" role="gridcell" data-align={column.align ?? "start"}>
          {row === undefined ? <span className="table-wait" /> : column.render(row)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: RowProps<Row>) => ReactNode;

/** The same tracks for every row, and the width below which the table scrolls sideways. */
function tracksOf(columns: readonly { readonly width: number; readonly grow?: number }[]): object {
  const tracks = columns.map(({ width, grow }) =>
    grow === undefined ? `${width}rem` : `minmax(${width}rem, ${grow}fr)`,
  );
  const least = columns.reduce((sum, column) => sum + column.width + 1, 1);
  return { "--columns": tracks.join(" "), "--least": `${least}rem` };
}
