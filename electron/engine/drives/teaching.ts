import type { DriveEvent } from "./scanner.ts";
import { slotAt, type SlotMap, teachPort } from "./slots.ts";

/** "Plug into slot 3 now": one slot after the other, each taught by the next stick that is plugged in. */
export interface Teaching {
  /** Null: all slots are taught. */
  readonly waitingFor: number | null;
  readonly toCome: readonly number[];
  readonly map: SlotMap;
  /** Ports taught in this round, which no other slot may claim. */
  readonly taught: readonly string[];
  readonly problem: TeachingProblem | null;
}

type TeachingProblem =
  /** The system does not tell this drive's port, so it can't be known again. */
  | "no-port"
  /** The stick was plugged where another slot of this round was taught. */
  | "port-taken";

/** Begins with what is known; sticks that are plugged in already teach nothing. */
export function beginTeaching(map: SlotMap, slots: readonly number[]): Teaching {
  const [waitingFor = null, ...toCome] = slots;
  return { waitingFor, toCome, map, taught: [], problem: null };
}

/** What a drive's coming changes. Its going never teaches anything. Pure. */
export function hearWhileTeaching(teaching: Teaching, event: DriveEvent): Teaching {
  const { waitingFor, toCome, map, taught } = teaching;
  if (event.kind !== "attached" || waitingFor === null) return teaching;
  const { port } = event.drive;
  if (port === null) return { ...teaching, problem: "no-port" };
  if (taught.includes(port)) {
    return { ...teaching, problem: slotAt(map, port) === waitingFor ? null : "port-taken" };
  }
  const [next = null, ...rest] = toCome;
  return {
    waitingFor: next,
    toCome: rest,
    map: teachPort(map, waitingFor, port),
    taught: [...taught, port],
    problem: null,
  };
}

/** Leaves this slot as it was and goes on with the next. */
export function skipSlot(teaching: Teaching): Teaching {
  const [next = null, ...rest] = teaching.toCome;
  return { ...teaching, waitingFor: next, toCome: rest, problem: null };
}
