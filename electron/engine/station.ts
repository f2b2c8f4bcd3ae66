import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import { StationError, toFailure } from "#shared/domain/errors.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import { type LicenceView, licenceViewOf } from "./authority/licence-view.ts";
import { openLicenceStore } from "./authority/licence-store.ts";
import { createSpendGate } from "./authority/spend-gate.ts";
import { openAuthority, type StationAuthority } from "./authority/station-authority.ts";
import { bundledVendorKeys, knownVendorKeys } from "./authority/vendor-keys.ts";
import type { VendorKey } from "./authority/vendor-key.ts";
import { type BatchState, foldBatch, owedDevices } from "./batch/batch-state.ts";
import { batchSecrets, forgetBatchSecrets, hasBatchSecrets } from "./batch/batch-secrets.ts";
import { checkWitnesses } from "./batch/check-witnesses.ts";
import { giveUpOwed } from "./batch/give-up.ts";
import type { ApiAccess, Job } from "./batch/job.ts";
import { openBatchesOn } from "./batch/open-batch.ts";
import { type Preflight, preflight } from "./batch/preflight.ts";
import { type BatchOutcome, continueBatch, runBatch } from "./batch/run-batch.ts";
import type { BatchHooks, BatchRuntime } from "./batch/runtime.ts";
import type { StickPlace } from "./batch/stick-place.ts";
import { discardPartial } from "./delivery/prepare-stick.ts";
import { type IntakeReport, readRequests } from "./intake/read-requests.ts";
import { type KeyRing, openKeyRing, type Sealing } from "./keys/index.ts";
import { type Ledger, openLedger } from "./ledger/ledger.ts";
import { createLicensingClient } from "./licensing/client.ts";
import { createDispatcher } from "./licensing/dispatcher.ts";
import { identifyStick } from "./platform/stick-identity.ts";
import { checkStickPlace } from "./platform/stick-place.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Files } from "./platform/files.ts";
import { type Lock, lockHome, lockStick } from "./platform/locks.ts";
import { nodeFiles } from "./platform/node-files.ts";
import { type Random, systemRandom } from "./platform/random.ts";
import { openServerMemory, type ServerMemory } from "./server-memory.ts";
import { hadLedger, rememberLedger, stationName } from "./station-file.ts";

export interface StationOptions {
  /** The data folder; made when missing. One process at a time holds it. */
  readonly home: string;
  readonly sealing: Sealing;
  /** Used only when the home is new; null: the station makes up a name of its own. */
  readonly name: string | null;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files?: Files;
  /** How the licensing server is reached; by default over the network, with the proxy and certificates of the access. */
  readonly connect?: (api: ApiAccess) => Dispatcher;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Whose licences for stations are believed; by default those that came with the program. */
  readonly vendorKeys?: readonly VendorKey[];
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
  /** The station's own licence. */
  readonly authority: StationAuthority;
  /** Whose station licences are believed now. */
  vendorKeys(): readonly VendorKey[];
  /** What people are told of the station's licence. */
  licence(): LicenceView;
  /** Reads the stick's requests; spends and writes nothing. @throws StationError STICK_* */
  read(stick: string): Promise<IntakeReport>;
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
  /** Unfinished batches of this stick. */
  unfinishedOn(stick: string): Promise<readonly BatchState[]>;
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
    const keys = await openKeyRing({ home, sealing, random, clock, mayCreate: isNew });
    const ledger = await openLedger({
      path: ledgerPath,
      origin: name,
      signer: ledgerSigner(keys, name),
      clock,
      ...(isNew ? { create: creation(keys, name) } : {}),
    });
    rememberLedger(home);
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
    });
    const runtime: BatchRuntime = {
      stationName: name,
      version,
      ledger,
      keys,
      files,
      clock,
      random,
      gate: createSpendGate(authority, () => ledger.provisionings),
      openClient: (api, product) =>
        openClient(api, product, connect(api), openServerMemory(home), { clock, random, version }),
    };
    return new EngineStation(runtime, { authority, vendorKeys }, home, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

class EngineStation implements Station {
  readonly authority: StationAuthority;
  readonly vendorKeys: Station["vendorKeys"];
  readonly #runtime: BatchRuntime;
  readonly #home: string;
  readonly #lock: Lock;

  constructor(
    runtime: BatchRuntime,
    { authority, vendorKeys }: Pick<Station, "authority" | "vendorKeys">,
    home: string,
    lock: Lock,
  ) {
    this.authority = authority;
    this.vendorKeys = vendorKeys;
    this.#runtime = runtime;
    this.#home = home;
    this.#lock = lock;
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

  licence(): LicenceView {
    this.authority.inspect();
    return licenceViewOf(this.authority, this.ledger.provisionings, this.vendorKeys());
  }

  async read(stick: string): Promise<IntakeReport> {
    const place = await this.#place(stick);
    return readRequests(this.#runtime.files, place.root, { stick: place.mark });
  }

  async preflight(stick: string, job: Job, api: ApiAccess, signal: AbortSignal) {
    const place = await this.#place(stick);
    await this.#hearWitnesses(place);
    const intake = await readRequests(this.#runtime.files, place.root, { stick: place.mark });
    return { report: await preflight(this.#runtime, place, intake, job, api, signal), intake };
  }

  provision(stick: string, job: Job, api: ApiAccess, hooks: BatchHooks): Promise<ProvisionResult> {
    return this.#onStick(stick, async (place) => {
      const intake = await readRequests(this.#runtime.files, place.root, { stick: place.mark });
      hooks.read?.(intake);
      return this.#run(place, intake, job, api, hooks);
    });
  }

  provisionRequests(
    stick: string,
    intake: IntakeReport,
    job: Job,
    api: ApiAccess,
    hooks: BatchHooks,
  ): Promise<ProvisionResult> {
    return this.#onStick(stick, (place) => this.#run(place, intake, job, api, hooks));
  }

  resume(stick: string, options: ResumeOptions, hooks: BatchHooks): Promise<readonly BatchOutcome[]> {
    return this.#onStick(stick, async (place) => {
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
            ? await this.#abandon(place, batch, "operator")
            : await this.#finish(place, batch, options, hooks);
        outcomes.push(outcome);
        if (outcome.problem !== null) break;
      }
      return outcomes;
    });
  }

  async unfinishedOn(stick: string): Promise<readonly BatchState[]> {
    const place = await this.#place(stick);
    return openBatchesOn(this.ledger, place)
      .map((batch) => foldBatch(this.ledger.batchEntries(batch)))
      .filter((state) => state !== null);
  }

  async close(): Promise<void> {
    this.ledger.close();
    this.#lock.release();
  }

  /** A batch that was cut off on this stick is finished first, so that nothing is owed twice. */
  async #run(
    place: StickPlace,
    intake: IntakeReport,
    job: Job,
    api: ApiAccess,
    hooks: BatchHooks,
  ): Promise<ProvisionResult> {
    const finishedFirst: string[] = [];
    const { apiKey, concurrency, acceptSigningKey } = api;
    this.#runtime.gate.mayFinish();
    for (const batch of openBatchesOn(this.ledger, place)) {
      const isLost = !hasBatchSecrets(this.keys.secrets, batch);
      if (isLost || isForAnother(foldBatch(this.ledger.batchEntries(batch)), job, api)) {
        await this.#abandon(place, batch, "superseded");
        continue;
      }
      const outcome = await this.#finish(
        place,
        batch,
        { apiKey, concurrency, acceptSigningKey, ending: "finish" },
        hooks,
      );
      if (outcome.problem !== null) return { outcome, intake, finishedFirst };
      finishedFirst.push(batch);
    }
    return { outcome: await runBatch(this.#runtime, place, intake, job, api, hooks), intake, finishedFirst };
  }

  async #finish(place: StickPlace, batch: string, options: ResumeOptions, hooks: BatchHooks): Promise<BatchOutcome> {
    const { ledger, keys } = this.#runtime;
    const state = foldBatch(ledger.batchEntries(batch));
    if (state === null)
      throw new StationError("LEDGER_BROKEN", `The ledger does not hold the beginning of batch ${batch}.`);
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
    return continueBatch(this.#runtime, place, batch, api, true, hooks);
  }

  async #abandon(place: StickPlace, batch: string, reason: "operator" | "superseded"): Promise<BatchOutcome> {
    const { ledger, files, keys } = this.#runtime;
    const state = foldBatch(ledger.batchEntries(batch));
    if (state === null)
      throw new StationError("LEDGER_BROKEN", `The ledger does not hold the beginning of batch ${batch}.`);
    const unknown = owedDevices(state).length;
    ledger.append([{ type: "batch.abandoned", batch, seats_unknown: unknown, reason }], [], { settle: batch });
    forgetBatchSecrets(keys.secrets, batch);
    try {
      await discardPartial(files, place.root, batch);
    } catch (error) {
      return { state, problem: toFailure(error) };
    }
    return { state: { ...state, abandoned: true }, problem: null };
  }

  async #place(stick: string): Promise<StickPlace> {
    const found = await identifyStick(stick);
    await checkStickPlace(this.#runtime.files, found.root, { home: this.#home });
    return { root: found.root, identity: found.identity, mark: found };
  }

  async #hearWitnesses(place: StickPlace): Promise<void> {
    const { authority } = this;
    await checkWitnesses(this.#runtime.files, place.root, this.ledger, authority.forgiven, (found) =>
      authority.witnessed(found.checkpoint, `A stick's checkpoint of batch ${found.batch}: ${found.verdict}.`),
    );
  }

  /** One process works on a stick; its checkpoints are witnesses that must be heard before anything is done. */
  async #onStick<T>(stick: string, work: (place: StickPlace) => Promise<T>): Promise<T> {
    const place = await this.#place(stick);
    const lock = lockStick({ root: place.root, ...place.mark });
    try {
      await this.#hearWitnesses(place);
      return await work(place);
    } finally {
      lock.release();
    }
  }
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

function creation(keys: KeyRing, name: string) {
  return {
    type: "ledger.created" as const,
    station: name,
    origin: name,
    ledger_vkey: formatVkey(noteKey(name, keys.publicKey("ledger"))),
    manifest_key_sha256: publicKeyFingerprint(keys.publicKey("manifest")),
    minisign_key_id: Buffer.from(keys.minisignKeyId).toString("hex"),
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
