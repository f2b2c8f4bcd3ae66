import { retiredKeys } from "#shared/formats/key-history.ts";
import { noteKey } from "#shared/formats/signed-note.ts";
import type { StationKeys } from "../delivery/trusted-keys.ts";
import type { BatchRuntime } from "./runtime.ts";

/** The station's public keys as deliveries are signed and judged by them, with those that the ledger says they replaced. */
export function stationKeys({
  keys,
  ledger,
  stationName,
}: Pick<BatchRuntime, "keys" | "ledger" | "stationName">): StationKeys {
  const rotations = ledger.entriesOfType("key.rotated").map(({ index, entry }) => ({ index, rotation: entry }));
  const retired = (use: "ledger" | "manifest" | "minisign") => retiredKeys(rotations, use, keys.publicKey(use));
  return {
    minisign: { keyId: keys.minisignKeyId, publicKey: keys.publicKey("minisign") },
    manifest: keys.publicKey("manifest"),
    ledger: noteKey(stationName, keys.publicKey("ledger")),
    retired: { ledger: retired("ledger"), manifest: retired("manifest"), minisign: retired("minisign") },
  };
}
