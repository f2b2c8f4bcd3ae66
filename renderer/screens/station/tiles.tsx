import { type KeyboardEvent, useRef } from "react";
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
  const { text } = useText();
  const grid = useRef<HTMLDivElement>(null);
  const columns = columnsFor(slots.length);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -slots.length,
      End: slots.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const number = Math.max(1, Math.min(slots.length, chosen + step));
    grid.current?.querySelector<HTMLElement>(`[data-slot="${number}"]`)?.focus();
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
      {slots.map((slot) => (
        <Tile
          key={slot.number}
          slot={slot}
          isChosen={slot.number === chosen}
          isTabStop={slot.number === chosen}
          onChoose={() => onChoose(slot.number)}
        />
      ))}
    </div>
  );
}
