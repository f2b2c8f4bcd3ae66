import type { Failure } from "#shared/domain/errors.ts";
import { isStickDecision, type StickDecision } from "#shared/domain/stick-decision.ts";
import type { ArmedMessage, ReadStick, WorkOrder } from "./armed-rules.ts";
import type { SlotState } from "./slot-state.ts";

/** One stick from its plugging to its pulling. The same stick plugged in again is another plugging. */
export type PluggingId = string;

export interface ArmedSlot {
  readonly slot: number;
  readonly state: SlotState;
  readonly plugging: PluggingId | null;
  /** Which stick it is (stickKey), once it is mounted. */
  readonly stick: string | null;
  /** Devices of the order that this stick has a claim on until it is done. */
  readonly claimed: number;
  /** What the person at the bench is told; null while there is nothing to do but wait. */
  readonly message: ArmedMessage | null;
  /** Why it may not be called done although all that could be delivered was; null: nothing is missing. */
  readonly shortfall: ArmedMessage | null;
  /** It was switched off after it was done: the system sees it no more, and nobody has pulled it yet. */
  readonly isOff: boolean;
  /** What was found on it under this arming, for as long as a person may have to decide about it. */
  readonly read: ReadStick | null;
  /** What was decided about it in this plugging; null: nothing. */
  readonly decided: Decided | null;
  /** Requests on it that were refused, and that somebody has decided to do without. */
  readonly leftOut: number;
}

/** Decisions of one person. Another's begin anew: whoever lets a stick go has decided all of it. */
export interface Decided {
  /** The operator's id; null: the station has no accounts. */
  readonly by: string | null;
  readonly reasons: readonly StickDecision[];
}

export function emptySlot(slot: number): ArmedSlot {
  return {
    slot,
    state: "empty",
    plugging: null,
    stick: null,
    claimed: 0,
    message: null,
    shortfall: null,
    isOff: false,
    read: null,
    decided: null,
    leftOut: 0,
  };
}

/** The reason for which a stick is held here, where a person may decide about it; else null. */
export function mayDecide(
  { order }: { readonly order: WorkOrder | null },
  { state, read, message }: ArmedSlot,
): StickDecision | null {
  if (order === null || state !== "held") return null;
  return read !== null && message !== null && isStickDecision(message.code) ? message.code : null;
}

export function addDecision(before: Decided | null, by: string | null, reason: StickDecision): Decided {
  return { by, reasons: [...new Set(before?.by === by ? [...before.reasons, reason] : [reason])] };
}

export function told(message: ArmedMessage | Failure): ArmedMessage {
  if ("text" in message) return message;
  const { code, message: text, details } = message;
  return details === undefined ? { code, text } : { code, text, details };
}
