import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import { openLicenceStore } from "./authority/licence-store.ts";
import { nothingSpent } from "./authority/quota.ts";
import { createSpendGate } from "./authority/spend-gate.ts";
import { openAuthority } from "./authority/station-authority.ts";
import { bundledVendorKeys, knownVendorKeys } from "./authority/vendor-keys.ts";
import type { VendorKey } from "./authority/vendor-key.ts";
import type { ApiAccess } from "./batch/job.ts";
import type { BatchRuntime } from "./batch/runtime.ts";
import { openOperators, type Operators } from "./authority/operators/operators.ts";
import { type KeyRing, openKeyRing, operatorVault, type Sealing } from "./keys/index.ts";
import { type Ledger, type LedgerOptions, openLedger } from "./ledger/ledger.ts";
import { createLicensingClient } from "./licensing/client.ts";
import { createDispatcher } from "./licensing/dispatcher.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { Files } from "./platform/files.ts";
import { lockHome } from "./platform/locks.ts";
import { nodeFiles } from "./platform/node-files.ts";
import { openInPlace, type OpenStickAt } from "./platform/open-stick.ts";
import { type Random, systemRandom } from "./platform/random.ts";
import type { Predecessor } from "./predecessor.ts";
import { keyOfHead, settleRotations } from "./rotate-key.ts";
import { openServerMemory, type ServerMemory } from "./server-memory.ts";
import { hadLedger, rememberLedger, stationName } from "./station-file.ts";
import { isWholeDue, rememberVerdict } from "./whole-verification.ts";
import { EngineStation } from "./engine-station.ts";
import type { Station } from "./station-face.ts";

export type { Station } from "./station-face.ts";

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
