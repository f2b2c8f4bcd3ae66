import type { BodyOf, LedgerEntry } from "#shared/domain/ledger-entry.ts";
import type { IndexedEntry, Ledger } from "../ledger/ledger.ts";
import { indexRange, type Period } from "./period.ts";

/** What auditors ask, answered from the ledger as it is read; see ANSWERS.md for what each answer means. */

/** One machine file, and what became of it. */
export interface IssuedFile {
  readonly index: number;
  readonly at: string;
  readonly batch: string;
  readonly fingerprintSha256: string;
  readonly deviceName: string | null;
  readonly serial: string | null;
  readonly fileSha256: string;
  readonly expiresAt: string;
  /** Whether the ledger holds the commit of its delivery. */
  readonly delivered: boolean;
}

/** Files issued in the period, oldest first. Devices that got files are those with `delivered`. */
export function* filesIssued(ledger: Ledger, period: Period): IterableIterator<IssuedFile> {
  const delivered = deliveredBatches(ledger);
  for (const { index, entry } of ledger.entries(indexRange(ledger, period))) {
    if (entry.type === "machine-file.issued") yield issuedFile(index, entry, delivered);
  }
}

/**
 * Each device's newest file, where it expires in `withinDays` days from `now`; those that have expired are left out.
 * Reads the ledger from the oldest batch of which a file may still be good.
 */
export function* filesExpiring(ledger: Ledger, now: Date, withinDays: number): IterableIterator<IssuedFile> {
  const delivered = deliveredBatches(ledger);
  const lastMs = now.getTime() + withinDays * dayMs;
  for (const { index, entry } of ledger.entries({ from: firstStillGood(ledger, now) })) {
    if (entry.type !== "machine-file.issued") continue;
    const expiresMs = Date.parse(entry.expires_at);
    if (expiresMs < now.getTime() || expiresMs > lastMs) continue;
    if (ledger.latestIssued(entry.fingerprint_sha256)?.index === index) yield issuedFile(index, entry, delivered);
  }
}

/** A file lives at most its batch's TTL, counted from when the batch ended at the latest. */
function firstStillGood(ledger: Ledger, now: Date): number {
  const ends = new Map(ledger.entriesOfType("batch.finished").map(({ entry }) => [entry.batch, Date.parse(entry.at)]));
  const oldest = ledger.entriesOfType("batch.started").find(({ entry }) => {
    const endMs = ends.get(entry.batch) ?? now.getTime();
    return endMs + entry.policy.ttl_days * dayMs >= now.getTime();
  });
  return oldest?.index ?? ledger.size;
}

/** Everything about one device, and what the ledger says of the batches that it was in. */
export function* deviceStory(
  ledger: Ledger,
  fingerprintSha256: string,
): IterableIterator<{ readonly index: number; readonly entry: LedgerEntry }> {
  const own = [...ledger.deviceHistory(fingerprintSha256)];
  const batches = new Set(own.flatMap(({ entry }) => ("batch" in entry ? [entry.batch] : [])));
  const frame = batchFrames.flatMap((type) =>
    ledger.entriesOfType(type).filter(({ entry }) => batches.has(entry.batch)),
  );
  const all: readonly { readonly index: number; readonly entry: LedgerEntry }[] = [...own, ...frame];
  yield* all.toSorted((a, b) => a.index - b.index);
}

/** A decision by a person that set aside what the station would have done. */
export interface Override {
  readonly index: number;
  readonly at: string;
  readonly kind: "signing-key-accepted" | "signing-key-pinned" | "batch-abandoned" | "device-given-up" | "key-rotated";
  /** Who was named as operator; null where nobody was, or the entry does not say. */
  readonly operator: string | null;
  readonly batch: string | null;
  /** What it was about: a key id, a fingerprint's SHA-256, a reason. */
  readonly subject: string;
}

/** In the ledger's order. */
export function overrides(ledger: Ledger, period: Period): readonly Override[] {
  const { from, to } = indexRange(ledger, period);
  const operators = new Map(ledger.entriesOfType("batch.started").map(({ entry }) => [entry.batch, entry.operator]));
  const found: Override[] = [];
  for (const { index, entry } of ledger.entriesOfType("signing-key.trusted")) {
    if (entry.how === "first-use") continue;
    const kind = entry.how === "accepted" ? "signing-key-accepted" : "signing-key-pinned";
    found.push({ index, at: entry.at, kind, operator: entry.operator, batch: null, subject: entry.kid });
  }
  for (const { index, entry } of ledger.entriesOfType("key.rotated")) {
    found.push({ index, at: entry.at, kind: "key-rotated", operator: null, batch: null, subject: entry.use });
  }
  for (const { index, entry } of ledger.entriesOfType("batch.abandoned")) {
    const operator = operators.get(entry.batch) ?? null;
    found.push({ index, at: entry.at, kind: "batch-abandoned", operator, batch: entry.batch, subject: entry.reason });
  }
  // Devices are given up inside a batch, which then ends with failures: the others need not be read.
  for (const { entry: ended } of ledger.entriesOfType("batch.finished")) {
    if (ended.failed === 0) continue;
    for (const { index, entry } of ledger.batchEntries(ended.batch)) {
      if (entry.type !== "device.failed" || entry.code !== givenUp) continue;
      const operator = operators.get(entry.batch) ?? null;
      const { at, batch, fingerprint_sha256: subject } = entry;
      found.push({ index, at, kind: "device-given-up", operator, batch, subject });
    }
  }
  return found.filter(({ index }) => index >= from && index < to).sort((a, b) => a.index - b.index);
}

/** Batches of one operator or one work order, added up from how each ended. */
interface Count {
  /** Null: none was named. */
  readonly name: string | null;
  readonly batches: number;
  readonly delivered: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Counts {
  readonly byOperator: readonly Count[];
  readonly byWorkOrder: readonly Count[];
}

/** Of batches that ended in the period, by name. */
export function counts(ledger: Ledger, period: Period): Counts {
  const { from, to } = indexRange(ledger, period);
  const started = new Map(ledger.entriesOfType("batch.started").map(({ entry }) => [entry.batch, entry]));
  const ended = ledger.entriesOfType("batch.finished").filter(({ index }) => index >= from && index < to);
  const by = (nameOf: (batch: BodyOf<"batch.started">) => string | null): readonly Count[] => {
    const sums = new Map<string | null, Count>();
    for (const { entry } of ended) {
      const batch = started.get(entry.batch);
      const name = batch === undefined ? null : nameOf(batch);
      const sum = sums.get(name) ?? { name, batches: 0, delivered: 0, failed: 0, skipped: 0 };
      sums.set(name, {
        name,
        batches: sum.batches + 1,
        delivered: sum.delivered + entry.delivered,
        failed: sum.failed + entry.failed,
        skipped: sum.skipped + entry.skipped,
      });
    }
    return [...sums.values()].sort((a, b) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1));
  };
  return { byOperator: by((batch) => batch.operator), byWorkOrder: by((batch) => batch.work_order) };
}

/** What is said of a batch as a whole, and of no device in it. */
export const batchFrames = [
  "batch.started",
  "delivery.intended",
  "delivery.committed",
  "batch.finished",
  "batch.abandoned",
] as const;

const dayMs = 86_400_000;
/** What the station writes as the code of a device that the operator gave up on. */
const givenUp = "CANCELLED";

function deliveredBatches(ledger: Ledger): ReadonlySet<string> {
  return new Set(ledger.entriesOfType("delivery.committed").map(({ entry }) => entry.batch));
}

function issuedFile(
  index: number,
  entry: IndexedEntry<"machine-file.issued">["entry"],
  delivered: ReadonlySet<string>,
): IssuedFile {
  return {
    index,
    at: entry.at,
    batch: entry.batch,
    fingerprintSha256: entry.fingerprint_sha256,
    deviceName: entry.device_name,
    serial: entry.serial,
    fileSha256: entry.file_sha256,
    expiresAt: entry.expires_at,
    delivered: delivered.has(entry.batch),
  };
}
