import type { DatabaseSync } from "node:sqlite";
import type { LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import { dayMs } from "./day-window.ts";
import { decodeEntry } from "./entry-codec.ts";
import { EntryReader } from "./entry-reader.ts";
import type { LedgerState } from "./ledger-state.ts";
import { Tally } from "./tally.ts";

/**
 * The tally of an open ledger. The caller holds the transaction.
 * @param isFilled false: the table was made just now, and is filled from all entries
 */
export function openTally(database: DatabaseSync, { lookups, lastAt }: LedgerState, isFilled: boolean): Tally {
  const tally = new Tally(database);
  const entries = new EntryReader(database);
  if (!isFilled) {
    for (const { index, bytes } of entries.range(0, lookups.size)) {
      const entry = decodeEntry(bytes, index);
      tally.note(index, Date.parse(entry.at), entry);
    }
    return tally;
  }
  const newestMs = Date.parse(lastAt);
  const remember = (index: number): number => {
    const entry = decodeEntry(entries.bytes(index), index);
    const atMs = Date.parse(entry.at);
    tally.remember(index, atMs, entry);
    return atMs;
  };
  const indicesOf = (type: LedgerEntryType) => lookups.ofType(type).map(({ index }) => index);
  const licences = [...indicesOf("licence.activated"), ...indicesOf("licence.removed")].sort((a, b) => a - b);
  for (const index of licences) remember(index);
  const starts = indicesOf("batch.started");
  let from = starts.length;
  while (from > 0 && atOf(entries, starts[from - 1] ?? 0) > newestMs - dayMs) from -= 1;
  for (const index of starts.slice(from)) remember(index);
  tally.recall(database, newestMs);
  return tally;
}

function atOf(entries: EntryReader, index: number): number {
  return Date.parse(decodeEntry(entries.bytes(index), index).at);
}
