import type { StationError } from "#shared/domain/errors.ts";
import type { SpendGate } from "../authority/spend-gate.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import type { AllotmentGate } from "../authority/operators/allotments.ts";
import type { Acting } from "../authority/operators/operators.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { LicensingClient } from "../licensing/client.ts";
import type { Clock } from "../platform/clock.ts";
import type { Files } from "../platform/files.ts";
import type { Random } from "../platform/random.ts";
import type { BatchState, DeviceState } from "./batch-state.ts";
import type { ApiAccess } from "./job.ts";

/** What every batch of one station works with. */
export interface BatchRuntime {
  /** Also the ledger's origin. */
  readonly stationName: string;
  readonly version: string;
  readonly ledger: Ledger;
  readonly keys: KeyRing;
  readonly files: Files;
  /** Why the way to the stick is dead; told instead of the stick's seeming to be gone. */
  readonly stickFailure?: () => StationError | null;
  readonly clock: Clock;
  readonly random: Random;
  /** What the station's own licence lets be spent. */
  readonly gate: SpendGate;
  /** The caller closes what it opened. */
  openClient(api: ApiAccess, product: string): LicensingClient & { close(): Promise<void> };
  /** The operator who stands for this batch; absent while the station has no accounts. */
  readonly acting?: Acting;
  /** What holds a batch to its signed work order; null, or absent: nothing does. */
  readonly allotments?: (workOrder: string | null, product: string) => AllotmentGate | null;
  /** What an operator adds to the entries that begin a batch; asked directly before they are appended. */
  readonly signOff?: ((opening: readonly LedgerEntryBody[]) => readonly LedgerEntryBody[]) | undefined;
}

export type BatchStep = "activating" | "writing" | "verifying" | "committing" | "done";

/** How a window or a terminal follows a batch; the engine never waits for any of it but `ready`. */
export interface BatchHooks {
  readonly signal: AbortSignal;
  /** Who stands for it when whoever began it may be gone meanwhile; by default who is signed in. */
  readonly by?: Acting | null;
  /** What was found on the stick, before anything is spent. */
  read?(intake: IntakeReport): void;
  /** The state that from now on changes under `changed`. */
  started(state: BatchState): void;
  changed(device: DeviceState): void;
  /** `done` of `total` files, where that is known. */
  step(step: BatchStep, done: number, total: number): void;
  /** Resolves when work may go on; a paused batch keeps it waiting. */
  ready(): Promise<void>;
}
