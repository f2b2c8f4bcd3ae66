import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { BatchJson, DeviceJson } from "../../electron/cli/batch-report.ts";
import { run } from "../../electron/cli/run.ts";
import type { Clock } from "../../electron/engine/platform/clock.ts";
import type { SandboxOptions } from "../../electron/sandbox/sandbox.ts";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { type Workbench, workbench } from "./workbench.ts";

/** One run of the command line, seen from outside. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Instead of or beside what the station of this world has; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** The clock is the server's and, unless a run is told another, the station's. */
export interface CliWorldOptions extends Omit<SandboxOptions, "clock"> {
  readonly clock?: Clock;
}

/** A workbench driven by the command line alone. */
export interface CliWorld extends Workbench {
  /** The command line in this process: as fast as the engine. */
  station(args: readonly string[], options?: CliOptions): Promise<CliRun>;
  /** The same as a process of its own, where streams, signals and locks are the matter. */
  process(args: readonly string[], options?: CliOptions): { readonly done: Promise<CliRun>; kill(): void };
  /** `provision --json` of this stick under the sandbox's licence, unless told otherwise by later options. */
  provision(more?: readonly string[], options?: CliOptions): Promise<CliRun>;
  resume(more?: readonly string[], options?: CliOptions): Promise<CliRun>;
  /** `<letter>-device` asks under `fp-<letter>-0001`, one text file each. */
  askFor(...letters: readonly string[]): void;
  /** The ledger's entries, by plain SQL. */
  entries(type?: string): readonly Record<string, unknown>[];
  /** Fingerprints that hold a seat on the server, sorted. */
  seats(): readonly string[];
  /** Every file below a folder by relative path, with the SHA-256 of its bytes. */
  files(folder: string): Readonly<Record<string, string>>;
  /** Batches committed to the stick, oldest first. */
  batches(): readonly string[];
}

const main = join(import.meta.dirname, "..", "..", "electron", "cli", "main.ts");

export async function cliWorld(options: CliWorldOptions = {}): Promise<CliWorld> {
  const { clock: worldClock, ...server } = options;
  const bench = await workbench(worldClock === undefined ? server : { ...server, clock: () => worldClock.now() });
  const { home, stick, sandbox } = bench;
  const station = async (
    args: readonly string[],
    { env = {}, signal, clock = options.clock }: CliOptions = {},
  ): Promise<CliRun> => {
    let stdout = "";
    let stderr = "";
    const code = await run(args, {
      stdout: (text) => void (stdout += text.endsWith("\n") ? text : `${text}\n`),
      stderr: (line) => void (stderr += line.endsWith("\n") ? line : `${line}\n`),
      env: { ...bench.env, ...env },
      signal: signal ?? new AbortController().signal,
      ...(clock === undefined ? {} : { clock }),
    });
    return { code, stdout, stderr };
  };
  const usual = ["--stick", stick, "--api", sandbox.url, "--product", sandbox.product];
  return {
    ...bench,
    station,
    process: (args, { env = {} } = {}) => {
      const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...bench.env, ...env } });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const done = new Promise<CliRun>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => resolve({ code, stdout, stderr }));
      });
      return { done, kill: () => void child.kill("SIGKILL") };
    },
    provision: (more = [], given) => {
      const license = more.includes("--license") || more.includes("--license-file") ? [] : [sandbox.licenseKey];
      return station(
        ["provision", ...usual, ...license.flatMap((key) => ["--license", key]), "--json", ...more],
        given,
      );
    },
    resume: (more = [], given) => station(["resume", "--stick", stick, "--json", ...more], given),
    askFor: (...letters) => {
      for (const letter of letters) bench.ask(`${letter}.fingerprint.txt`, `fp-${letter}-0001\n${letter}-device\n`);
    },
    entries: (type) => {
      if (!existsSync(join(home, "ledger.db"))) return [];
      const database = new DatabaseSync(join(home, "ledger.db"), { readOnly: true });
      const rows = database.prepare("SELECT bytes FROM entries ORDER BY idx").all();
      database.close();
      const all = rows.map((row) => JSON.parse(Buffer.from(row["bytes"] as Uint8Array).toString("utf8")));
      return type === undefined ? all : all.filter((entry) => entry.type === type);
    },
    seats: () =>
      sandbox
        .activations()
        .map(({ fingerprint }) => fingerprint)
        .sort(),
    files: filesBelow,
    batches: () => {
      const provisioning = join(stick, "PROVISIONING");
      if (!existsSync(provisioning)) return [];
      return readdirSync(provisioning)
        .filter((name) => !name.startsWith(".") && name !== "index.json")
        .sort();
    },
  };
}

/** Gives the station of this world a licence without limits: for jobs larger than it may do without one. */
export async function license({ station, home }: CliWorld): Promise<void> {
  const { key, token } = licenceFiles(join(home, ".."), testVendor.token(unlimited));
  for (const args of [
    ["key", "add", key],
    ["add", "--token-file", token],
  ]) {
    const { code, stderr } = await station(["licence", ...args]);
    if (code !== 0) throw new Error(stderr);
  }
}

/** What `provision` and `resume` print. */
export function batchOf({ stdout }: CliRun): BatchJson & { readonly finished_first?: readonly string[] } {
  return JSON.parse(stdout);
}

/** Ids of the batches these runs worked on, sorted. */
export function batchIds(...runs: readonly CliRun[]): readonly string[] {
  return runs.map((run) => batchOf(run).batch ?? "").sort();
}

/** Each device's status, or the code of its error, by the letter in its fingerprint. */
export function statuses(run: CliRun): Readonly<Record<string, string>> {
  return Object.fromEntries(
    batchOf(run).devices.map(({ fingerprint, status, error }: DeviceJson) => [
      fingerprint.split("-")[1] ?? fingerprint,
      error?.code ?? status,
    ]),
  );
}

/** Runs `work` in a world of its own and takes that down whatever happens. */
export async function inWorld(work: (world: CliWorld) => Promise<void>, options: CliWorldOptions = {}): Promise<void> {
  const world = await cliWorld(options);
  try {
    await work(world);
  } finally {
    await world.close();
  }
}

export function fingerprintsOf(...letters: readonly string[]): readonly string[] {
  return letters.map((letter) => `fp-${letter}-0001`).sort();
}

export function hashOf(text: string): string {
  return sha256Hex(utf8(text));
}

function filesBelow(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, name);
    found[name] = statSync(path).isFile() ? sha256Hex(readFileSync(path)) : "";
  }
  return found;
}
