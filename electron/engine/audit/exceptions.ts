import type { LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import type { IndexedEntry, Ledger } from "../ledger/ledger.ts";
import type { IndexRange } from "./period.ts";

const exceptional = [
  "device.failed",
  "device.skipped",
  "request.rejected",
  "batch.abandoned",
  "stick.contradicted",
  "signing-key.changed",
] as const satisfies readonly LedgerEntryType[];

type Exception = IndexedEntry<(typeof exceptional)[number]>;

/** What did not go as asked, oldest first. */
export function* exceptionsIn(ledger: Ledger, range: IndexRange): IterableIterator<Exception> {
  const types: ReadonlySet<string> = new Set(exceptional);
  for (const one of ledger.entries(range)) if (types.has(one.entry.type)) yield one as Exception;
}

/** Entry, time, what, device or batch, code or reason. */
export function exceptionRow({ index, entry }: Exception): readonly (string | number | null)[] {
  const [about, reason] = aboutOf(entry);
  return [index, entry.at, entry.type, about, reason];
}

function aboutOf(entry: Exception["entry"]): readonly [string | null, string] {
  switch (entry.type) {
    case "device.failed":
    case "device.skipped":
      return [entry.device_name ?? entry.fingerprint_sha256, entry.code];
    case "request.rejected":
      return [entry.path, entry.code];
    case "batch.abandoned":
      return [entry.batch, entry.reason];
    case "stick.contradicted":
      return [entry.stick?.volume_uuid ?? entry.stick?.usb_serial ?? null, entry.code];
    case "signing-key.changed":
      return [entry.kid, `was ${entry.recorded_kid}`];
  }
}
