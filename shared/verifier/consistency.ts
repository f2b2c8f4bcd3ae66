import { isEqual } from "./bytes.ts";
import type { Findings } from "./findings.ts";
import type { Head } from "./note.ts";

/** A head that somebody holds, signed by the ledger's key. */
export interface SeenHead {
  readonly path: string;
  readonly head: Head;
  readonly findings: Findings;
  /** A proof beside it ties it to another head here. */
  readonly isProved?: boolean;
}

/** A whole ledger: its head, and its roots at the sizes that were asked for. */
export interface WholeLedger {
  readonly head: Head;
  readonly roots: ReadonlyMap<number, Uint8Array>;
}

/**
 * Every head must be of a state that the largest ledger at hand grew from; with no ledger at hand, heads of one size
 * must at least be the same.
 */
export function checkHeads(seen: readonly SeenHead[], ledgers: readonly WholeLedger[]): void {
  const largest = [...ledgers].sort((a, b) => b.head.size - a.head.size)[0];
  // What was proved by itself needs no ledger to be compared with.
  const unproved = seen.filter(({ isProved }) => isProved !== true).length;
  const first = new Map<number, SeenHead>();
  for (const one of seen) {
    const { head, path, findings } = one;
    const same = first.get(head.size) ?? one;
    first.set(head.size, same);
    if (largest === undefined) {
      if (seen.length < 2) continue;
      findings.looked("consistency");
      if (!isEqual(same.head.root, head.root)) findings.add("fork", path, { entries: head.size, other: same.path });
      else if (same === one && unproved > 1 && one.isProved !== true)
        findings.note("not-compared", path, { entries: head.size });
      continue;
    }
    findings.looked("consistency");
    const root = largest.roots.get(head.size) ?? (head.size === largest.head.size ? largest.head.root : undefined);
    if (head.size > largest.head.size) findings.add("ahead", path, { entries: head.size, found: largest.head.size });
    else if (root === undefined) findings.note("not-compared", path, { entries: head.size });
    else if (!isEqual(root, head.root)) findings.add("fork", path, { entries: head.size });
  }
}
