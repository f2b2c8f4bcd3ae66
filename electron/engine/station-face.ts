import type { StickIdentity } from "#shared/domain/drive.ts";
import { type Failure } from "#shared/domain/errors.ts";
import { type LicenceView } from "./authority/licence-view.ts";
import { type StationAuthority } from "./authority/station-authority.ts";
import type { VendorKey } from "./authority/vendor-key.ts";
import { type LargeDrive } from "./allow-drive.ts";
import { type BatchState } from "./batch/batch-state.ts";
import { type CarryHooks, type CarryJob, type CarryOutcome } from "./batch/carry-batch.ts";
import { type WitnessLog } from "./batch/witness-log.ts";
import { type Deactivated, type DeactivateJob } from "./batch/deactivate.ts";
import type { ApiAccess, Job } from "./batch/job.ts";
import { type Preflight } from "./batch/preflight.ts";
import type { ResumeOptions } from "./batch/resume.ts";
import { type BatchOutcome } from "./batch/run-batch.ts";
import type { BatchHooks } from "./batch/runtime.ts";
import { type IntakeReport } from "./intake/read-requests.ts";
import { type Operators } from "./authority/operators/operators.ts";
import { type KeyRing, type KeyUse } from "./keys/index.ts";
import { type Ledger } from "./ledger/ledger.ts";
import type { Files } from "./platform/files.ts";
import { type RotatedKey } from "./rotate-key.ts";

/** What one look at a stick finds; nothing is spent or written. */
export interface StickLook {
  readonly intake: IntakeReport;
  readonly space: Awaited<ReturnType<Files["space"]>>;
  readonly unfinished: readonly BatchState[];
  /** In the ledger's words, as every batch on it is recorded. */
  readonly identity: StickIdentity;
}

export interface ProvisionResult {
  readonly outcome: BatchOutcome;
  readonly intake: IntakeReport;
  /** Unfinished batches of this stick that were finished first. */
  readonly finishedFirst: readonly string[];
}

/** The engine, whole; every adapter (command line, window, browser host) holds one of these. */
export interface Station {
  readonly name: string;
  readonly ledger: Ledger;
  readonly keys: KeyRing;
  readonly witnesses: WitnessLog;
  /** Why this station only reads: its ledger does not verify, and nothing is spent or appended. Null when all is well. */
  readonly readOnly: Failure | null;
  /** From here on everything that spends or writes is refused with this. */
  makeReadOnly(because: Failure): void;
  /** The station's own licence. */
  readonly authority: StationAuthority;
  /** Whose station licences are believed now. */
  vendorKeys(): readonly VendorKey[];
  /** False: known already. @throws StationError VENDOR_KEY_INVALID, VENDOR_KEY_REFUSED */
  addVendorKey(pem: Uint8Array, operator: string | null): boolean;
  /** What people are told of the station's licence. */
  licence(): LicenceView;
  /** Who may do what here, and who is signed in. */
  readonly operators: Operators;
  /** Reads the stick's requests; spends and writes nothing. @throws StationError STICK_* */
  read(stick: string): Promise<IntakeReport>;
  /** @throws StationError STICK_* */
  look(stick: string): Promise<StickLook>;
  /** @throws StationError; see {@link preflight} */
  preflight(
    stick: string,
    job: Job,
    api: ApiAccess,
    signal: AbortSignal,
  ): Promise<{ readonly report: Preflight; readonly intake: IntakeReport }>;
  /** @throws StationError whatever refuses the batch before it begins */
  provision(stick: string, job: Job, api: ApiAccess, hooks: BatchHooks): Promise<ProvisionResult>;
  /** The same for requests that did not come from the stick itself, or only some of those on it. */
  provisionRequests(
    stick: string,
    intake: IntakeReport,
    job: Job,
    api: ApiAccess,
    hooks: BatchHooks,
  ): Promise<ProvisionResult>;
  /** @throws StationError NOTHING_TO_RESUME, SECRET_MISSING, STICK_* */
  resume(stick: string, options: ResumeOptions, hooks: BatchHooks): Promise<readonly BatchOutcome[]>;
  /**
   * Delivers a licence for another product; what the stick is owed of that kind is finished first.
   * @throws StationError STICK_*, SECRET_MISSING, LEDGER_*; nothing was written then
   */
  carry(stick: string, job: CarryJob, hooks: CarryHooks): Promise<CarryOutcome>;
  /**
   * A device gives its seat back; see {@link deactivate}.
   * @throws StationError whatever that throws; APPROVAL_NEEDED, OPERATOR_SIGN_IN_NEEDED before anything is changed
   */
  deactivate(job: DeactivateJob, api: ApiAccess, signal: AbortSignal): Promise<Deactivated>;
  /** See {@link allowLargeDrive}. */
  allowLargeDrive(drive: LargeDrive): void;
  /** Unfinished batches of this stick. */
  unfinishedOn(stick: string): Promise<readonly BatchState[]>;
  /**
   * SHA-256 of the machine files of these batches that are on the stick as they were delivered; whatever the stick
   * witnesses is heard first. A batch of which anything is amiss counts as not there.
   * @throws StationError STICK_*, LEDGER_REWOUND
   */
  intactFiles(stick: string, batches: ReadonlySet<string>): Promise<ReadonlySet<string>>;
  /**
   * The way back after tampering was seen; with the second person's word where policy asks for it.
   * @throws StationError LICENCE_RECOVERY_REFUSED, LICENCE_TOKEN_*, APPROVAL_NEEDED; then nothing was changed or used up
   */
  recover(token: string): void;
  /** The key of this use gives way to a new one, which the ledger says and both sign. @throws StationError LEDGER_*, APPROVAL_NEEDED */
  rotateKey(use: KeyUse, by: { readonly operator: string | null }): RotatedKey;
  close(): Promise<void>;
}
