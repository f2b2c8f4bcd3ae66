import type { Ledger } from "../ledger/ledger.ts";
import { findOverrides } from "./override-kinds.ts";
import type { IndexRange } from "./period.ts";

/** A decision by a person that set aside what the station would have done. */
export interface Override {
  readonly index: number;
  readonly at: string;
  readonly kind: string;
  /** Who was named; null where nobody was, or the entry does not say. */
  readonly operator: string | null;
  readonly batch: string | null;
  /** What it was about: a key id, a fingerprint's SHA-256, a reason. */
  readonly subject: string;
}

/** In the ledger's order. */
export function overrides(ledger: Ledger, { from, to }: IndexRange): readonly Override[] {
  const operators = new Map(ledger.entriesOfType("batch.started").map(({ entry }) => [entry.batch, entry.operator]));
  const names = new Map<string, string>();
  for (const type of ["operator.added", "operator.changed"] as const) {
    for (const { entry } of ledger.entriesOfType(type)) names.set(entry.operator, entry.name);
  }
  const found = findOverrides(ledger).flatMap(({ index, entry, said }): Override[] => {
    if (index < from || index >= to) return [];
    const batch = "batch" in entry ? entry.batch : null;
    const signedIn = entry.by === undefined ? null : (names.get(entry.by) ?? entry.by);
    const operator = said.operator ?? signedIn ?? (batch === null ? null : (operators.get(batch) ?? null));
    return [{ index, at: entry.at, kind: said.kind, operator, batch, subject: said.subject }];
  });
  return found.sort((a, b) => a.index - b.index);
}
