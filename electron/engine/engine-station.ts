import { type Failure, StationError } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { type LicenceView, licenceViewOf } from "./authority/licence-view.ts";
import { type Spent } from "./authority/quota.ts";
import { type StationAuthority } from "./authority/station-authority.ts";
import { vendorKeyEntry } from "./authority/vendor-keys.ts";
import { allowLargeDrive, type LargeDrive } from "./allow-drive.ts";
import { type BatchState, foldBatch } from "./batch/batch-state.ts";
import {
  carryBatch,
  type CarryHooks,
  type CarryJob,
  type CarryOutcome,
  finishCarry,
  hasCarried,
  isCarry,
} from "./batch/carry-batch.ts";
import { checkWitnesses } from "./batch/check-witnesses.ts";
import { createWitnessLog, type WitnessLog } from "./batch/witness-log.ts";
import { deactivate, type Deactivated, type DeactivateJob } from "./batch/deactivate.ts";
import type { ApiAccess, Job } from "./batch/job.ts";
import { stationKeys } from "./batch/station-keys.ts";
import { openBatchesOn } from "./batch/open-batch.ts";
import { operated, operatedJob } from "./batch/operated.ts";
import { preflight } from "./batch/preflight.ts";
import { finishEarlier, resumeBatches, type ResumeOptions } from "./batch/resume.ts";
import { type BatchOutcome, runBatch } from "./batch/run-batch.ts";
import type { BatchHooks, BatchRuntime } from "./batch/runtime.ts";
import { type StickAccess, stickAccess } from "./batch/stick-access.ts";
import type { StickPlace } from "./batch/stick-place.ts";
import { intactFiles } from "./delivery/inspect.ts";
import { type IntakeReport, readRequests } from "./intake/read-requests.ts";
import { type Operators } from "./authority/operators/operators.ts";
import { type KeyRing, type KeyUse } from "./keys/index.ts";
import { type Ledger } from "./ledger/ledger.ts";
import type { Lock } from "./platform/locks.ts";
import { type OpenStickAt } from "./platform/open-stick.ts";
import { type RotatedKey, rotateKey } from "./rotate-key.ts";
import type { ProvisionResult, Station, StickLook } from "./station-face.ts";

/** The engine over one opened home; station.ts opens it. */
export class EngineStation implements Station {
  readonly authority: StationAuthority;
  readonly vendorKeys: Station["vendorKeys"];
  readonly #spent: () => Spent;
  readonly #runtime: BatchRuntime;
  readonly operators: Operators;
  readonly #lock: Lock;
  readonly #sticks: StickAccess;
  readonly witnesses: WitnessLog;
  #readOnly: Failure | null;

  constructor(
    runtime: BatchRuntime,
    {
      authority,
      vendorKeys,
      operators,
      spent,
    }: Pick<Station, "authority" | "vendorKeys" | "operators"> & { readonly spent: () => Spent },
    home: string,
    lock: Lock,
    openStick: OpenStickAt,
    readOnly: Failure | null,
  ) {
    this.authority = authority;
    this.vendorKeys = vendorKeys;
    this.#spent = spent;
    this.#runtime = runtime;
    this.operators = operators;
    this.#lock = lock;
    this.witnesses = createWitnessLog(runtime.ledger, {
      forgiven: () => authority.forgiven,
      contradicted: (checkpoint, detail) => {
        authority.witnessed(checkpoint, detail);
      },
    });
    this.#sticks = stickAccess({ runtime, operators, witnesses: this.witnesses, home, openStick });
    this.#readOnly = readOnly;
  }

  get readOnly(): Failure | null {
    return this.#readOnly;
  }
  makeReadOnly(because: Failure): void {
    this.#readOnly ??= because;
    this.ledger.refuse(because);
  }

  get name(): string {
    return this.#runtime.stationName;
  }
  get ledger(): Ledger {
    return this.#runtime.ledger;
  }
  get keys(): KeyRing {
    return this.#runtime.keys;
  }

  addVendorKey(pem: Uint8Array, operator: string | null): boolean {
    const entry = vendorKeyEntry(pem, this.vendorKeys(), operator);
    if (entry !== null) this.ledger.append([entry]);
    return entry !== null;
  }

  licence(): LicenceView {
    this.authority.inspect();
    return licenceViewOf(this.authority, this.#spent(), this.vendorKeys());
  }

  read(stick: string): Promise<IntakeReport> {
    return this.#sticks.look(stick, ({ files }, place) => readRequests(files, place.root, { stick: place.mark }));
  }

  look(stick: string): Promise<StickLook> {
    return this.#sticks.look(stick, async ({ files }, place) => ({
      intake: await readRequests(files, place.root, { stick: place.mark }),
      space: await files.space(place.root),
      unfinished: this.#unfinished(place),
      identity: place.identity,
    }));
  }

  async preflight(stick: string, job: Job, api: ApiAccess, signal: AbortSignal) {
    this.#mustWrite();
    return await this.#sticks.look(stick, async (runtime, place) => {
      await checkWitnesses(runtime.files, place, this.witnesses);
      const intake = await readRequests(runtime.files, place.root, { stick: place.mark });
      return { report: await preflight(runtime, place, intake, job, api, signal), intake };
    });
  }

  async provision(stick: string, job: Job, api: ApiAccess, hooks: BatchHooks): Promise<ProvisionResult> {
    return this.#onStick(stick, {}, async (runtime, place) => {
      const intake = await readRequests(runtime.files, place.root, { stick: place.mark });
      hooks.read?.(intake);
      return this.#run(runtime, place, intake, job, api, hooks);
    });
  }

  provisionRequests(
    stick: string,
    intake: IntakeReport,
    job: Job,
    api: ApiAccess,
    hooks: BatchHooks,
  ): Promise<ProvisionResult> {
    return this.#onStick(stick, hooks, (runtime, place) => this.#run(runtime, place, intake, job, api, hooks));
  }

  resume(stick: string, options: ResumeOptions, hooks: BatchHooks): Promise<readonly BatchOutcome[]> {
    return this.#onStick(stick, hooks, (runtime, place) => resumeBatches(runtime, place, options, hooks));
  }

  carry(stick: string, job: CarryJob, hooks: CarryHooks): Promise<CarryOutcome> {
    return this.#onStick(stick, {}, async (runtime, place) => {
      const operator = this.operators.acting()?.account.name ?? job.operator;
      runtime.gate.mayFinish();
      const { secrets } = this.keys;
      for (const batch of openBatchesOn(this.ledger, place)) {
        if (!isCarry(this.ledger, batch) || !hasCarried(secrets, batch)) continue;
        const earlier = await finishCarry(runtime, place, batch, true, hooks);
        if (earlier.problem !== null) return earlier;
      }
      return carryBatch(runtime, place, { ...job, operator }, hooks);
    });
  }

  async deactivate(job: DeactivateJob, api: ApiAccess, signal: AbortSignal): Promise<Deactivated> {
    this.#mustWrite();
    const acting = this.operators.acting();
    return await deactivate(operated(this.#runtime, this.operators, acting), job, api, signal, (reference, intent) => {
      const bodies = [...this.operators.approvals.use("deactivation", reference, acting?.account.id), intent];
      return acting === null ? bodies : acting.sign("deactivated", bodies);
    });
  }

  allowLargeDrive(drive: LargeDrive): void {
    this.#mustWrite();
    allowLargeDrive(this, drive);
  }

  unfinishedOn(stick: string): Promise<readonly BatchState[]> {
    return this.#sticks.look(stick, async (_, place) => this.#unfinished(place));
  }

  intactFiles(stick: string, batches: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    return this.#onStick(stick, {}, (runtime, { root }) =>
      intactFiles(runtime.files, root, batches, stationKeys(runtime)),
    );
  }

  #unfinished(place: StickPlace): readonly BatchState[] {
    return openBatchesOn(this.ledger, place)
      .map((batch) => foldBatch(this.ledger.batchEntries(batch)))
      .filter((state) => state !== null);
  }

  rotateKey(use: KeyUse, by: { readonly operator: string | null }): RotatedKey {
    this.#mustWrite();
    // Bound to the key that goes: an approval is for one rotation.
    const gone = publicKeyFingerprint(this.keys.publicKey(use));
    this.operators.requireApproval("key-rotation", `${use} ${gone}`);
    return rotateKey({ keys: this.keys, ledger: this.ledger, name: this.name }, use, by);
  }

  recover(token: string): void {
    this.#mustWrite();
    const { approvals } = this.operators;
    this.authority.recover(token, (bodies) => [
      ...this.operators.sign("recovered", [...approvals.use("licence-recovery", sha256Hex(utf8(token))), ...bodies]),
    ]);
  }

  async close(): Promise<void> {
    try {
      this.operators.close();
    } finally {
      this.ledger.close();
      this.#lock.release();
    }
  }

  async #run(
    runtime: BatchRuntime,
    place: StickPlace,
    intake: IntakeReport,
    job: Job,
    api: ApiAccess,
    hooks: BatchHooks,
  ): Promise<ProvisionResult> {
    const mine = operatedJob(runtime, this.operators, intake, job);
    runtime.gate.mayFinish();
    const { finished, stopped } = await finishEarlier(runtime, place, job, api, hooks);
    const outcome = stopped ?? (await runBatch(mine.runtime, place, intake, mine.job, api, hooks));
    return { outcome, intake, finishedFirst: finished };
  }

  #mustWrite(): void {
    if (this.#readOnly === null) return;
    const { code, message, details } = this.#readOnly;
    throw new StationError(code, message, details === undefined ? {} : { details });
  }

  async #onStick<T>(
    stick: string,
    { by }: Pick<BatchHooks, "by">,
    work: (runtime: BatchRuntime, place: StickPlace) => Promise<T>,
  ): Promise<T> {
    this.#mustWrite();
    return await this.#sticks.work(stick, by, work);
  }
}
