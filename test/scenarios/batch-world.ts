import { systemClock, type Clock } from "../../electron/engine/platform/clock.ts";
import type { ApiAccess, Job } from "../../electron/engine/batch/job.ts";
import type { BatchOutcome } from "../../electron/engine/batch/run-batch.ts";
import type { BatchHooks } from "../../electron/engine/batch/runtime.ts";
import type { ResumeOptions } from "../../electron/engine/batch/resume.ts";
import type { Station } from "../../electron/engine/station.ts";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { SandboxOptions } from "../../electron/sandbox/sandbox.ts";
import { quietHooks, type Workbench, workbench } from "./workbench.ts";

/** How a batch ended, short enough to compare at once. */
export interface BatchEnd {
  /** Code of what stopped it. */
  readonly problem: string | null;
  /** Status or error code by the letter in the fingerprint. */
  readonly devices: Readonly<Record<string, string>>;
}

function endOf({ state, problem }: BatchOutcome): BatchEnd {
  const devices = [...state.devices.values()].map(
    ({ intent, status, failure }) => [intent.fingerprint.split("-")[1] ?? "", failure?.code ?? status] as const,
  );
  return { problem: problem?.code ?? null, devices: Object.fromEntries(devices) };
}

/** The engine in this process, opened for one call: for faults that need an injected clock, disk or network. */
export interface BatchWorld extends Workbench {
  askFor(...letters: readonly string[]): void;
  provision(run?: RunOptions): Promise<BatchEnd>;
  resume(run?: RunOptions, change?: Partial<ResumeOptions>): Promise<BatchEnd>;
  withStation<T>(work: (station: Station) => Promise<T>, run?: RunOptions): Promise<T>;
  /** Names of the machine files of all committed batches, without the fingerprint's part; sorted. */
  delivered(): readonly string[];
}

export interface RunOptions {
  readonly clock?: Clock;
  readonly hooks?: BatchHooks;
  readonly job?: Partial<Job>;
  readonly api?: Partial<ApiAccess>;
  readonly stick?: string;
}

export async function inBatchWorld(
  work: (world: BatchWorld) => Promise<void>,
  options: SandboxOptions = {},
): Promise<void> {
  const bench = await workbench(options);
  const withStation: BatchWorld["withStation"] = async (use, { clock = fastClock() } = {}) => {
    const station = await bench.open({ clock });
    try {
      return await use(station);
    } finally {
      await station.close();
    }
  };
  const world: BatchWorld = {
    ...bench,
    withStation,
    askFor: (...letters) => {
      for (const letter of letters) bench.ask(`${letter}.fingerprint.txt`, `fp-${letter}-0001\n${letter}-device\n`);
    },
    provision: (run = {}) =>
      withStation(async (station) => {
        const { hooks = quietHooks(), job, api, stick = bench.stick } = run;
        return endOf((await station.provision(stick, bench.job(job), bench.api(api), hooks)).outcome);
      }, run),
    resume: (run = {}, change = {}) =>
      withStation(async (station) => {
        const { hooks = quietHooks(), stick = bench.stick } = run;
        const options = { apiKey: null, concurrency: 4, acceptSigningKey: null, ending: "finish", ...change } as const;
        const outcome = (await station.resume(stick, options, hooks)).at(-1);
        return outcome === undefined ? { problem: null, devices: {} } : endOf(outcome);
      }, run),
    delivered: () =>
      readdirSync(join(bench.stick, "PROVISIONING"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".lic") && !name.startsWith("."))
        .map((name) => (name.split("/").at(-1) ?? "").replace(/-[0-9a-f]{8}\.lic$/, ""))
        .sort(),
  };
  try {
    await work(world);
  } finally {
    await bench.close();
  }
}

/**
 * The real time of day, and durations that pass so many times as fast: a call's 30 s become 0.3 s, which a server on
 * this machine keeps to, and pauses between tries cost next to nothing.
 */
export function fastClock(times = 100, asked: number[] = []): Clock {
  return {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() * times,
    sleep: (ms, signal) => {
      asked.push(ms);
      return systemClock.sleep(ms / times, signal);
    },
  };
}
