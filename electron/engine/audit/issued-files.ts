import { setImmediate as turn } from "node:timers/promises";
import type { IndexedEntry, Ledger } from "../ledger/ledger.ts";
import type { IndexRange } from "./period.ts";
import { entriesAPortion, portionsOf } from "./portions.ts";

/** One machine file, and what became of it. */
export interface IssuedFile {
  readonly index: number;
  readonly at: string;
  readonly batch: string;
  /** As the device asked under it; null where only its hash is known. */
  readonly fingerprint: string | null;
  readonly fingerprintSha256: string;
  readonly deviceName: string | null;
  readonly serial: string | null;
  readonly fileSha256: string;
  readonly expiresAt: string;
  readonly operator: string | null;
  readonly workOrder: string | null;
  /** Whether the ledger holds the commit of its delivery. */
  readonly delivered: boolean;
}

/**
 * Files issued in the range, oldest first. Devices that got files are those with `delivered`.
 * @param workOrder only of batches with exactly this one; null: of all
 */
export async function* filesIssued(
  ledger: Ledger,
  range: IndexRange,
  workOrder: string | null = null,
): AsyncIterableIterator<IssuedFile> {
  const read = fileReader(ledger);
  for await (const portion of portionsOf(range)) {
    for (const file of read(portion)) if (workOrder === null || file.workOrder === workOrder) yield file;
  }
}

/**
 * Each device's newest file, where it expires in `withinDays` days from `now`, oldest first; those that have expired are
 * left out. Read are those files; memory holds 16 bytes for each device that got a file since the oldest of them.
 */
export async function* filesExpiring(ledger: Ledger, now: Date, withinDays: number): AsyncIterableIterator<IssuedFile> {
  const expiring = await ledger.expiring(now.getTime(), now.getTime() + withinDays * dayMs);
  const batches = batchesOf(ledger);
  const read = fileReader(ledger);
  for (const indices of byPortion(expiring)) {
    if (indices.length < manyInAPortion) {
      for (const index of indices) {
        const entry = ledger.entry(index);
        if (entry.type !== "machine-file.issued") continue;
        yield issuedFile({ index, entry }, batches.get(entry.batch), fingerprintOf(ledger, entry.fingerprint_sha256));
      }
    } else {
      const wanted = new Set(indices);
      const from = Math.floor((indices[0] ?? 0) / entriesAPortion) * entriesAPortion;
      for (const file of read({ from, to: Math.min(ledger.size, from + entriesAPortion) }))
        if (wanted.has(file.index)) yield file;
    }
    await turn();
  }
}

// From here on reading a portion whole takes less than looking each file's request up.
const manyInAPortion = 32;

/** Indices that rise, those of one portion together. */
function* byPortion(indices: readonly number[]): IterableIterator<readonly number[]> {
  for (let at = 0, next = 0; at < indices.length; at = next) {
    const portion = Math.floor((indices[at] ?? 0) / entriesAPortion);
    while (next < indices.length && Math.floor((indices[next] ?? 0) / entriesAPortion) === portion) next += 1;
    yield indices.slice(at, next);
  }
}

/** Reads the files of portions that rise. */
function fileReader(ledger: Ledger): (portion: IndexRange) => IterableIterator<IssuedFile> {
  const batches = batchesOf(ledger);
  // A file's request stands before it, mostly in the same portion; what is kept is a batch and the devices that failed.
  const asked = new Map<string, string>();
  return function* read(portion) {
    const requests = ledger.membersOf("activation.intended", ["fingerprint_sha256", "fingerprint"], portion);
    for (const { fingerprint_sha256, fingerprint } of requests) asked.set(fingerprint_sha256, fingerprint);
    for (const one of ledger.perDevice("machine-file.issued", portion)) {
      const { batch, fingerprint_sha256 } = one.entry;
      const fingerprint = asked.get(fingerprint_sha256) ?? fingerprintOf(ledger, fingerprint_sha256);
      asked.delete(fingerprint_sha256);
      yield issuedFile(one, batches.get(batch), fingerprint);
    }
  };
}

const dayMs = 86_400_000;

interface BatchFacts {
  readonly operator: string | null;
  readonly workOrder: string | null;
  readonly delivered: boolean;
}

function batchesOf(ledger: Ledger): ReadonlyMap<string, BatchFacts> {
  const delivered = new Set(ledger.entriesOfType("delivery.committed").map(({ entry }) => entry.batch));
  return new Map(
    ledger
      .entriesOfType("batch.started")
      .map(({ entry: { batch, operator, work_order } }) => [
        batch,
        { operator, workOrder: work_order, delivered: delivered.has(batch) },
      ]),
  );
}

function fingerprintOf(ledger: Ledger, fingerprintSha256: string): string | null {
  for (const { entry } of ledger.deviceHistory(fingerprintSha256)) {
    if (entry.type === "activation.intended") return entry.fingerprint;
  }
  return null;
}

function issuedFile(
  { index, entry }: IndexedEntry<"machine-file.issued">,
  batch: BatchFacts | undefined,
  fingerprint: string | null,
): IssuedFile {
  return {
    index,
    at: entry.at,
    batch: entry.batch,
    fingerprint,
    fingerprintSha256: entry.fingerprint_sha256,
    deviceName: entry.device_name,
    serial: entry.serial,
    fileSha256: entry.file_sha256,
    expiresAt: entry.expires_at,
    operator: batch?.operator ?? null,
    workOrder: batch?.workOrder ?? null,
    delivered: batch?.delivered ?? false,
  };
}
