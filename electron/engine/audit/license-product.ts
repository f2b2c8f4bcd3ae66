import type { Ledger } from "../ledger/ledger.ts";

/** The product of the newest batch that drew on the licence; null when there was none. @param licenseSha256 lower-case hex */
export function licenseProduct(ledger: Ledger, licenseSha256: string): string | null {
  const batch = ledger
    .entriesOfType("batch.started")
    .findLast(({ entry }) => entry.licenses.some(({ sha256 }) => sha256 === licenseSha256));
  return batch?.entry.product ?? null;
}
