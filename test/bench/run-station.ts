import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";

/** Run as a program, as `npx station` does it. */
const station = join(import.meta.dirname, "..", "..", "electron", "cli", "station.mjs");

/** A sandbox in a process of its own, as the real server would be. */
export interface SandboxProcess {
  readonly url: string;
  readonly apiKey: string;
  readonly product: string;
  readonly licenseKey: string;
  stop(): Promise<void>;
}

export async function startSandboxProcess(args: readonly string[]): Promise<SandboxProcess> {
  const child = spawn(station, ["sandbox", ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const first = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once("line", resolve)),
    ended.then(() => ""),
  ]);
  if (first === "") throw new Error("The sandbox did not start.");
  const { url, api_key: apiKey, product, license_key: licenseKey } = JSON.parse(first) as Record<string, string>;
  if (!url || !apiKey || !product || !licenseKey) throw new Error("The sandbox did not say where it is.");
  return {
    url,
    apiKey,
    product,
    licenseKey,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** What one `station provision` took, in milliseconds; the parts are told by the lines it prints for people. */
export interface ProvisionRun {
  readonly wholeMs: number;
  /** From the batch's start in the ledger to its commit. */
  readonly engineMs: number;
  /** The calls to the server alone. */
  readonly callsMs: number;
  readonly peakBytes: number;
  readonly delivered: number;
  readonly failed: number;
}

/** Writes a request file for each of `count` devices; the same `series` names the same devices. */
export function writeRequests(stick: string, series: string, count: number): void {
  mkdirSync(stick, { recursive: true });
  for (let i = 0; i < count; i++) {
    const device = `${series}-${String(i).padStart(6, "0")}`;
    writeFileSync(join(stick, `${device}.fingerprint.txt`), `fp-${device}\nPress ${device}\n`);
  }
}

/** A whole process with a home of its own in `folder`, whose `stick` holds the requests. */
export async function runProvision(
  folder: string,
  sandbox: SandboxProcess,
  concurrency: number,
): Promise<ProvisionRun> {
  const { url, product, licenseKey, apiKey } = sandbox;
  const where = ["--stick", join(folder, "stick"), "--api", url, "--product", product, "--license", licenseKey];
  const env = {
    ...process.env,
    STATION_HOME: join(folder, "home"),
    XDG_STATE_HOME: join(folder, "state"),
    LICENSESEAT_API_KEY: apiKey,
  };
  licenseHome(folder, env);
  const began = performance.now();
  const child = spawn(station, ["provision", ...where, "--concurrency", String(concurrency), "--json"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const marks = new Map<string, number>();
  createInterface(child.stderr).on("line", (line) => {
    const step = steps.find((prefix) => line.startsWith(prefix));
    if (step !== undefined) marks.set(step, performance.now());
  });
  let json = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (json += text));
  let peakBytes = 0;
  const watch = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid))), 20);
  await new Promise<void>((resolve) => child.once("close", () => resolve()));
  clearInterval(watch);
  const wholeMs = performance.now() - began;
  const { devices, error } = JSON.parse(json) as {
    devices: readonly { status: string }[];
    error: { code: string } | null;
  };
  if (error !== null) throw new Error(`The station stopped: ${error.code}`);
  const delivered = devices.filter(({ status }) => status === "delivered").length;
  const at = (step: (typeof steps)[number]): number => marks.get(step) ?? Number.NaN;
  return {
    wholeMs,
    engineMs: at("Done") - at("Batch "),
    callsMs: at("Writing") - at("Activating"),
    peakBytes,
    delivered,
    failed: devices.length - delivered,
  };
}

/** Without a licence a station does 33 devices a day. */
function licenseHome(folder: string, env: NodeJS.ProcessEnv): void {
  const { key, token } = licenceFiles(folder, testVendor.token(unlimited));
  for (const args of [
    ["key", "add", key],
    ["add", "--token-file", token],
  ]) {
    const { status, stderr } = spawnSync(station, ["licence", ...args], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`The station took no licence: ${stderr}`);
  }
}

const steps = ["Batch ", "Activating", "Writing", "Done"] as const;

/** The kernel keeps the highest resident size itself, so asking now and then loses only the last moments. Linux only; else 0. */
function peakOf(pid: number | undefined): number {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(peak ?? 0) * 1024;
  } catch {
    return 0;
  }
}
