import { StationError } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import type { ArmedState } from "../../drives/armed-mode.ts";
import { mayDecide, type PluggingId } from "../../drives/armed-slot.ts";
import { stickIdOf } from "./bench-ids.ts";

/** What a person saw when deciding. */
export interface HeldStick {
  readonly slot: number;
  readonly reason: StickDecision;
  /** The window's name for it. */
  readonly stick: string;
}

/** @throws StationError USAGE when another stick is there, or it is not held for that any more */
export function pluggingHeldAs(state: ArmedState, { slot: number, reason, stick }: HeldStick): PluggingId {
  const slot = state.slots.find((one) => one.slot === number);
  if (slot === undefined || slot.plugging === null || slot.stick === null) throw slotHasChanged();
  if (stickIdOf(slot.stick) !== stick || mayDecide(state, slot) !== reason) throw slotHasChanged();
  return slot.plugging;
}

/** What was decided was about something else. */
export function slotHasChanged(): StationError {
  return new StationError("USAGE", "The slot has changed. Look again.");
}

/** A stick that was there before arming, or that the guard refuses, has to be pulled; nothing else makes it another. */
export function mayRetry({ state, message, plugging }: ArmedState["slots"][number]): boolean {
  const isStuck = state === "action" || state === "held";
  return plugging !== null && isStuck && message?.code !== "stale" && message?.code !== "disarmed";
}
