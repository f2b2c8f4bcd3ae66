import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { columnsFor, type Slot } from "../../model/slots.ts";
import { useText } from "../../text/use-text.ts";
import { Tile } from "./tile.tsx";

/** The grid of slots; one of them is chosen, and the corner's button is about that one. */
export function Tiles(props: {
  readonly slots: readonly Slot[];
  readonly chosen: number;
  readonly onChoose: (number: number) => void;
}) {
  const { slots, chosen, onChoose } = props;
  return (
    <TileGrid numbers={slots.map(({ number }) => number)} chosen={chosen}>
      {slots.map((slot) => (
        <Tile
          key={slot.number}
          slot={slot}
          isChosen={slot.number === chosen}
          isTabStop={slot.number === chosen}
          onChoose={() => onChoose(slot.number)}
        />
      ))}
    </TileGrid>
  );
}

/** Tiles of any kind; arrow keys move the focus between them, which chooses. */
export function TileGrid(props: {
  /** Of the tiles, in order. */
  readonly numbers: readonly number[];
  readonly chosen: number;
  readonly children: ReactNode;
}) {
  const { numbers, chosen, children } = props;
  const { text } = useText();
  const grid = useRef<HTMLDivElement>(null);
  const columns = columnsFor(numbers.length);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -numbers.length,
      End: numbers.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(numbers.length - 1, numbers.indexOf(chosen) + step));
    grid.current?.querySelector<HTMLElement>(`[data-slot="${numbers[place]}"]`)?.focus();
  };
  return (
    <div
      ref={grid}
      className="tiles"
      role="radiogroup"
      aria-label={text.station.tiles}
      style={{ "--tile-columns": columns } as object}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
}
