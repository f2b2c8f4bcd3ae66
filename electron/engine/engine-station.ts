import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { must, utf8 } from "#shared/formats/encoding.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { type LicenceView, licenceViewOf } from "./authority/licence-view.ts";
import { type Spent } from "./authority/quota.ts";
import { type StationAuthority } from "./authority/station-authority.ts";
import { vendorKeyEntry } from "./authority/vendor-keys.ts";
import { allowLargeDrive, type LargeDrive } from "./allow-drive.ts";
import { type BatchState, foldBatch, owedDevices } from "./batch/batch-state.ts";
import { batchSecrets, forgetBatchSecrets, hasBatchSecrets } from "./batch/batch-secrets.ts";
import {
  carryBatch,
  type CarryHooks,
  type CarryJob,
  type CarryOutcome,
  finishCarry,
  forgetCarried,
  hasCarried,
  isCarry,
} from "./batch/carry-batch.ts";
import { checkWitnesses } from "./batch/check-witnesses.ts";
import { createWitnessLog, type WitnessLog } from "./batch/witness-log.ts";
import { deactivate, type Deactivated, type DeactivateJob } from "./batch/deactivate.ts";
import { giveUpOwed } from "./batch/give-up.ts";
import type { ApiAccess, Job } from "./batch/job.ts";
import { stationKeys } from "./batch/station-keys.ts";
import { openBatchesOn } from "./batch/open-batch.ts";
import { operated, operatedJob } from "./batch/operated.ts";
import { preflight } from "./batch/preflight.ts";
import { type BatchOutcome, continueBatch, runBatch } from "./batch/run-batch.ts";
import type { BatchHooks, BatchRuntime } from "./batch/runtime.ts";
import { type StickPlace, stickEntry } from "./batch/stick-place.ts";
import { intactFiles } from "./delivery/inspect.ts";
import { discardPartial } from "./delivery/prepare-stick.ts";
import { type IntakeReport, readRequests } from "./intake/read-requests.ts";
import { type Operators } from "./authority/operators/operators.ts";
import { type KeyRing, type KeyUse } from "./keys/index.ts";
import { type Ledger } from "./ledger/ledger.ts";
import { checkStickPlace } from "./platform/stick-place.ts";
import { type Lock, lockStick } from "./platform/locks.ts";
import { type OpenStickAt } from "./platform/open-stick.ts";
import { type RotatedKey, rotateKey } from "./rotate-key.ts";
import type { ProvisionResult, ResumeOptions, Station, StickLook } from "./station-face.ts";

/** The engine over one opened home; station.ts opens it. */
export class EngineStation implements Station {
  readonly authority: StationAuthority;
  readonly vendorKeys: Station["vendorKeys"];
  readonly #spent: () => Spent;
  readonly #runtime: BatchRuntime;
  readonly operators: Operators;
  readonly #home: string;
  readonly #lock: Lock;
  readonly #openStick: OpenStickAt;
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
    this.#openStick = openStick;
    this.#runtime = runtime;
    this.operators = operators;
    this.#home = home;
    this.#lock = lock;
    this.witnesses = createWitnessLog(runtime.ledger, {
      forgiven: () => authority.forgiven,
      contradicted: (checkpoint, detail) => {
        authority.witnessed(checkpoint, detail);
      },
    });
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
    return this.#withStick(stick, ({ files }, place) => readRequests(files, place.root, { stick: place.mark }));
  }

  look(stick: string): Promise<StickLook> {
    return this.#withStick(stick, async ({ files }, place) => ({
      intake: await readRequests(files, place.root, { stick: place.mark }),
      space: await files.space(place.root),
      unfinished: this.#unfinished(place),
      identity: place.identity,
    }));
  }

  async preflight(stick: string, job: Job, api: ApiAccess, signal: AbortSignal) {
    this.#mustWrite();
    return await this.#withStick(stick, async (runtime, place) => {
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
    return this.#onStick(stick, hooks, async (runtime, place) => {
      const open = openBatchesOn(this.ledger, place);
      if (open.length === 0) {
        throw new StationError(
          "NOTHING_TO_RESUME",
          "No unfinished batch of this station belongs to this stick. If it was another stick, plug that one in.",
        );
      }
      // Every device of it was let in when the batch began; closing it without delivering is always open.
      if (options.ending !== "abandon") this.#runtime.gate.mayFinish();
      const outcomes: BatchOutcome[] = [];
      for (const batch of open) {
        const outcome =
          options.ending === "abandon"
            ? await this.#abandon(runtime, place, batch, "operator")
            : await this.#finish(runtime, place, batch, options, hooks);
        outcomes.push(outcome);
        if (outcome.problem !== null) break;
      }
      return outcomes;
    });
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
    return this.#withStick(stick, async (_, place) => this.#unfinished(place));
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

  /** A batch that was cut off on this stick is finished first, so that nothing is owed twice. */
  async #run(
    runtime: BatchRuntime,
    place: StickPlace,
    intake: IntakeReport,
    job: Job,
    api: ApiAccess,
    hooks: BatchHooks,
  ): Promise<ProvisionResult> {
    const mine = operatedJob(runtime, this.operators, intake, job);
    const finishedFirst: string[] = [];
    const { apiKey, concurrency, acceptSigningKey } = api;
    this.#runtime.gate.mayFinish();
    for (const batch of openBatchesOn(this.ledger, place)) {
      const { secrets } = this.keys;
      const isCarried = isCarry(this.ledger, batch);
      const isLost = isCarried ? !hasCarried(secrets, batch) : !hasBatchSecrets(secrets, batch);
      const isStale = !isCarried && isForAnother(foldBatch(this.ledger.batchEntries(batch)), job, api);
      if (isLost || isStale) {
        await this.#abandon(runtime, place, batch, "superseded");
        continue;
      }
      const outcome = await this.#finish(
        runtime,
        place,
        batch,
        { apiKey, concurrency, acceptSigningKey, ending: "finish" },
        hooks,
      );
      if (outcome.problem !== null) return { outcome, intake, finishedFirst };
      finishedFirst.push(batch);
    }
    return { outcome: await runBatch(mine.runtime, place, intake, mine.job, api, hooks), intake, finishedFirst };
  }

  async #finish(
    runtime: BatchRuntime,
    place: StickPlace,
    batch: string,
    options: ResumeOptions,
    hooks: BatchHooks,
  ): Promise<BatchOutcome> {
    const { ledger, keys } = runtime;
    const state = foldBatch(ledger.batchEntries(batch));
    if (state === null)
      throw new StationError("LEDGER_BROKEN", `The ledger does not hold the beginning of batch ${batch}.`);
    if (isCarry(ledger, batch)) {
      const { problem } = await finishCarry(runtime, place, batch, true, hooks);
      return { state: must(foldBatch(ledger.batchEntries(batch)), "the batch"), problem };
    }
    const kept = batchSecrets(keys.secrets, batch);
    if (options.ending === "give-up") giveUpOwed(ledger, owedDevices(state));
    const api: ApiAccess = {
      url: state.started.api,
      apiKey: options.apiKey ?? kept.apiKey,
      proxy: kept.proxy,
      caPem: kept.caPem,
      concurrency: options.concurrency,
      pinnedKeys: new Map(),
      acceptSigningKey: options.acceptSigningKey,
    };
    return continueBatch(runtime, place, batch, api, true, hooks);
  }

  async #abandon(
    runtime: BatchRuntime,
    place: StickPlace,
    batch: string,
    reason: "operator" | "superseded",
  ): Promise<BatchOutcome> {
    const { ledger, files, keys } = runtime;
    const state = foldBatch(ledger.batchEntries(batch));
    if (state === null)
      throw new StationError("LEDGER_BROKEN", `The ledger does not hold the beginning of batch ${batch}.`);
    const unknown = owedDevices(state).length;
    ledger.append([{ type: "batch.abandoned", batch, seats_unknown: unknown, reason }], [], { settle: batch });
    forgetBatchSecrets(keys.secrets, batch);
    forgetCarried(keys.secrets, batch);
    try {
      await discardPartial(files, place.root, batch);
    } catch (error) {
      return { state, problem: toFailure(error) };
    }
    return { state: { ...state, abandoned: true }, problem: null };
  }

  #mustWrite(): void {
    if (this.#readOnly === null) return;
    const { code, message, details } = this.#readOnly;
    throw new StationError(code, message, details === undefined ? {} : { details });
  }

  /** Everything that is asked of a stick goes the way that was opened for it. */
  async #withStick<T>(stick: string, work: (runtime: BatchRuntime, place: StickPlace) => Promise<T>): Promise<T> {
    const opened = await this.#openStick(stick);
    const { found, files } = opened;
    try {
      await checkStickPlace(files, found.root, { home: this.#home });
      const runtime = { ...this.#runtime, files, stickFailure: () => opened.failure };
      return await work(runtime, { root: found.root, identity: found.identity, mark: found });
    } catch (error) {
      // With the way to the stick dead, the stick itself only seems to be gone.
      throw opened.failure !== null && isOfStick(toFailure(error)) ? opened.failure : error;
    } finally {
      await opened.close();
    }
  }

  /** One process works on a stick; its checkpoints are witnesses that must be heard before anything is done. */
  async #onStick<T>(
    stick: string,
    { by }: Pick<BatchHooks, "by">,
    work: (runtime: BatchRuntime, place: StickPlace) => Promise<T>,
  ): Promise<T> {
    this.#mustWrite();
    const acting = by ?? this.operators.acting();
    return await this.#withStick(stick, async (runtime, place) => {
      const lock = lockStick({ root: place.root, ...place.mark });
      try {
        const newest = await checkWitnesses(runtime.files, place, this.witnesses);
        if (newest !== null) this.witnesses.remember(newest.note, newest.size, stickEntry(place.identity));
        return await work(operated(runtime, this.operators, acting), place);
      } finally {
        lock.release();
      }
    });
  }
}

function isOfStick({ code }: Failure): boolean {
  return code.startsWith("STICK_");
}

/** A batch that took no seat and was begun against another server or product was a mistake; nobody waits for its end. */
function isForAnother(open: BatchState | null, job: Job, api: ApiAccess): boolean {
  if (open === null || [...open.devices.values()].some(({ activation }) => activation !== null)) return false;
  return open.started.api !== api.url || open.started.product !== job.product;
}
