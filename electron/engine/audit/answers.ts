import type { BodyOf, LedgerEntry } from "#shared/domain/ledger-entry.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { IndexRange } from "./period.ts";

/** Two of the questions of ANSWERS.md: one device, and counts. */

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

/** Batches of one operator or one work order, added up from how each ended. */
export interface Count {
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

/** Of batches that ended in the range, by name. */
export function counts(ledger: Ledger, { from, to }: IndexRange): Counts {
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
