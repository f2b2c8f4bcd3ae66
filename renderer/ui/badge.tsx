import { type Shape, StateIcon } from "./state-icon.tsx";

export type BadgeTone = "quiet" | "ready" | "working" | "done" | "action" | "held";

/** State in a line of text: shape, colour and word together. */
export function Badge(props: { readonly tone: BadgeTone; readonly shape: Shape; readonly word: string }) {
  return (
    <span className="badge" data-tone={props.tone}>
      <StateIcon shape={props.shape} size={16} />
      {props.word}
    </span>
  );
}
