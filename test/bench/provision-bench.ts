import { rmSync } from "node:fs";
import { join } from "node:path";
import { curlLoop } from "./curl-loop.ts";
import { median, type Row, seconds } from "./row.ts";
import {
  type ProvisionRun,
  runProvision,
  type SandboxProcess,
  startSandboxProcess,
  writeRequests,
} from "./run-station.ts";

const latencyMs = 40;
const concurrency = 64;

/** (a) Whole processes, and the documented workflow right after each of them. */
export async function provisionRows(base: string, devices: number, pairs: number): Promise<readonly Row[]> {
  const sample = 25;
  const floorMs = (2 * devices * latencyMs) / concurrency;
  const sandbox = await startSandboxProcess(["--latency", String(latencyMs)]);
  const runs: ProvisionRun[] = [];
  const curlMs: number[] = [];
  try {
    // The first run also fills the compile cache, as a machine in use has it.
    await oneRun(base, sandbox, "warm", 10);
    for (let i = 0; i < pairs; i++) {
      runs.push(await oneRun(base, sandbox, `a${i}`, devices));
      curlMs.push(curlLoop(join(base, "curl"), sandbox, `curl${i}`, sample) * devices);
    }
  } finally {
    await sandbox.stop();
  }
  requireAllDelivered(runs);
  const whole = median(runs.map(({ wholeMs }) => wholeMs));
  const curl = median(curlMs);
  const against = `floor ${seconds(floorMs)}`;
  const overFloor = (name: string, part: (run: ProvisionRun) => number, aim: string): Row => {
    const ms = median(runs.map(part));
    return { name, measured: seconds(ms), against, ratio: ms / floorMs, aim };
  };
  return [
    {
      name: `a  ${devices} devices at ${latencyMs} ms, process, over curl`,
      measured: seconds(whole),
      against: `curl ${seconds(curl)} (${sample} devices, scaled)`,
      ratio: curl / whole,
      aim: "≥ 50",
    },
    overFloor("a  the same process, over 2·N·latency/concurrency", ({ wholeMs }) => wholeMs, "≤ 1.10"),
    overFloor("a  batch start to commit, over the floor", ({ engineMs }) => engineMs, ""),
    overFloor("a  calls alone, over the floor", ({ callsMs }) => callsMs, ""),
  ];
}

/** (b) A server that lets 600 requests a minute pass: as a bucket that fills evenly, and as a window of a minute. */
export async function rateLimitRows(base: string, isQuick: boolean): Promise<readonly Row[]> {
  const rows = await rateLimited(base, "bucket", 250);
  return isQuick ? rows : [...rows, ...(await rateLimited(base, "window", 1000))];
}

const perMinute = 600;

async function rateLimited(base: string, kind: "bucket" | "window", devices: number): Promise<readonly Row[]> {
  const limit = ["--rate-limit", String(perMinute), "--rate-kind", kind];
  const sandbox = await startSandboxProcess(["--latency", String(latencyMs), ...limit]);
  try {
    const run = await oneRun(base, sandbox, `b-${kind}`, devices);
    requireAllDelivered([run]);
    const ideal = idealMs(kind, 2 * devices + 1);
    const row = (name: string, ms: number, aim: string): Row => {
      return { name, measured: seconds(ms), against: `ideal ${seconds(ideal)}`, ratio: ms / ideal, aim };
    };
    return [
      row(`b  ${devices} devices under ${perMinute}/min (${kind}), process`, run.wholeMs, "≤ 1.05"),
      row("b  calls alone", run.callsMs, ""),
    ];
  } finally {
    await sandbox.stop();
  }
}

/**
 * The least time in which the limiter lets `requests` pass (two a device and one for the signing key). A bucket holds
 * one second's worth and fills evenly; a window lets its whole allowance through at once and opens again a minute later.
 */
function idealMs(kind: "bucket" | "window", requests: number): number {
  if (kind === "bucket") return ((requests - perMinute / 60) / perMinute) * 60_000 + latencyMs;
  const waits = Math.floor((requests - 1) / perMinute);
  const inLast = requests - waits * perMinute;
  return waits * 60_000 + Math.ceil(inLast / concurrency) * latencyMs;
}

/** Memory of one large batch; latency 0, so that nothing but work fills the time. */
export async function memoryRow(base: string, devices: number): Promise<Row> {
  const sandbox = await startSandboxProcess([]);
  try {
    const run = await oneRun(base, sandbox, "memory", devices);
    requireAllDelivered([run]);
    const most = 250;
    const megabytes = run.peakBytes / 1e6;
    return {
      name: `memory  ${devices} devices, peak of the process`,
      measured: `${megabytes.toFixed(0)} MB in ${seconds(run.wholeMs)}`,
      against: `${most} MB`,
      ratio: megabytes / most,
      aim: "≤ 1",
    };
  } finally {
    await sandbox.stop();
  }
}

async function oneRun(base: string, sandbox: SandboxProcess, series: string, devices: number): Promise<ProvisionRun> {
  const folder = join(base, series);
  writeRequests(join(folder, "stick"), series, devices);
  try {
    return await runProvision(folder, sandbox, concurrency);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function requireAllDelivered(runs: readonly ProvisionRun[]): void {
  const failed = runs.reduce((sum, run) => sum + run.failed, 0);
  if (failed > 0) throw new Error(`${failed} devices failed; the figures would say nothing.`);
}
