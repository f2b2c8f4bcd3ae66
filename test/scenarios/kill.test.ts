import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Workbench, workbench } from "./workbench.ts";

const main = join(import.meta.dirname, "..", "..", "electron", "cli", "main.ts");
const fingerprints = Array.from({ length: 6 }, (_, i) => `fp-killed-${1000 + i}`);
/** How many kills; STATION_KILLS asks for more. */
const kills = Number(process.env["STATION_KILLS"] ?? 200);

/**
 * A kill falls so many milliseconds after the process said that a step begins: bound to its progress, so that the
 * moments stay where they are on a slow machine. Spans are a little longer than the steps are on a fast one.
 */
const steps = [
  { line: "Batch ", spanMs: 10 },
  { line: "Activating", spanMs: 160 },
  { line: "Writing", spanMs: 40 },
  { line: "Reading back", spanMs: 25 },
  { line: "Committing", spanMs: 30 },
  { line: "Done", spanMs: 15 },
] as const;
type Moment = { readonly line: string; readonly afterMs: number };

interface Run {
  readonly code: Promise<number | null>;
}

function station(bench: Workbench, args: readonly string[], kill: Moment | null = null): Run {
  const child = spawn(process.execPath, [main, ...args, "--json"], {
    env: { ...process.env, ...bench.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  let isArmed = kill !== null;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (!isArmed || kill === null || !said.includes(`\n${kill.line}`)) return;
    isArmed = false;
    setTimeout(() => child.kill("SIGKILL"), kill.afterMs);
  });
  return { code: new Promise((done) => child.on("close", done)) };
}

function provision(bench: Workbench, kill: Moment | null = null): Run {
  const { url, product, licenseKey } = bench.sandbox;
  const what = ["--stick", bench.stick, "--api", url, "--product", product, "--license", licenseKey];
  return station(bench, ["provision", ...what, "--concurrency", "2"], kill);
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
  const ends = { interrupted: 0, resumed: 0 };
  const left = moments().values();
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (const moment of left) await killAndGoOn(moment, ends);
    }),
  );
  // A test in which hardly anything was cut off would prove nothing.
  expect(ends.interrupted).toBeGreaterThan(kills / 2);
  expect(ends.resumed).toBeGreaterThan(kills / 2);
});

/** Spread over the steps by their length, but at least a twelfth of them on each. */
function moments(): readonly Moment[] {
  const total = steps.reduce((sum, { spanMs }) => sum + spanMs, 0);
  return steps.flatMap(({ line, spanMs }) => {
    const count = Math.max(Math.ceil(kills / 12), Math.round((kills * spanMs) / total / 2));
    return Array.from({ length: count }, (_, i) => ({ line, afterMs: (spanMs * i) / count }));
  });
}

async function killAndGoOn(moment: Moment, ends: { interrupted: number; resumed: number }): Promise<void> {
  const bench = await prepared();
  try {
    const first = await provision(bench, moment).code;
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
