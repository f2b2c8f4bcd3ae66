/** What a slot's tile shows, one at a time. */
export type SlotState =
  | "empty"
  | "reading"
  | "ready"
  | "activating"
  | "writing"
  | "verifying"
  /** Green: the system has confirmed that the stick may be pulled. */
  | "remove"
  /** Red: a person has to do something. */
  | "action"
  /** Amber: nothing goes on until somebody decides. */
  | "held";

/**
 * Every move a slot may make. Work never disappears: whatever happens while seats may be taken or files be half
 * written ends in `action` or `held`, never in `empty`; and `remove` is only reached from work that was verified, or
 * from a stick that was found to owe nothing.
 */
export const slotMoves: Readonly<Record<SlotState, readonly SlotState[]>> = {
  empty: ["reading", "action", "held"],
  reading: ["ready", "remove", "activating", "action", "held", "empty"],
  ready: ["activating", "reading", "action", "held", "empty"],
  // What was committed before a pull has only to be checked again.
  activating: ["writing", "verifying", "action", "held"],
  writing: ["verifying", "action", "held"],
  verifying: ["remove", "action", "held"],
  remove: ["empty", "reading", "action", "held"],
  action: ["reading", "activating", "held", "empty"],
  held: ["reading", "activating", "action", "empty"],
};

export function mayMove(from: SlotState, to: SlotState): boolean {
  return from === to || slotMoves[from].includes(to);
}

/** Whether a pull now would leave something undone. */
export function isWorkingState(state: SlotState): boolean {
  return state === "activating" || state === "writing" || state === "verifying";
}
