import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import type { Clock } from "../platform/clock.ts";
import {
  type ArmedCommand,
  type ArmedEvent,
  type ArmedState,
  disarmedState,
  type OwedStick,
  stepArmed,
} from "./armed-mode.ts";
import type { WorkOrder } from "./armed-rules.ts";
import type { PluggingId } from "./armed-slot.ts";
import { doArmedCommand } from "./do-armed-command.ts";
import type { DriveReport } from "./drive-report.ts";
import type { DriveSource } from "./drive-source.ts";
import { stickOf } from "./plugging.ts";
import { createPluggings } from "./pluggings.ts";
import type { DriveEvent } from "./scanner.ts";
import { isWorkingState } from "./slot-state.ts";
import type { SlotMap } from "./slots.ts";
import type { StickWork } from "./stick-work.ts";
import type { GuardPolicy } from "./suitability.ts";

/** A stick that is plugged in, whether or not anything may be done with it. */
export interface Plugged {
  readonly plugging: PluggingId;
  readonly drive: DriveReport;
  /** What the guard has against it; null: nothing, or nothing yet. */
  readonly refusal: Failure | null;
}

export interface ArmedBench {
  readonly state: ArmedState;
  readonly plugged: readonly Plugged[];
  /** What a scanner tells; drives that are there already are told as attached. */
  hear(event: DriveEvent): void;
  /** `owed`: what an earlier run of the station has left undone under this order. */
  arm(order: WorkOrder, owed?: readonly OwedStick[]): void;
  /** Nothing new begins; what is under way is brought to its end. */
  disarm(): void;
  /** That stick will not come back; its claim on the order is given up. */
  release(stick: string): void;
  /** Slots were taught or forgotten. Sticks that are plugged in stay where they are. */
  slotsChanged(): void;
  /** Judges a stick anew, as if it were plugged in now; not one that is worked on. */
  retry(plugging: PluggingId): void;
  /** Whether the record still says of this stick's devices what it said when they were read. */
  isAsRead(plugging: PluggingId): Promise<boolean>;
  /** A person has decided about what its slot is held for. `by`: as in the event. */
  accept(plugging: PluggingId, reason: StickDecision, by: string | null): void;
  /** Ends every waiting. What is under way goes on. */
  close(): void;
}

export interface ArmedBenchOptions {
  readonly slots: () => SlotMap;
  readonly policy: GuardPolicy;
  readonly source: DriveSource;
  readonly work: StickWork;
  readonly clock: Clock;
  readonly changed: () => void;
}

/** Runs armed mode: hears the scanner, keeps the state, and has the work done that it asks for. */
export function createArmedBench({ slots, policy, source, work, clock, changed }: ArmedBenchOptions): ArmedBench {
  let state = disarmedState(slots().map(({ slot }) => slot));
  const closed = new AbortController();
  const waitFor = (ms: number, ...until: readonly AbortSignal[]): Promise<void> =>
    clock.sleep(ms, AbortSignal.any([...until, closed.signal]));

  const apply = (event: ArmedEvent): void => {
    const step = stepArmed(state, event);
    state = step.state;
    changed();
    for (const command of step.commands) void obey(command);
  };
  const pluggings = createPluggings({ slots, policy, waitFor, apply, forget: (id) => work.forget(id) });
  const { byId } = pluggings;
  const means = { work, source, policy, waitFor, closed: closed.signal, order: () => orderOf(state) };
  const obey = async ({ kind, plugging: id }: ArmedCommand): Promise<void> => {
    const plugging = byId(id);
    if (plugging === null) return;
    const doing = doArmedCommand(kind, plugging, {
      ...means,
      decided: state.slots.find((one) => one.plugging === id)?.decided?.reasons ?? [],
      report: (step) => {
        if (byId(id) === plugging) apply({ kind: "working", plugging: id, step });
      },
    }).catch((error: unknown): ArmedEvent => ({ kind: "failed", plugging: id, failure: toFailure(error) }));
    if (kind === "finish") plugging.finishing = doing;
    const event = await doing;
    // What belongs to a stick that was pulled meanwhile is told by its pulling.
    if (event !== null && (byId(id) === plugging || kind === "finish")) apply(event);
    if (kind === "finish") plugging.finishing = null;
  };

  return {
    get state() {
      return state;
    },
    get plugged() {
      return pluggings.all.map(({ id, drive, refusal, isProbing }) => ({
        plugging: id,
        drive,
        refusal: isProbing ? null : refusal,
      }));
    },
    hear: (event) => {
      pluggings.hear(event);
    },
    arm: (order, owed = []) => {
      apply({ kind: "armed", order, present: pluggings.all.map(({ id }) => id), owed });
    },
    disarm: () => {
      apply({ kind: "disarmed" });
    },
    release: (stick) => {
      apply({ kind: "released", stick });
    },
    slotsChanged: () => {
      apply({ kind: "slots", slots: slots().map(({ slot }) => slot) });
    },
    retry: (id) => {
      const plugging = byId(id);
      const slot = state.slots.find((one) => one.plugging === id);
      if (plugging === null || slot === undefined || isWorkingState(slot.state) || slot.state === "reading") return;
      pluggings.again(plugging);
    },
    isAsRead: async (id) => {
      const plugging = byId(id);
      return plugging !== null && (await work.isAsRead(stickOf(plugging), orderOf(state)));
    },
    accept: (plugging, reason, by) => {
      apply({ kind: "accepted", plugging, reason, by });
    },
    close: () => {
      closed.abort();
    },
  };
}

function orderOf({ order }: ArmedState): WorkOrder {
  if (order === null)
    throw new StationError("CANCELLED", "The station was disarmed. Arm it, then plug the stick in again.");
  return order;
}
