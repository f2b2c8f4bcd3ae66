import type { BenchView } from "../../model/live.ts";
import { toneOfState } from "../../model/slots.ts";
import { useText } from "../../text/use-text.ts";
import { StateIcon } from "../../ui/state-icon.tsx";
import { shapeOfState } from "./tile.tsx";
import { useBenchWords } from "./bench-words.ts";

export type BenchSlot = BenchView["slots"][number];

/** One slot of the bench: number, state and one line, to be read from four metres. */
export function BenchTile(props: {
  readonly tile: BenchSlot;
  readonly teaching: BenchView["teaching"];
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { tile, teaching, isChosen, onChoose } = props;
  const { text } = useText();
  const words = useBenchWords();
  const isNext = teaching?.waitingFor === tile.slot;
  const tone = teaching === null ? toneOfState(tile.state) : isNext ? "held" : "empty";
  const isBusy = tone === "working" || tone === "quiet";
  const word = isNext ? text.bench.teachHere : text.shell.states[tile.state];
  const { what, todo } =
    teaching === null
      ? words(tile)
      : { what: "", todo: teaching.toCome.includes(tile.slot) ? text.bench.teachLater : "" };
  return (
    <>
      <button
        type="button"
        className="tile"
        role="radio"
        aria-checked={isChosen}
        aria-label={[text.station.announce(tile.slot, word, todo), tile.label, what].filter(Boolean).join(". ")}
        data-slot={tile.slot}
        data-tone={tone}
        data-state={tile.state}
        {...(isBusy ? { "data-busy": true } : {})}
        tabIndex={isChosen ? 0 : -1}
        onClick={onChoose}
        onFocus={onChoose}
      >
        <span className="tile-number">{tile.slot}</span>
        <span className="tile-icon">
          <StateIcon shape={isNext ? "outline" : shapeOfState(tile.state)} />
        </span>
        <span className="tile-words">
          <span className="tile-state cut">{word}</span>
          <span className="tile-what cut">{what}</span>
          <span className="tile-todo cut">{todo}</span>
        </span>
      </button>
      <span className="unseen" role="status">
        {tile.state === "empty" && !isNext ? "" : text.station.announce(tile.slot, word, todo)}
      </span>
    </>
  );
}
