import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import { type Ledger, openLedger } from "../../electron/engine/ledger/ledger.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";
import { created, issued, ledgerKey, origin, vkey } from "../fixtures/ledger-world.ts";

/** One line of the table: what was measured, what it was measured against, and the ratio that the aim is about. */
export interface Row {
  readonly name: string;
  readonly measured: string;
  readonly against: string;
  readonly ratio: number | null;
  readonly aim: string;
}

/** Ledger appends, verification and receipts, each side by side with the plain way of doing as much. */
export async function ledgerBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "ledger-bench-"));
  try {
    const single = await appends(folder, 1, 4000);
    const batches = await appends(folder, 100, 400);
    const small = join(folder, "small.db");
    const large = join(folder, "large.db");
    await grow(small, 10_000);
    await grow(large, 1_000_000);
    return [single, batches, ...(await verification(small, large)), await receipts(small, large)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Both sides by turns, so that a busy machine slows them alike. */
async function appends(folder: string, batch: number, rounds: number): Promise<Row> {
  const ledger = await open(join(folder, `ledger-${batch}.db`));
  const bare = new DatabaseSync(join(folder, `bare-${batch}.db`));
  bare.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entries (idx INTEGER PRIMARY KEY, bytes BLOB)",
  );
  const [begin, commit] = [bare.prepare("BEGIN IMMEDIATE"), bare.prepare("COMMIT")];
  const insert = bare.prepare("INSERT INTO entries VALUES (?, ?)");
  const times = { ours: 0, bare: 0 };
  for (let round = -rounds / 10; round < rounds; round++) {
    const bodies = Array.from({ length: batch }, (_, i) => body((round + rounds) * batch + i));
    const ours = timed(() => ledger.append(bodies));
    const first = ledger.size - batch;
    const bytes = bodies.map((_, i) => ledger.entryBytes(first + i));
    const plain = timed(() => {
      begin.run();
      for (const [i, one] of bytes.entries()) insert.run(first + i, one);
      commit.run();
    });
    // The first tenth warms both up.
    if (round < 0) continue;
    times.ours += ours;
    times.bare += plain;
  }
  // Closing moves the write-ahead log into the file: part of appending, on both sides.
  times.ours += timed(() => ledger.close());
  times.bare += timed(() => bare.close());
  const perSecond = (ms: number) => `${Math.round((rounds * batch) / (ms / 1000)).toLocaleString("en")}/s`;
  return {
    name: `d  ledger appends, full sync, ${batch === 1 ? "one a transaction" : `${batch} a transaction`}`,
    measured: perSecond(times.ours),
    against: `${perSecond(times.bare)} bare SQLite inserts of the same bytes`,
    ratio: times.bare / times.ours,
    aim: ">= 0.5",
  };
}

async function verification(small: string, large: string): Promise<Row[]> {
  const memory = { small: await peakMemory(small), large: 0 };
  let ours = Number.POSITIVE_INFINITY;
  let plain = Number.POSITIVE_INFINITY;
  let joined = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 2; i++) {
    plain = Math.min(
      plain,
      timed(() => bareHashes(large)),
    );
    joined = Math.min(
      joined,
      timed(() => memoryHashes(large)),
    );
    const start = performance.now();
    memory.large = await peakMemory(large);
    ours = Math.min(ours, performance.now() - start);
  }
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    {
      name: "e  verify 1 M entries",
      measured: seconds(ours),
      against: `${seconds(plain)} bare SHA-256, one call an entry, read from the same table`,
      ratio: ours / plain,
      aim: "<= 2",
    },
    {
      name: "e  the same, reading not counted",
      measured: seconds(ours),
      against: `${seconds(joined)} bare SHA-256 of the same bytes already in memory`,
      ratio: ours / joined,
      aim: "none",
    },
    {
      name: "e  memory of verifying 1 M entries",
      measured: megabytes(memory.large),
      against: `${megabytes(memory.small)} for 10 k (growth of the process meanwhile)`,
      ratio: null,
      aim: "does not grow with entries",
    },
  ];
}

async function receipts(small: string, large: string): Promise<Row> {
  const times = { small: Number.POSITIVE_INFINITY, large: Number.POSITIVE_INFINITY };
  const count = 2000;
  for (let i = 0; i < 3; i++) {
    for (const [name, path] of [
      ["small", small],
      ["large", large],
    ] as const) {
      // Opened anew each time: no tile is in memory yet. Entries from everywhere.
      const ledger = await open(path, true);
      const receipt = ledger.receipts([]);
      const step = Math.floor(ledger.size / count);
      times[name] = Math.min(
        times[name],
        timed(() => everyNth(step, count, receipt)),
      );
      ledger.close();
    }
  }
  const each = (ms: number) => `${((ms / count) * 1000).toFixed(0)} us each`;
  return {
    name: "f  2,000 receipts across 1 M entries",
    measured: each(times.large),
    against: `${each(times.small)} across 10 k entries`,
    ratio: times.large / times.small,
    aim: "<= 2",
  };
}

function everyNth(step: number, count: number, receipt: (index: number) => Uint8Array): void {
  for (let i = 0; i < count; i++) receipt(i * step);
}

/** How far the process grew beyond its size at the start. */
async function peakMemory(path: string): Promise<number> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const onProgress = () => {
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  const { ok } = await verifyLedger({ path, vkey, onProgress });
  if (!ok) throw new Error("the bench's ledger does not verify");
  return peak - before;
}

function bareHashes(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  for (const { bytes } of database.prepare("SELECT bytes FROM entries ORDER BY idx").iterate()) {
    hash("sha256", bytes as Uint8Array, "hex");
  }
  database.close();
}

/** The same sizes, one entry's bytes over and over. */
function memoryHashes(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  const { bytes } = database.prepare("SELECT bytes FROM entries WHERE idx = 500").get() ?? {};
  database.close();
  for (let i = 0; i < 1_000_000; i++) hash("sha256", bytes as Uint8Array, "hex");
}

async function grow(path: string, size: number): Promise<void> {
  const ledger = await open(path);
  while (ledger.size < size) {
    const count = Math.min(2000, size - ledger.size);
    ledger.append(Array.from({ length: count }, (_, i) => body(ledger.size + i)));
  }
  ledger.close();
}

function open(path: string, readOnly = false): Promise<Ledger> {
  const signer = { key: ledgerKey, sign: exampleSigner.sign };
  return openLedger({ path, origin, signer, clock: systemClock, create: created, readOnly });
}

function body(i: number): BodyOf<"machine-file.issued"> {
  const sha = hash("sha256", `device ${i}`);
  return Object.assign({}, template, { fingerprint_sha256: sha, file_sha256: sha, device_name: `Press ${i}` });
}

const template = issued("batch-0001", "device");

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const { name, measured, against, ratio, aim } of await ledgerBench()) {
    process.stdout.write(`${name}: ${measured}; against ${against}; ratio ${ratio?.toFixed(2) ?? "-"}, aim ${aim}\n`);
  }
}
