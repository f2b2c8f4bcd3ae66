import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { run } from "../../electron/cli/run.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "../../electron/sandbox/sandbox.ts";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import type { GuestProcess } from "./agent-channel.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { deviceOf, inGuest, type Stick } from "./sticks.ts";

/** One guest for every scenario, and the licensing server it talks to, on the host. */
export interface Bench {
  readonly guest: Guest;
  /** A station of its own in the guest, with its own server: seats are counted apart. */
  station(name: string, options?: SandboxOptions): Promise<BenchStation>;
  close(): Promise<void>;
}

export interface BenchStation {
  readonly sandbox: RunningSandbox;
  /** Starts `station …` in the guest. */
  start(args: readonly string[]): GuestProcess;
  /** `--product`, `--license` and `--api` of its server. */
  readonly usual: readonly string[];
  /** The ledger, on a copy: nothing may be at work on it. Judged on the host by the checker that shares no code with it. */
  ledgerProblems(): Promise<readonly string[]>;
  /** Devices whose activation the ledger records. */
  seatsInLedger(): Promise<number>;
  /** `station verify` on the host with keys exported on the host; the stick's content is where `checkImage` put it. */
  verify(content: string): Promise<HostRun>;
  /** Kills what still runs in the guest. */
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const guest = await bootGuest();
  return {
    guest,
    station: (name, options) => benchStation(guest, name, options),
    close: () => guest.stop(),
  };
}

async function benchStation(guest: Guest, name: string, options: SandboxOptions = {}): Promise<BenchStation> {
  const sandbox = await startSandbox({ seed: name, ...options });
  await guest.forward(Number(new URL(sandbox.url).port));
  const home = `/station/${name}`;
  await prepareHome(guest, name, home);
  const env = { STATION_HOME: home, XDG_STATE_HOME: `${home}-state`, LICENSESEAT_API_KEY: sandbox.apiKey };
  const started = new Set<GuestProcess>();
  // As long as nothing has been at work since, one copy of the guest's home is as good as another.
  let copy: Promise<Brought> | null = null;
  const start = (args: readonly string[]): GuestProcess => {
    const process = guest.start(["node", "electron/cli/main.js", ...args], env);
    started.add(process);
    copy = null;
    void process.done.then(() => {
      started.delete(process);
      copy = null;
    });
    return process;
  };
  const bring = async (): Promise<Brought> => {
    const shared = join(guest.exchange, name);
    const kept = mkdtempSync(join(guest.scratch, `${name}-`));
    await inGuest(
      guest,
      `rm -rf /exchange/${name} && mkdir /exchange/${name} && cp -r ${home} ${home}-state /exchange/${name}/`,
    );
    cpSync(shared, kept, { recursive: true });
    const env = { STATION_HOME: join(kept, name), XDG_STATE_HOME: join(kept, `${name}-state`) };
    const keys = join(kept, "keys");
    const { code, stderr } = await commandLine(["keys", "export", "--out", keys], env);
    if (code !== 0) throw new Error(`keys export ended with ${code}: ${stderr}`);
    return { home: join(kept, name), keys, env };
  };
  const brought = (): Promise<Brought> => (copy ??= bring());
  return {
    sandbox,
    start,
    usual: ["--product", sandbox.product, "--license", sandbox.licenseKey, "--api", sandbox.url],
    ledgerProblems: async () => {
      const { home: copied, keys } = await brought();
      const vkey = readFileSync(join(keys, "ledger.vkey"), "utf8").trim();
      const { problems } = await verifyLedger({ path: join(copied, "ledger.db"), vkey });
      return problems.map((problem) => JSON.stringify(problem));
    },
    seatsInLedger: async () => {
      const database = new DatabaseSync(join((await brought()).home, "ledger.db"));
      const rows = database.prepare("SELECT bytes FROM entries ORDER BY idx").all();
      database.close();
      const entries = rows.map((row) => JSON.parse(Buffer.from(row["bytes"] as Uint8Array).toString("utf8")));
      const recorded = entries.filter((entry) => entry.type === "activation.recorded");
      return new Set(recorded.map((entry) => entry.activation_id)).size;
    },
    verify: async (content) => {
      const { keys } = await brought();
      return commandLine(["verify", "--stick", content, "--keys", keys, "--license", sandbox.licenseKey], {});
    },
    close: async () => {
      for (const process of started) process.signal("SIGKILL");
      await Promise.all([...started].map(({ done }) => done));
      await sandbox.close();
    },
  };
}

/**
 * All that a new station needs before its first run: keys, and a licence of its own without limits. Made on the host,
 * where it takes a moment.
 */
async function prepareHome(guest: Guest, name: string, home: string): Promise<void> {
  const base = mkdtempSync(join(guest.exchange, "home-"));
  const env = { STATION_HOME: join(base, name), XDG_STATE_HOME: join(base, `${name}-state`) };
  const { key, token } = licenceFiles(base, testVendor.token(unlimited));
  for (const args of [
    ["key", "add", key],
    ["add", "--token-file", token],
  ]) {
    const { code, stderr } = await commandLine(["licence", ...args], env);
    if (code !== 0) throw new Error(`licence ${args.join(" ")} ended with ${code}: ${stderr}`);
  }
  await inGuest(
    guest,
    `cp -r /exchange/${basename(base)}/${name} ${home} && cp -r /exchange/${basename(base)}/${name}-state ${home}-state`,
  );
}

/** Has the guest mount a stick as its desktop would. @returns where */
export async function mountStick(guest: Guest, stick: Stick): Promise<string> {
  const told = await inGuest(guest, `udisksctl mount --no-user-interaction -b ${await deviceOf(guest, stick)}`);
  const place = / at (\/\S+?)\.?\s*$/.exec(told)?.[1];
  if (place === undefined) throw new Error(`The guest did not say where it mounted the stick: ${told}`);
  return place;
}

interface Brought {
  readonly home: string;
  /** The public keys, exported. */
  readonly keys: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface HostRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function commandLine(args: readonly string[], env: Readonly<Record<string, string>>): Promise<HostRun> {
  let stdout = "";
  let stderr = "";
  const signal = new AbortController().signal;
  const code = await run(args, {
    stdout: (text) => void (stdout += `${text}\n`),
    stderr: (text) => void (stderr += `${text}\n`),
    env,
    signal,
  });
  return { code, stdout, stderr };
}
