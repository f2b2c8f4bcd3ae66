import type { Ledger } from "../ledger/ledger.ts";
import { batchFrames } from "./answers.ts";
import { indexRange, type Period } from "./period.ts";

/** What a slice is to show. Everything that is asked for must hold of an entry; null asks for nothing. */
export interface SliceQuery {
  readonly period: Period;
  readonly workOrder: string | null;
  /** Lower-case hex SHA-256 of a fingerprint. */
  readonly device: string | null;
}

/**
 * Indices of the entries to show, rising. With them always go the ledger's first entry and every change of a key, so
 * that the keys can be followed, and for a device what is said of its batches as a whole.
 */
export function chooseEntries(ledger: Ledger, { period, workOrder, device }: SliceQuery): readonly number[] {
  const { from, to } = indexRange(ledger, period);
  const isInside = (index: number): boolean => index >= from && index < to;
  const batches = workOrder === null ? null : batchesOf(ledger, workOrder);
  const chosen = new Set<number>();
  if (device !== null) {
    const own = [...ledger.deviceHistory(device)].filter(
      ({ index, entry }) => isInside(index) && (batches === null || ("batch" in entry && batches.has(entry.batch))),
    );
    for (const { index } of own) chosen.add(index);
    const framed = new Set(own.flatMap(({ entry }) => ("batch" in entry ? [entry.batch] : [])));
    for (const type of batchFrames) {
      for (const { index, entry } of ledger.entriesOfType(type)) if (framed.has(entry.batch)) chosen.add(index);
    }
  } else if (batches !== null) {
    for (const batch of batches)
      for (const { index } of ledger.batchEntries(batch)) if (isInside(index)) chosen.add(index);
  } else {
    for (let index = from; index < to; index++) chosen.add(index);
  }
  if (ledger.size > 0) chosen.add(0);
  for (const { index } of ledger.entriesOfType("key.rotated")) chosen.add(index);
  return [...chosen].sort((a, b) => a - b);
}

function batchesOf(ledger: Ledger, workOrder: string): ReadonlySet<string> {
  const started = ledger.entriesOfType("batch.started").filter(({ entry }) => entry.work_order === workOrder);
  return new Set(started.map(({ entry }) => entry.batch));
}
