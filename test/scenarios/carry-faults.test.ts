import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { noteKey } from "#shared/formats/signed-note.ts";
import { readCarried } from "../../electron/engine/authority/carry.ts";
import type { CarryJob } from "../../electron/engine/batch/carry-batch.ts";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import type { Station } from "../../electron/engine/station.ts";
import { type FaultKind, faultyFiles, Killed } from "../fakes/faulty-files.ts";
import { licenceClaims, makeVendor } from "../fixtures/licence-vendor.ts";
import { quietHooks, type Workbench, workbench } from "./workbench.ts";

const vendor = makeVendor();
const token = Buffer.from(`${vendor.token(licenceClaims)}\n`);
// More than a run has; past the end nothing fails, which is a clean run.
const fileOperations = 82;

async function job(): Promise<CarryJob> {
  const carried = await readCarried(token, vendor.keys, null, null);
  const fileName = "sentari-license.key";
  return { carried, vendorKey: vendor.ed25519, fileName, target: "plant 4", operator: "Ada", workOrder: null };
}

/** A killed process leaves no word; anything else is a station error or the outcome's problem. */
async function runFaulty(bench: Workbench, station: Station): Promise<boolean> {
  try {
    return (await station.carry(bench.stick, await job(), quietHooks())).problem === null;
  } catch (error) {
    if (!(error instanceof Killed)) expect(error).toBeInstanceOf(StationError);
    return false;
  } finally {
    await station.close();
  }
}

/** What an operator does after a fault: resume what is owed, carry again what never began. */
async function goOn(bench: Workbench, wasWhole: boolean): Promise<void> {
  const station = await bench.open();
  try {
    const open = station.ledger.openBatches().length;
    expect(open).toBeLessThanOrEqual(wasWhole ? 0 : 1);
    const options = { apiKey: null, concurrency: 4, acceptSigningKey: null, ending: "finish" } as const;
    if (open === 1) {
      const outcomes = await station.resume(bench.stick, options, quietHooks());
      expect(outcomes.map(({ problem }) => problem)).toEqual([null]);
    } else if (station.ledger.entriesOfType("batch.finished").length === 0) {
      expect((await station.carry(bench.stick, await job(), quietHooks())).problem).toBeNull();
    }
  } finally {
    await station.close();
  }
}

/** One committed delivery with the licence's very bytes, once in the ledger, nothing owed, nothing kept. */
async function expectSound(bench: Workbench): Promise<void> {
  const station = await bench.open();
  try {
    const { ledger, keys } = station;
    const entries = (["licence-token.carried", "delivery.committed", "batch.finished"] as const).map(
      (type) => ledger.entriesOfType(type).length,
    );
    expect([entries, ledger.openBatches(), keys.secrets.names().filter((name) => name.startsWith("carry/"))]).toEqual([
      [1, 1, 1],
      [],
      [],
    ]);
    const top = join(bench.stick, "PROVISIONING");
    const files = readdirSync(top, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith("license.key"),
    );
    expect(files.map((name) => readFileSync(join(top, name)))).toEqual([token]);
    const { ok, batches } = await verifyStick({
      files: nodeFiles,
      root: bench.stick,
      keys: {
        manifest: keys.publicKey("manifest"),
        minisign: { keyId: keys.minisignKeyId, publicKey: keys.publicKey("minisign") },
        ledger: noteKey(station.name, keys.publicKey("ledger")),
        licensing: new Map(),
      },
    });
    expect([ok, batches.flatMap(({ problems }) => problems)]).toEqual([true, []]);
    expect(existsSync(join(top, "index.json"))).toBe(true);
  } finally {
    await station.close();
  }
}

async function oneFault(fault: Parameters<typeof faultyFiles>[1]): Promise<void> {
  const bench = await workbench();
  try {
    bench.ask("holiday.jpg", "not ours");
    const foreign = bench.foreign();
    await goOn(bench, await runFaulty(bench, await bench.open({ files: faultyFiles(nodeFiles, fault) })));
    await expectSound(bench);
    expect(bench.foreign()).toEqual(foreign);
  } finally {
    await bench.close();
  }
}

const numbers = Array.from({ length: fileOperations }, (_, i) => i + 1);

test("a clean run is sound, and tells how many operations there are to break", async () => {
  const bench = await workbench();
  try {
    const files = faultyFiles(nodeFiles);
    expect(await runFaulty(bench, await bench.open({ files }))).toBe(true);
    await expectSound(bench);
    expect(files.operations.length).toBeGreaterThan(45);
    expect(files.operations.length).toBeLessThan(fileOperations);
  } finally {
    await bench.close();
  }
});

test.each<FaultKind>(["lost", "kept", "killed"])(
  "the n-th file operation %s, for every n: one delivery in the end, or none until it is carried again",
  { timeout: 300_000 },
  async (kind) => {
    await inParallel(numbers, (at) => oneFault({ at, kind }));
  },
);

test("from the n-th file operation on everything fails, for every n: a pulled stick", {
  timeout: 300_000,
}, async () => {
  const error = new StationError("STICK_GONE", "The stick was pulled.");
  await inParallel(numbers, (at) => oneFault({ at, kind: "lost", error, andAllAfter: true }));
});

test("without its licence in the key store an unfinished delivery says what to do, and can be abandoned", async () => {
  const bench = await workbench();
  try {
    const error = new StationError("STICK_GONE", "The stick was pulled.");
    const files = faultyFiles(nodeFiles, { at: 30, kind: "lost", error, andAllAfter: true });
    expect(await runFaulty(bench, await bench.open({ files }))).toBe(false);
    const station = await bench.open();
    try {
      for (const name of station.keys.secrets.names()) station.keys.secrets.delete(name);
      const options = { apiKey: null, concurrency: 4, acceptSigningKey: null } as const;
      const [stuck] = await station.resume(bench.stick, { ...options, ending: "finish" }, quietHooks());
      expect(stuck?.problem?.code).toBe("SECRET_MISSING");
      const [left] = await station.resume(bench.stick, { ...options, ending: "abandon" }, quietHooks());
      expect([left?.problem, station.ledger.openBatches()]).toEqual([null, []]);
      expect((await station.carry(bench.stick, await job(), quietHooks())).problem).toBeNull();
    } finally {
      await station.close();
    }
  } finally {
    await bench.close();
  }
});

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
