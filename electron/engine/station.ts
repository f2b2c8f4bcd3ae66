import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import type { StickIdentity } from "#shared/domain/drive.ts";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { must, utf8 } from "#shared/formats/encoding.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import { type LicenceView, licenceViewOf } from "./authority/licence-view.ts";
import { openLicenceStore } from "./authority/licence-store.ts";
import { nothingSpent, type Spent } from "./authority/quota.ts";
import { createSpendGate } from "./authority/spend-gate.ts";
import { openAuthority, type StationAuthority } from "./authority/station-authority.ts";
import { bundledVendorKeys, knownVendorKeys, vendorKeyEntry } from "./authority/vendor-keys.ts";
import type { VendorKey } from "./authority/vendor-key.ts";
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
import { openBatchesOn } from "./batch/open-batch.ts";
import { operated, operatedJob } from "./batch/operated.ts";
import { type Preflight, preflight } from "./batch/preflight.ts";
import { type BatchOutcome, continueBatch, runBatch } from "./batch/run-batch.ts";
import type { BatchHooks, BatchRuntime } from "./batch/runtime.ts";
import { type StickPlace, stickEntry } from "./batch/stick-place.ts";
import { discardPartial } from "./delivery/prepare-stick.ts";
import { type IntakeReport, readRequests } from "./intake/read-requests.ts";
import { openOperators, type Operators } from "./authority/operators/operators.ts";
import { type KeyRing, type KeyUse, openKeyRing, operatorVault, type Sealing } from "./keys/index.ts";
import { type Ledger, type LedgerOptions, openLedger } from "./ledger/ledger.ts";
import { createLicensingClient } from "./licensing/client.ts";
import { createDispatcher } from "./licensing/dispatcher.ts";
import { checkStickPlace } from "./platform/stick-place.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Files } from "./platform/files.ts";
import { type Lock, lockHome, lockStick } from "./platform/locks.ts";
import { nodeFiles } from "./platform/node-files.ts";
import { openInPlace, type OpenStickAt } from "./platform/open-stick.ts";
import { type Random, systemRandom } from "./platform/random.ts";
import type { Predecessor } from "./predecessor.ts";
import { keyOfHead, type RotatedKey, rotateKey, settleRotations } from "./rotate-key.ts";
import { openServerMemory, type ServerMemory } from "./server-memory.ts";
import { hadLedger, rememberLedger, stationName } from "./station-file.ts";
import { isWholeDue, rememberVerdict } from "./whole-verification.ts";

export interface StationOptions {
  /** The data folder; made when missing. One process at a time holds it. */
  readonly home: string;
  readonly sealing: Sealing;
  /** Used only when the home is new; null: the station makes up a name of its own. */
  readonly name: string | null;
  /** The lost ledger that this one goes on from; only a home that is new may have one. */
  readonly predecessor?: Predecessor;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files?: Files;
  /** How a stick's files are reached; by default in this very process. */
  readonly openStick?: OpenStickAt;
  /** How the licensing server is reached; by default over the network, with the proxy and certificates of the access. */
  readonly connect?: (api: ApiAccess) => Dispatcher;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Whose licences for stations are believed; by default those that came with the program. */
  readonly vendorKeys?: readonly VendorKey[];
}

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
   * The way back after tampering was seen; with the second person's word where policy asks for it.
   * @throws StationError LICENCE_RECOVERY_REFUSED, LICENCE_TOKEN_*, APPROVAL_NEEDED; then nothing was changed or used up
   */
  recover(token: string): void;
  /** The key of this use gives way to a new one, which the ledger says and both sign. @throws StationError LEDGER_*, APPROVAL_NEEDED */
  rotateKey(use: KeyUse, by: { readonly operator: string | null }): RotatedKey;
  close(): Promise<void>;
}

export interface ResumeOptions {
  /** Instead of the one the batch began with, when that was wrong or is not at hand. */
  readonly apiKey: string | null;
  readonly concurrency: number;
  readonly acceptSigningKey: ApiAccess["acceptSigningKey"];
  /** `give-up`: deliver what is issued, close the rest as failed. `abandon`: close without delivering. */
  readonly ending: "finish" | "give-up" | "abandon";
}

/**
 * Opens the home, its keys and its ledger; the ledger is verified whole before anything may be appended.
 * @throws StationError HOME_LOCKED, HOME_UNREADABLE, KEYS_UNREADABLE, LEDGER_BROKEN
 */
export async function createStation(options: StationOptions): Promise<Station> {
  const { home, sealing, version, env, files = nodeFiles, clock = systemClock, random = systemRandom } = options;
  const connect =
    options.connect ??
    ((api) => createDispatcher({ proxy: api.proxy, caFile: api.caPem, env, connections: api.concurrency }));
  const lock = lockHome(home);
  try {
    const ledgerPath = join(home, "ledger.db");
    const name = stationName(home, options.name, random);
    const isNew = !hadLedger(home) && !existsSync(ledgerPath);
    if (options.predecessor !== undefined) mustBeginAnew(isNew, name, options.predecessor);
    const keys = await openKeyRing({ home, sealing, random, clock, mayCreate: isNew });
    let operators: Operators | null = null;
    if (keyOfHead(keys, name, ledgerPath).isNext) keys.finishRotation("ledger");
    const isDue = !isNew && isWholeDue(home, clock.now());
    const { ledger, readOnly } = await openOrRead({
      path: ledgerPath,
      origin: name,
      signer: ledgerSigner(keys, name),
      clock,
      actor: () => operators?.current()?.id ?? null,
      whole: isDue,
      ...(isNew ? { create: creation(keys, name, options.predecessor) } : {}),
    });
    if (isDue && readOnly === null) rememberVerdict(home, { ok: true, size: ledger.size }, clock.now());
    if (readOnly === null) settleRotations(keys, ledger);
    rememberLedger(home);
    let station: EngineStation | null = null;
    const refusal = () => station?.readOnly ?? readOnly;
    const isReadOnly = () => refusal() !== null;
    operators = openOperators({ ledger, keys: operatorVault(keys.secrets, random), clock, random, isReadOnly });
    const bundled = options.vendorKeys ?? bundledVendorKeys();
    const vendorKeys = () =>
      knownVendorKeys(
        bundled,
        ledger.entriesOfType("vendor-key.added").map(({ entry }) => entry),
      );
    const authority = await openAuthority({
      store: openLicenceStore(home, keys.secrets),
      ledger,
      clock,
      vendorKeys,
      stationKeys: () => [keys.publicKey("ledger"), ...keys.retiredPublicKeys("ledger")].map(publicKeyFingerprint),
      environment: env["STATION_LICENCE"] || null,
      readOnly: refusal,
    });
    const spent = () => (readOnly === null ? ledger.provisionings : nothingSpent);
    const runtime: BatchRuntime = {
      stationName: name,
      version,
      ledger,
      keys,
      files,
      clock,
      random,
      gate: createSpendGate(authority, spent),
      openClient: (api, product) =>
        openClient(api, product, connect(api), openServerMemory(home), { clock, random, version }),
    };
    station = new EngineStation(
      runtime,
      { authority, vendorKeys, operators, spent },
      home,
      lock,
      options.openStick ?? openInPlace(files),
      readOnly,
    );
    return station;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * A ledger that does not verify is opened for reading, as far as it can be read at all: what is left can be searched,
 * proved and exported, and nothing is appended. @throws StationError LEDGER_BROKEN when not even that
 */
async function openOrRead(
  options: LedgerOptions,
): Promise<{ readonly ledger: Ledger; readonly readOnly: Failure | null }> {
  try {
    return { ledger: await openLedger(options), readOnly: null };
  } catch (error) {
    if (!(error instanceof StationError) || error.code !== "LEDGER_BROKEN") throw error;
    const refusal = toFailure(error);
    const { path, origin, signer, clock } = options;
    const ledger = await openLedger({ path, origin, signer, clock, readOnly: true, refusal }).catch(() => null);
    if (ledger === null) throw error;
    return { ledger, readOnly: refusal };
  }
}

class EngineStation implements Station {
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

function ledgerSigner(keys: KeyRing, name: string) {
  const key = noteKey(name, keys.publicKey("ledger"));
  return { key, sign: (message: Uint8Array) => keys.sign("ledger", message) };
}

function mustBeginAnew(isNew: boolean, name: string, { origin }: Predecessor): void {
  if (!isNew) throw new StationError("USAGE", "This home has a ledger already. A lost one is continued in a new home.");
  if (name === origin) {
    throw new StationError(
      "USAGE",
      "The new station needs another name than the lost one, so that nobody takes one for the other.",
    );
  }
}

function creation(keys: KeyRing, name: string, predecessor: Predecessor | undefined) {
  return {
    type: "ledger.created" as const,
    station: name,
    origin: name,
    ledger_vkey: formatVkey(noteKey(name, keys.publicKey("ledger"))),
    manifest_key_sha256: publicKeyFingerprint(keys.publicKey("manifest")),
    minisign_key_id: Buffer.from(keys.minisignKeyId).toString("hex"),
    ...(predecessor === undefined ? {} : { predecessor }),
  };
}

function openClient(
  api: ApiAccess,
  product: string,
  dispatcher: Dispatcher,
  servers: ServerMemory,
  { clock, random, version }: Pick<BatchRuntime, "clock" | "random" | "version">,
) {
  const client = createLicensingClient({
    baseUrl: api.url,
    product,
    apiKey: api.apiKey,
    dispatcher,
    clock,
    random,
    concurrency: api.concurrency,
    pathFamily: servers.pathFamily(api.url),
    onPathFamily: (family) => servers.learn(api.url, family),
    userAgent: `licence-station/${version}`,
  });
  return { ...client, close: () => dispatcher.close() };
}
