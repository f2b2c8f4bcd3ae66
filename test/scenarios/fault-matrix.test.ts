import { Agent } from "undici";
import { expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { type Clock, systemClock } from "../../electron/engine/platform/clock.ts";
import type { Station } from "../../electron/engine/station.ts";
import { FaultyDispatcher } from "../fakes/faulty-dispatcher.ts";
import { type FaultKind, faultyFiles, Killed } from "../fakes/faulty-files.ts";
import { quietHooks, type Workbench, workbench } from "./workbench.ts";

const fingerprints = ["fp-matrix-0001", "fp-matrix-0002"];
const kinds: readonly FaultKind[] = ["lost", "kept", "killed"];
// The client's pauses between tries are real time, which the matrix cannot spend; its timeouts stay what they are.
const requestTimeoutMs = 30_000;
const hasty: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === requestTimeoutMs ? ms : ms / 1000, signal),
};

// More than a run has; past the end nothing fails, which is a clean run.
const fileOperations = 90;

async function prepared(): Promise<Workbench> {
  const bench = await workbench();
  fingerprints.forEach((fingerprint, i) => bench.ask(`device-${i}.fingerprint.txt`, `${fingerprint}\ndevice ${i}\n`));
  bench.ask("holiday.jpg", "not ours");
  return bench;
}

/** One run with a fault in it; a killed process leaves no word, anything else must be a station error. */
async function runFaulty(bench: Workbench, station: Station): Promise<"whole" | "short" | "faulted"> {
  try {
    const { outcome, intake } = await station.provision(bench.stick, bench.job(), bench.api(), quietHooks());
    if (outcome.problem !== null) return "faulted";
    // A request file that could not be read just then is refused by name and stops nobody else.
    return intake.rejected.length > 0 ? "short" : "whole";
  } catch (error) {
    if (!(error instanceof Killed)) expect(error).toBeInstanceOf(StationError);
    return "faulted";
  } finally {
    await station.close();
  }
}

/** What an operator does after a fault: resume if anything is owed, provision again if anything is missing. */
async function goOn(bench: Workbench, first: "whole" | "short" | "faulted"): Promise<void> {
  const station = await bench.open({ clock: hasty });
  try {
    const open = station.ledger.openBatches().length;
    expect(open).toBeLessThanOrEqual(1);
    if (first === "whole") expect(open).toBe(0);
    else if (open === 1) {
      const options = { apiKey: null, concurrency: 4, acceptSigningKey: null, ending: "finish" } as const;
      const outcomes = await station.resume(bench.stick, options, quietHooks());
      expect(outcomes.map(({ problem }) => problem)).toEqual([null]);
    } else if (first === "short" || station.ledger.entriesOfType("batch.finished").length === 0) {
      const { outcome } = await station.provision(bench.stick, bench.job(), bench.api(), quietHooks());
      expect(outcome.problem).toBeNull();
    }
  } finally {
    await station.close();
  }
}

async function oneFault(open: (bench: Workbench) => Promise<Station>): Promise<void> {
  const bench = await prepared();
  try {
    const foreign = bench.foreign();
    await goOn(bench, await runFaulty(bench, await open(bench)));
    expect(await bench.expectSound(fingerprints)).toEqual([]);
    expect(bench.foreign()).toEqual(foreign);
  } finally {
    await bench.close();
  }
}

test("a clean run is sound, and tells how many operations there are to break", async () => {
  const bench = await prepared();
  try {
    const files = faultyFiles(nodeFiles);
    const network = new FaultyDispatcher(new Agent());
    expect(await runFaulty(bench, await bench.open({ files, connect: () => network }))).toBe("whole");
    expect(await bench.expectSound(fingerprints)).toEqual([]);
    expect(files.operations.length).toBeGreaterThan(60);
    expect(files.operations.length).toBeLessThan(fileOperations);
    // Two calls a device, and one for the signing key.
    expect(network.count).toBe(5);
  } finally {
    await bench.close();
  }
});

test.each(kinds)(
  "the n-th file operation %s, for every n: nothing is lost and nothing doubled",
  { timeout: 300_000 },
  async (kind) => {
    const numbers = Array.from({ length: fileOperations }, (_, i) => i + 1);
    await inParallel(numbers, (at) =>
      oneFault((bench) => bench.open({ files: faultyFiles(nodeFiles, { at, kind }), clock: hasty })),
    );
  },
);

test("from the n-th file operation on everything fails, for every n: a pulled stick", {
  timeout: 300_000,
}, async () => {
  const numbers = Array.from({ length: fileOperations }, (_, i) => i + 1);
  const error = new StationError("STICK_GONE", "The stick was pulled.");
  await inParallel(numbers, (at) =>
    oneFault((bench) =>
      bench.open({ files: faultyFiles(nodeFiles, { at, kind: "lost", error, andAllAfter: true }), clock: hasty }),
    ),
  );
});

test.each(kinds)(
  "the n-th network reply %s, for every n: every seat is known, none doubled",
  { timeout: 120_000 },
  async (kind) => {
    for (let at = 1; at <= 6; at++) {
      for (const andAllAfter of kind === "lost" ? [false, true] : [false]) {
        await oneFault((bench) =>
          bench.open({ connect: () => new FaultyDispatcher(new Agent(), { at, kind, andAllAfter }), clock: hasty }),
        );
      }
    }
  },
);

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
