import { useLive } from "../../client/hooks.ts";
import { type Slot, slotStep, toneOf } from "../../model/slots.ts";
import { useText } from "../../text/use-text.ts";
import { type Shape, StateIcon } from "../../ui/state-icon.tsx";
import { useStickWords } from "./stick-words.ts";

const shapes: Readonly<Record<string, Shape>> = {
  empty: "outline",
  reading: "dots",
  ready: "circle",
  activating: "ring",
  writing: "ring",
  verifying: "ring",
  remove: "check",
  action: "triangle",
  held: "bars",
};

export function shapeOfState(state: string): Shape {
  return shapes[state] ?? "outline";
}

/** One slot. Only the chosen tile is a tab stop; arrow keys move between them. */
export function Tile(props: {
  readonly slot: Slot;
  readonly isChosen: boolean;
  readonly isTabStop: boolean;
  readonly onChoose: () => void;
}) {
  const { slot, isChosen, isTabStop, onChoose } = props;
  const { text } = useText();
  const stickWords = useStickWords();
  const state = slot.stick?.state ?? "empty";
  const tone = toneOf(slot.stick);
  const isBusy = tone === "working" || tone === "quiet";
  const word = text.shell.states[state];
  const what = slot.stick === null ? "" : stickWords(slot.stick);
  const isBroken = useLive((live) => live.status?.ledger.health === "broken");
  const step = slotStep(slot.stick);
  // Nobody is sent for a stick, or to a check, that this station would refuse.
  const todo =
    isBroken && (step === "insert" || step === "check") ? text.ledger.readOnly.tile : text.station.todo[step];
  const progress = tone === "working" ? (slot.stick?.progress ?? 0) : null;
  return (
    <>
      <button
        type="button"
        className="tile"
        role="radio"
        aria-checked={isChosen}
        aria-label={[text.station.announce(slot.number, word, todo), slot.stick?.label, what]
          .filter(Boolean)
          .join(". ")}
        data-slot={slot.number}
        data-tone={tone}
        data-state={state}
        {...(isBusy ? { "data-busy": true } : {})}
        tabIndex={isTabStop ? 0 : -1}
        onClick={onChoose}
        onFocus={onChoose}
      >
        <span className="tile-number">{slot.number}</span>
        <span className="tile-icon">
          <StateIcon shape={shapeOfState(state)} />
        </span>
        <span className="tile-words">
          <span className="tile-state cut">{word}</span>
          <span className="tile-what cut">{what}</span>
          <span className="tile-todo cut">{todo}</span>
        </span>
        {progress === null ? null : (
          <span className="tile-fill">
            <span style={{ width: `${Math.round(progress * 100)}%` }} />
          </span>
        )}
      </button>
      {/* Told when the state changes, not with every step of progress. */}
      <span className="unseen" role="status">
        {slot.stick === null ? "" : text.station.announce(slot.number, word, todo)}
      </span>
    </>
  );
}
