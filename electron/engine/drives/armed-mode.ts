import type { Failure } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import { type ArmedMessage, judgeStick, type ReadStick, type WorkOrder } from "./armed-rules.ts";
import { armedMessages as messages } from "./armed-messages.ts";
import { addDecision, type ArmedSlot, emptySlot, mayDecide, type PluggingId, told } from "./armed-slot.ts";
import { isWorkingState, mayMove, type SlotState } from "./slot-state.ts";

/** Work that a pull or a fault has cut off; only this very stick takes it up again. */
export interface OwedStick {
  readonly stick: string;
  readonly claimed: number;
}

export interface ArmedState {
  readonly order: WorkOrder | null;
  /** Devices done under this order since it was armed. */
  readonly done: number;
  readonly slots: readonly ArmedSlot[];
  readonly owed: readonly OwedStick[];
  /** Pluggings that were there when it was armed; refused until replugged. */
  readonly stale: readonly PluggingId[];
}

export type ArmedEvent =
  | {
      readonly kind: "armed";
      readonly order: WorkOrder;
      readonly present: readonly PluggingId[];
      /** Work that an earlier run of the station has left under this very order. */
      readonly owed?: readonly OwedStick[];
    }
  | { readonly kind: "disarmed" }
  /** Somebody has decided that a cut-off stick will not come back. */
  | { readonly kind: "released"; readonly stick: string }
  /** Slots were taught or forgotten; one that is not empty is forgotten when it is. */
  | { readonly kind: "slots"; readonly slots: readonly number[] }
  /** The guard has judged it anew, after the system had found out more about it. */
  | { readonly kind: "judged"; readonly plugging: PluggingId; readonly refusal: Failure | null }
  /**
   * `slot` null: at a port that was never taught. `refusal` null: the guard has nothing against it. `isProbed` false: the
   * system is still finding out what is on it, and `judged` follows.
   */
  | {
      readonly kind: "attached";
      readonly plugging: PluggingId;
      readonly slot: number | null;
      readonly refusal: Failure | null;
      readonly isProbed?: boolean;
    }
  | { readonly kind: "mounted"; readonly plugging: PluggingId; readonly stick: string }
  | { readonly kind: "read"; readonly plugging: PluggingId; readonly stick: ReadStick }
  /** A person has decided about what the slot is held for; about anything else it changes nothing. `by`: the operator's id. */
  | {
      readonly kind: "accepted";
      readonly plugging: PluggingId;
      readonly reason: StickDecision;
      readonly by: string | null;
    }
  | { readonly kind: "working"; readonly plugging: PluggingId; readonly step: "activating" | "writing" | "verifying" }
  /** Nothing is owed to it after all, since the work had not begun when it was cut off. */
  | { readonly kind: "unowed"; readonly plugging: PluggingId }
  /**
   * Delivered and verified; it is not safe to pull before `finished`. `shortfall`: some devices got nothing, and why.
   * `leftOut`: requests that its batch was begun without, where this plugging may not know.
   */
  | {
      readonly kind: "delivered";
      readonly plugging: PluggingId;
      readonly devices: number;
      readonly shortfall?: Failure | null;
      readonly leftOut?: number;
    }
  /** The system has confirmed the unmount, or says why not. */
  | {
      readonly kind: "finished";
      readonly plugging: PluggingId;
      readonly failure: Failure | null;
      /** It is switched off, so its going is no pull. */
      readonly isOff?: boolean;
    }
  | { readonly kind: "failed"; readonly plugging: PluggingId; readonly failure: Failure }
  | { readonly kind: "detached"; readonly plugging: PluggingId };

/** What has to be done next; each is answered by events about the same plugging. */
export interface ArmedCommand {
  readonly kind: "mount" | "read" | "provision" | "resume" | "finish";
  readonly plugging: PluggingId;
}

export interface ArmedStep {
  readonly state: ArmedState;
  readonly commands: readonly ArmedCommand[];
}

/** `slots` are those that were taught, in the order of their numbers. */
export function disarmedState(slots: readonly number[]): ArmedState {
  return { order: null, done: 0, slots: slots.map(emptySlot), owed: [], stale: [] };
}

/**
 * Armed mode: insert, done, remove, next, without a touch. Pure; an event about a plugging that is not in a slot, or
 * that would be no legal move, changes nothing.
 */
export function stepArmed(state: ArmedState, event: ArmedEvent): ArmedStep {
  switch (event.kind) {
    case "armed":
      return armed(state, event);
    case "disarmed":
      // What is under way is brought to its end; nothing new begins.
      return only({ ...state, order: null });
    case "released":
      return released(state, event.stick);
    case "slots":
      return slotted(state, event.slots);
    case "attached":
      return attached(state, event);
    case "judged":
      return inSlot(state, event.plugging, (slot) => judged(state, slot, event.refusal));
    case "detached":
      return detached(state, event.plugging);
    case "mounted":
      return inSlot(state, event.plugging, (slot) => mounted(state, slot, event.stick));
    case "unowed":
      return inSlot(state, event.plugging, (slot) => unowed(state, slot));
    case "read":
      return inSlot(state, event.plugging, (slot) => read(state, slot, event.stick));
    case "accepted":
      return inSlot(state, event.plugging, (slot) => accepted(state, slot, event.reason, event.by));
    case "working":
      return inSlot(state, event.plugging, (slot) => move(state, slot, event.step));
    case "delivered":
      return inSlot(state, event.plugging, (slot) => delivered(state, slot, event));
    case "finished":
      return inSlot(state, event.plugging, (slot) => finished(state, slot, event.failure, event.isOff ?? false));
    case "failed":
      break;
  }
  return inSlot(state, event.plugging, (slot) => move(state, slot, "action", event.failure));
}

/** Devices that may still begin under this order: its count, less what is done and what is claimed. */
export function roomLeft({ order, done, slots, owed }: ArmedState): number {
  if (order === null) return 0;
  const claimed = [...slots, ...owed].reduce((sum, one) => sum + one.claimed, 0);
  return Math.max(0, Math.min(order.count, order.quota ?? Number.MAX_SAFE_INTEGER) - done - claimed);
}

/** Not while a stick has a claim under an earlier order; that order stays until it is pulled or done. */
function armed(state: ArmedState, { order, present, owed = [] }: ArmedEvent & { kind: "armed" }): ArmedStep {
  if (state.slots.some(({ claimed }) => claimed > 0)) return only(state);
  return only({ order, done: 0, owed, stale: present, slots: state.slots.map((slot) => stalled(slot, present)) });
}

/** A stick that is still in its slot keeps what it says; only its claim is given up. */
function released(state: ArmedState, stick: string): ArmedStep {
  const slots = state.slots.map((slot) =>
    slot.stick === stick && !isWorkingState(slot.state) ? { ...slot, claimed: 0 } : slot,
  );
  return only({ ...state, slots, owed: state.owed.filter((one) => one.stick !== stick) });
}

function slotted(state: ArmedState, numbers: readonly number[]): ArmedStep {
  const kept = state.slots.filter(({ slot, plugging }) => numbers.includes(slot) || plugging !== null);
  const added = numbers.filter((number) => !kept.some(({ slot }) => slot === number)).map(emptySlot);
  return only({ ...state, slots: [...kept, ...added].sort((a, b) => a.slot - b.slot) });
}

function attached(
  state: ArmedState,
  { plugging, slot: number, refusal, isProbed = true }: ArmedEvent & { kind: "attached" },
): ArmedStep {
  const slot = state.slots.find((one) => one.slot === number);
  if (slot === undefined || slot.plugging !== null) return only(state);
  const taken = { ...emptySlot(slot.slot), state: slot.state, plugging };
  return isProbed ? begin(state, taken, plugging, refusal) : move(state, taken, "reading");
}

/** Only a stick that nothing was begun with is let in by a later judgement; one that is worked on ends by its own failure. */
function judged(state: ArmedState, slot: ArmedSlot, refusal: Failure | null): ArmedStep {
  if (slot.plugging === null || slot.claimed > 0 || isWorkingState(slot.state)) return only(state);
  // A stick that is being probed is read as well, and has not been given to anybody to mount.
  if (slot.stick !== null || (slot.state !== "action" && slot.state !== "reading")) {
    return refusal === null || slot.state === "remove" ? only(state) : move(state, slot, "action", refusal);
  }
  return begin(state, slot, slot.plugging, refusal);
}

function begin(state: ArmedState, slot: ArmedSlot, plugging: PluggingId, refusal: Failure | null): ArmedStep {
  if (refusal !== null) return move(state, slot, "action", refusal);
  if (state.order === null) return move(state, slot, "held", messages.disarmed);
  if (state.stale.includes(plugging)) return move(state, slot, "held", messages.stale);
  return move(state, slot, "reading", null, { kind: "mount", plugging });
}

function mounted(state: ArmedState, slot: ArmedSlot, stick: string): ArmedStep {
  if (slot.state !== "reading" || slot.plugging === null) return only(state);
  if (state.slots.some((one) => one.slot !== slot.slot && one.stick === stick)) {
    return move(state, { ...slot, stick }, "held", messages.twin);
  }
  const owed = state.owed.find((one) => one.stick === stick);
  if (owed === undefined)
    return move(state, { ...slot, stick }, "reading", null, { kind: "read", plugging: slot.plugging });
  const without = { ...state, owed: state.owed.filter((one) => one !== owed) };
  return move(without, { ...slot, stick, claimed: owed.claimed }, "reading", null, {
    kind: "resume",
    plugging: slot.plugging,
  });
}

function unowed(state: ArmedState, slot: ArmedSlot): ArmedStep {
  if (slot.state !== "reading" || slot.claimed === 0 || slot.plugging === null) return only(state);
  return move(state, { ...slot, claimed: 0 }, "reading", null, { kind: "read", plugging: slot.plugging });
}

function read(state: ArmedState, slot: ArmedSlot, stick: ReadStick): ArmedStep {
  if (slot.state !== "reading" || slot.plugging === null || slot.stick === null || slot.claimed > 0) return only(state);
  if (state.order === null) return move(state, slot, "held", messages.disarmed);
  return weigh(state, state.order, slot, slot.plugging, stick);
}

/** The next reason holds it again, with its own message. */
function accepted(state: ArmedState, slot: ArmedSlot, reason: StickDecision, by: string | null): ArmedStep {
  const { order } = state;
  if (order === null || slot.plugging === null || slot.read === null) return only(state);
  if (mayDecide(state, slot) !== reason) return only(state);
  return weigh(state, order, { ...slot, decided: addDecision(slot.decided, by, reason) }, slot.plugging, slot.read);
}

function weigh(
  state: ArmedState,
  order: WorkOrder,
  slot: ArmedSlot,
  plugging: PluggingId,
  stick: ReadStick,
): ArmedStep {
  const judgement = judgeStick(stick, order, roomLeft(state), slot.decided?.reasons);
  if (judgement.kind === "held") return move(state, { ...slot, read: stick }, "held", judgement.message);
  if (judgement.kind === "action") return move(state, slot, "action", judgement.message);
  const judged = { ...slot, read: null, leftOut: stick.refused };
  return judgement.kind === "go"
    ? move(state, { ...judged, claimed: judgement.devices }, "activating", null, { kind: "provision", plugging })
    : move(state, judged, "reading", judgement.message, { kind: "finish", plugging });
}

function delivered(
  state: ArmedState,
  slot: ArmedSlot,
  { devices, shortfall = null, leftOut = slot.leftOut }: ArmedEvent & { kind: "delivered" },
): ArmedStep {
  if (!isWorkingState(slot.state) || slot.plugging === null) return only(state);
  const counted = { ...state, done: state.done + Math.min(devices, slot.claimed) };
  return move(counted, { ...slot, claimed: 0, shortfall: shortfall && told(shortfall), leftOut }, "verifying", null, {
    kind: "finish",
    plugging: slot.plugging,
  });
}

/** After the last file was verified nothing is owed any more, whether or not the system lets go of the stick. */
function finished(state: ArmedState, slot: ArmedSlot, failure: Failure | null, isOff: boolean): ArmedStep {
  if (slot.state !== "verifying" && slot.state !== "reading") return only(state);
  if (slot.claimed > 0) return only(state);
  if (failure !== null) return move(state, slot, "action", failure);
  if (slot.shortfall !== null) return move(state, { ...slot, isOff }, "action", slot.shortfall);
  const message = slot.leftOut > 0 ? messages.leftOut(slot.leftOut) : slot.message;
  return move(state, { ...slot, isOff }, "remove", message);
}

function detached(state: ArmedState, plugging: PluggingId): ArmedStep {
  const fresh = { ...state, stale: state.stale.filter((one) => one !== plugging) };
  const slot = fresh.slots.find((one) => one.plugging === plugging);
  if (slot === undefined) return only(fresh);
  const { stick, claimed } = slot;
  if (slot.isOff) {
    const { state: shown, message } = slot;
    return only(withSlot(fresh, { ...emptySlot(slot.slot), state: shown, message }));
  }
  if (claimed === 0 || stick === null) {
    const wasWorking = isWorkingState(slot.state);
    const gone = emptySlot(slot.slot);
    return only(withSlot(fresh, wasWorking ? { ...gone, state: "action", message: messages.early } : gone));
  }
  const owed = [...fresh.owed, { stick, claimed }];
  return only(withSlot({ ...fresh, owed }, { ...emptySlot(slot.slot), state: "action", message: messages.pulled }));
}

/** What was read under the last order is nothing to decide by under the next. */
function stalled(slot: ArmedSlot, present: readonly PluggingId[]): ArmedSlot {
  const kept = { ...slot, read: null };
  if (slot.plugging === null || !present.includes(slot.plugging) || !mayMove(slot.state, "held")) return kept;
  return { ...kept, state: "held", message: messages.stale };
}

function inSlot(state: ArmedState, plugging: PluggingId, then: (slot: ArmedSlot) => ArmedStep): ArmedStep {
  const slot = state.slots.find((one) => one.plugging === plugging);
  return slot === undefined ? only(state) : then(slot);
}

function move(
  state: ArmedState,
  slot: ArmedSlot,
  to: SlotState,
  message: ArmedMessage | Failure | null = null,
  ...commands: readonly ArmedCommand[]
): ArmedStep {
  if (!mayMove(slot.state, to)) return only(state);
  return { state: withSlot(state, { ...slot, state: to, message: message === null ? null : told(message) }), commands };
}

function withSlot(state: ArmedState, slot: ArmedSlot): ArmedState {
  return { ...state, slots: state.slots.map((one) => (one.slot === slot.slot ? slot : one)) };
}

function only(state: ArmedState): ArmedStep {
  return { state, commands: [] };
}
