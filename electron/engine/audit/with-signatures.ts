import type { IndexedEntry, Ledger } from "../ledger/ledger.ts";

/** Entries of a slice, once the operators' signatures in it can be judged. Indices rise. */
export interface SignedChoice {
  readonly indices: readonly number[];
  /** Those of them that were not chosen. */
  readonly added: readonly number[];
}

type Source = Pick<Ledger, "entry" | "entriesOfType">;

/**
 * The chosen entries, and what their operators' signatures rest on: the account entries of every operator by whom one of
 * them came about, and each signature over shown entries alone. A signature that covers entries nobody chose stays out,
 * since those may be of other devices. What is added may be signed in turn, by operators with accounts of their own.
 */
export function withSignatures(ledger: Source, chosen: readonly number[]): SignedChoice {
  const accounts = accountEntries(ledger);
  if (accounts.size === 0) return { indices: chosen, added: [] };
  const signatures = ledger.entriesOfType("operator.signed");
  const shown = new Set(chosen);
  const operators = new Set<string>();
  for (let fresh = chosen; fresh.length > 0; ) {
    const more = new Set<number>();
    for (const index of fresh) {
      const { by } = ledger.entry(index);
      if (by === undefined || operators.has(by)) continue;
      operators.add(by);
      for (const account of accounts.get(by) ?? []) more.add(account);
    }
    for (const signature of signatures) for (const index of signatureWith(ledger, signature, shown)) more.add(index);
    fresh = [...more].filter((index) => !shown.has(index));
    for (const index of fresh) shown.add(index);
  }
  const asked = new Set(chosen);
  const indices = [...shown].sort((a, b) => a - b);
  return { indices, added: indices.filter((index) => !asked.has(index)) };
}

/** Indices by operator. */
function accountEntries(ledger: Source): ReadonlyMap<string, readonly number[]> {
  const accounts = new Map<string, number[]>();
  for (const type of ["operator.added", "operator.changed", "operator.pin-set"] as const) {
    for (const { index, entry } of ledger.entriesOfType(type)) {
      const own = accounts.get(entry.operator) ?? [];
      own.push(index);
      accounts.set(entry.operator, own);
    }
  }
  return accounts;
}

/** The signature and all that it covers, when that may be shown; else nothing. */
function signatureWith(
  ledger: Source,
  { index, entry }: IndexedEntry<"operator.signed">,
  shown: ReadonlySet<number>,
): readonly number[] {
  const first = index - entry.covers;
  if (first < 0) return [];
  let rests = shown.has(index);
  const isChosen = rests;
  for (let covered = first; covered < index; covered++) {
    if (shown.has(covered)) rests = true;
    // An approval is of the very act that it was used for, and nothing more.
    else if (!isChosen && ledger.entry(covered).type !== "approval.used") return [];
  }
  return rests ? Array.from({ length: entry.covers + 1 }, (_, i) => first + i) : [];
}
