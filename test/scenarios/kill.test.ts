import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

const main = join(import.meta.dirname, "..", "..", "electron", "cli", "main.ts");
const fingerprints = Array.from({ length: 6 }, (_, i) => `fp-killed-${1000 + i}`);
/** Moments at which the process is killed; STATION_KILLS asks for more than the usual run takes. */
const kills = Number(process.env["STATION_KILLS"] ?? 200);

interface Run {
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
}

function station(bench: Workbench, args: readonly string[]): Run {
  const child = spawn(process.execPath, [main, ...args, "--json"], {
    env: { ...process.env, ...bench.env },
    stdio: "ignore",
  });
  return { child, code: new Promise((done) => child.on("close", done)) };
}

function provision(bench: Workbench): Run {
  const { url, product, licenseKey } = bench.sandbox;
  return station(bench, [
    "provision",
    "--stick",
    bench.stick,
    "--api",
    url,
    "--product",
    product,
    "--license",
    licenseKey,
    "--concurrency",
    "2",
  ]);
}

async function prepared(): Promise<Workbench> {
  // Latency spreads the calls out, so that many moments fall between a seat taken and its reply.
  const bench = await workbench({ latencyMs: 15 });
  fingerprints.forEach((fingerprint, i) => bench.ask(`d${i}.fingerprint.txt`, `${fingerprint}\n`));
  return bench;
}

test(`a real process killed at ${kills} moments: resume or a new run completes, no seat unlogged, none doubled`, {
  timeout: 900_000,
}, async () => {
  const whole = await lengthOfRun();
  // The first moments fall before the engine is up; they are kept few.
  const moments = Array.from({ length: kills }, (_, i) => whole * (0.25 + (0.85 * i) / kills));
  const ends = { interrupted: 0, resumed: 0 };
  const left = moments.values();
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (const moment of left) await killAndGoOn(moment, ends);
    }),
  );
  // A test in which hardly anything was cut off would prove nothing.
  expect(ends.interrupted).toBeGreaterThan(kills / 4);
  expect(ends.resumed).toBeGreaterThan(kills / 10);
});

async function lengthOfRun(): Promise<number> {
  const bench = await prepared();
  try {
    const started = performance.now();
    expect(await provision(bench).code).toBe(0);
    return performance.now() - started;
  } finally {
    await bench.close();
  }
}

async function killAndGoOn(moment: number, ends: { interrupted: number; resumed: number }): Promise<void> {
  const bench = await prepared();
  try {
    const { child, code } = provision(bench);
    const timer = setTimeout(() => child.kill("SIGKILL"), moment);
    const first = await code;
    clearTimeout(timer);
    if (first === null) ends.interrupted += 1;
    const started = await hasStarted(bench);
    const resumed = await station(bench, ["resume", "--stick", bench.stick]).code;
    expect(resumed).toBe(0);
    if (started === "open") ends.resumed += 1;
    // Killed before the batch was in the ledger: nothing is owed, and the job is given again.
    if (started === "none") expect(await provision(bench).code).toBe(0);
    expect(await bench.expectSound(fingerprints)).toEqual([]);
  } finally {
    await bench.close();
  }
}

async function hasStarted(bench: Workbench): Promise<"none" | "open" | "finished"> {
  const station = await bench.open();
  try {
    if (station.ledger.openBatches().length > 0) return "open";
    return station.ledger.entriesOfType("batch.finished").length > 0 ? "finished" : "none";
  } finally {
    await station.close();
  }
}
