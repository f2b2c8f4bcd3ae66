import type { IndexedEntry, Ledger } from "../ledger/ledger.ts";
import type { IndexRange } from "./period.ts";
import { portionsOf } from "./portions.ts";

const ofDevices = ["device.failed", "device.skipped", "request.rejected"] as const;
const ofOthers = [
  "batch.abandoned",
  "stick.contradicted",
  "signing-key.changed",
  "checkpoint.refused",
  "tamper.detected",
] as const;

interface Exception {
  readonly index: number;
  readonly entry: IndexedEntry<(typeof ofDevices)[number] | (typeof ofOthers)[number]>["entry"];
}

/** What did not go as asked, oldest first. */
export async function* exceptionsIn(ledger: Ledger, range: IndexRange): AsyncIterableIterator<Exception> {
  const others: readonly Exception[] = ofOthers.flatMap((type) => ledger.entriesOfType(type));
  for await (const portion of portionsOf(range)) {
    const found: Exception[] = ofDevices.flatMap((type) => [...ledger.perDevice(type, portion)]);
    found.push(...others.filter(({ index }) => index >= portion.from && index < portion.to));
    yield* found.sort((a, b) => a.index - b.index);
  }
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
    case "checkpoint.refused":
      return [entry.origin, `forked at ${entry.tree_size} entries`];
    case "tamper.detected":
      return [entry.kind, entry.detail];
    case "signing-key.changed":
      return [entry.kid, `was ${entry.recorded_kid}`];
  }
}
