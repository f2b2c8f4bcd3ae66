import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Agent, type Dispatcher } from "undici";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import type { ApiAccess, Job } from "../../electron/engine/batch/job.ts";
import type { BatchHooks } from "../../electron/engine/batch/runtime.ts";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { accountSecretFile, type Sealing } from "../../electron/engine/keys/index.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import type { Files } from "../../electron/engine/platform/files.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { type Clock, systemClock } from "../../electron/engine/platform/clock.ts";
import { createStation, type Station } from "../../electron/engine/station.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "../../electron/sandbox/sandbox.ts";

/** A home, a folder as a stick, and a real sandbox on loopback, in one temporary folder. */
export interface Workbench {
  readonly home: string;
  readonly stick: string;
  readonly sandbox: RunningSandbox;
  /** What a child process needs to be this very station. */
  readonly env: Readonly<Record<string, string>>;
  job(change?: Partial<Job>): Job;
  api(change?: Partial<ApiAccess>): ApiAccess;
  ask(name: string, text: string): void;
  open(parts?: { files?: Files; connect?: () => Dispatcher; clock?: Clock }): Promise<Station>;
  /** Every file below the stick but PROVISIONING, with its bytes: what no run may change. */
  foreign(): Readonly<Record<string, string>>;
  /**
   * What must hold once a batch is through: each fingerprint has exactly one seat on the server, each seat is in the
   * ledger, ledger and stick verify, and each device has exactly one file in the newest delivery that names it.
   */
  expectSound(fingerprints: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

export async function workbench(options: SandboxOptions = {}): Promise<Workbench> {
  const base = mkdtempSync(join(tmpdir(), "station-bench-"));
  const home = join(base, "home");
  const stick = join(base, "stick");
  mkdirSync(stick);
  const sandbox = await startSandbox({ seed: "workbench", ...options });
  const env = { STATION_HOME: home, LICENSESEAT_API_KEY: sandbox.apiKey, XDG_STATE_HOME: join(base, "state") };
  const sealing = { custody: "account", file: accountSecretFile(env, "linux", base) } as const;
  return {
    home,
    stick,
    sandbox,
    env,
    job: (change = {}) => ({
      product: sandbox.product,
      licenseKeys: [sandbox.licenseKey],
      policy: { ttlDays: 90, graceDays: 7 },
      operator: "tester",
      workOrder: "WO-1",
      onConflict: "refuse",
      rehearsal: true,
      ...change,
    }),
    api: (change = {}) => ({
      url: sandbox.url,
      apiKey: sandbox.apiKey,
      proxy: null,
      caPem: null,
      concurrency: 4,
      pinnedKeys: new Map(),
      acceptSigningKey: null,
      ...change,
    }),
    ask: (name, text) => {
      const path = join(stick, name);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
    },
    open: ({ files = nodeFiles, connect = () => new Agent(), clock = systemClock } = {}) =>
      createStation({
        home,
        sealing,
        name: "bench",
        version: "test",
        env: {},
        files,
        connect,
        clock,
      }),
    foreign: () => filesBelow(stick),
    expectSound: (fingerprints) => problemsOf(home, stick, sealing, sandbox, fingerprints),
    close: async () => {
      await sandbox.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** Hooks that only carry a signal. */
export function quietHooks(signal: AbortSignal = new AbortController().signal): BatchHooks {
  return { signal, started: () => {}, changed: () => {}, step: () => {}, ready: () => Promise.resolve() };
}

function filesBelow(stick: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(stick, { recursive: true, encoding: "utf8" })) {
    const path = join(stick, name);
    if (name.startsWith("PROVISIONING") || !statSync(path).isFile()) continue;
    found[relative(stick, path)] = sha256Hex(readFileSync(path));
  }
  return found;
}

/** Empty when everything holds; else what does not, in words. */
async function problemsOf(
  home: string,
  stick: string,
  sealing: Sealing,
  sandbox: RunningSandbox,
  fingerprints: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  const seats = sandbox
    .activations()
    .map(({ fingerprint }) => fingerprint)
    .sort();
  if (seats.join() !== [...fingerprints].sort().join()) problems.push(`seats on the server: ${seats.join()}`);

  const station = await createStation({ home, sealing, name: null, version: "test", env: {} });
  try {
    const recorded = new Map<string, string>();
    for (const { entry } of station.ledger.entries()) {
      if (entry.type === "activation.recorded") recorded.set(entry.fingerprint_sha256, entry.activation_id);
    }
    for (const { fingerprint, activation_id } of sandbox.activations()) {
      if (recorded.get(sha256Hex(utf8(fingerprint))) !== activation_id)
        problems.push(`seat of ${fingerprint} is not in the ledger`);
    }
    const open = station.ledger.openBatches().length;
    if (open > 0) problems.push(`${open} batches are still open`);
    const key = noteKey(station.name, station.keys.publicKey("ledger"));
    const verdict = await verifyStick({
      files: nodeFiles,
      root: stick,
      keys: {
        ledger: key,
        manifest: station.keys.publicKey("manifest"),
        minisign: { keyId: station.keys.minisignKeyId, publicKey: station.keys.publicKey("minisign") },
        licensing: new Map(),
      },
    });
    if (!verdict.ok) problems.push(`stick: ${JSON.stringify(verdict.batches.flatMap(({ problems }) => problems))}`);
    problems.push(...indexProblems(stick, fingerprints));
    const ledger = await verifyLedger({ path: join(home, "ledger.db"), vkey: formatVkey(key) });
    if (!ledger.ok) problems.push(`ledger: ${JSON.stringify(ledger.problems)}`);
  } finally {
    await station.close();
  }
  return problems;
}

function indexProblems(stick: string, fingerprints: readonly string[]): string[] {
  const index: unknown = JSON.parse(readFileSync(join(stick, "PROVISIONING", "index.json"), "utf8"));
  const devices =
    typeof index === "object" && index !== null && "devices" in index ? Object.keys(index.devices ?? {}) : [];
  const wanted = fingerprints.map((fingerprint) => sha256Hex(utf8(fingerprint))).sort();
  return devices.sort().join() === wanted.join()
    ? []
    : [`index.json names ${devices.length} devices, not ${wanted.length}`];
}
