import type { StickIdentity } from "#shared/domain/drive.ts";
import type { Failure } from "#shared/domain/errors.ts";
import type { StickDecision } from "#shared/domain/stick-decision.ts";
import type { ReadStick, WorkOrder } from "./armed-rules.ts";
import type { PluggingId } from "./armed-slot.ts";
import type { DriveReport, VolumeReport } from "./drive-report.ts";
import type { Finish } from "./finish.ts";

/** A stick that may be worked on, from its mounting on. */
export interface PluggedStick {
  readonly plugging: PluggingId;
  readonly root: string;
  readonly drive: DriveReport;
  readonly volume: VolumeReport;
  readonly identity: StickIdentity;
  /** Aborted when the stick is pulled, or when the guard no longer lets it be worked on. */
  readonly signal: AbortSignal;
}

/** What is done with sticks, each in its own time; what goes wrong is thrown and shown at the slot. */
export interface StickWork {
  /** Has it mounted; where, a later look says. `signal` as in PluggedStick. */
  mount(volume: VolumeReport, signal: AbortSignal): Promise<void>;
  read(stick: PluggedStick, order: WorkOrder): Promise<ReadStick>;
  /** Whether the record still says of its devices what it said when the stick was read; a person decided by that. */
  isAsRead(stick: PluggedStick, order: WorkOrder): Promise<boolean>;
  /** `decided`: what a person has decided about it; none: it goes without being asked about. */
  provision(
    stick: PluggedStick,
    order: WorkOrder,
    report: (step: WorkStep) => void,
    decided: readonly StickDecision[],
  ): Promise<Delivered>;
  /** Whether work was begun on this stick and is not finished. */
  owes(stick: PluggedStick): Promise<boolean>;
  /** Finishes what a pull or a fault has cut off. */
  resume(stick: PluggedStick, report: (step: WorkStep) => void): Promise<Delivered>;
  finish(drive: DriveReport): Promise<Finish>;
  /** This plugging is over; what was kept for it is of no use any more. */
  forget(plugging: PluggingId): void;
}

export type WorkStep = "activating" | "writing" | "verifying";

export interface Delivered {
  readonly devices: number;
  /** Why others got nothing, with what to do about it; null: every device has its file. */
  readonly shortfall: Failure | null;
  /** Requests that were refused and left out when the work began. */
  readonly leftOut?: number;
}
