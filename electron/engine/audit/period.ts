import { StationError } from "#shared/domain/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** A stretch of time by the ledger's own clock; null: open at that end. */
export interface Period {
  /** The first instant that belongs to it. */
  readonly fromMs: number | null;
  /** The first instant that does not. */
  readonly toMs: number | null;
}

/** Entries `from` to `to` - 1. */
export interface IndexRange {
  readonly from: number;
  readonly to: number;
}

export const allTime: Period = { fromMs: null, toMs: null };

/**
 * @param from a day (its beginning in UTC) or an instant in UTC, or null
 * @param to a day (its end in UTC: `2026-03-31` closes March) or an instant, or null
 * @throws StationError USAGE
 */
export function parsePeriod(from: string | null, to: string | null): Period {
  const [fromMs, toMs] = [from === null ? null : instantMs(from, 0), to === null ? null : instantMs(to, dayMs)];
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw new StationError("USAGE", "The period ends before it begins. Exchange its two dates.");
  }
  return { fromMs, toMs };
}

/** Where the period lies in the ledger. Entries never go back in time, so this takes a few dozen reads at any size. */
export function indexRange(ledger: Pick<Ledger, "size" | "entry">, { fromMs, toMs }: Period): IndexRange {
  const from = fromMs === null ? 0 : firstAtOrAfter(ledger, fromMs);
  const to = toMs === null ? ledger.size : firstAtOrAfter(ledger, toMs);
  return { from, to: Math.max(from, to) };
}

/** Without what came after the ledger had `size` entries. */
export function upTo(size: number, { from, to }: IndexRange): IndexRange {
  return { from: Math.min(from, size), to: Math.min(to, size) };
}

const dayMs = 86_400_000;

function instantMs(text: string, wholeDayMs: number): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?Z$/.test(text);
  const ms = isDay || isInstant ? Date.parse(text) : Number.NaN;
  // Date.parse takes the 31st of a shorter month for the 1st of the next.
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10));
  if (!isReal) throw new StationError("USAGE", "A date is like 2026-03-31, an instant like 2026-03-31T14:00:00Z.");
  return isDay ? ms + wholeDayMs : ms;
}

function firstAtOrAfter(ledger: Pick<Ledger, "size" | "entry">, ms: number): number {
  let low = 0;
  let high = ledger.size;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (Date.parse(ledger.entry(middle).at) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
