import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { portionsOf } from "./portions.ts";

/** Above this a name is no answer to the question which device. */
const mostDevices = 100;

/**
 * SHA-256 of the fingerprints of the devices that were meant: a fingerprint, its SHA-256 in hex, or a name, serial or
 * asset tag whatever its case. A fingerprint goes before a name. Empty when the ledger knows none.
 * @throws StationError USAGE when over 100 devices go by the name
 */
export async function findDevices(ledger: Ledger, asked: string): Promise<readonly string[]> {
  const fingerprintSha256 = /^[0-9a-f]{64}$/.test(asked) ? asked : sha256Hex(utf8(asked));
  if (!ledger.deviceHistory(fingerprintSha256).next().done) return [fingerprintSha256];
  const wanted = asked.trim().toLowerCase();
  const isIt = (name: string | null): boolean => name?.toLowerCase() === wanted;
  const found = new Set<string>();
  if (wanted === "") return [];
  for await (const portion of portionsOf({ from: 0, to: ledger.size })) {
    const requests = ledger.membersOf(
      "activation.intended",
      ["fingerprint_sha256", "device_name", "serial", "asset_tag"],
      portion,
    );
    for (const { fingerprint_sha256, device_name, serial, asset_tag } of requests)
      if (isIt(device_name) || isIt(serial) || isIt(asset_tag)) found.add(fingerprint_sha256);
    for (const type of ["device.failed", "device.skipped"] as const) {
      for (const { fingerprint_sha256, device_name } of ledger.membersOf(
        type,
        ["fingerprint_sha256", "device_name"],
        portion,
      ))
        if (isIt(device_name)) found.add(fingerprint_sha256);
    }
    if (found.size > mostDevices)
      throw new StationError("USAGE", "More than 100 devices go by this name. Ask by the fingerprint instead.");
  }
  return [...found];
}
