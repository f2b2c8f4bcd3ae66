import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { base64, fromBase64, must, utf8 } from "#shared/formats/encoding.ts";
import { errnoOf } from "../platform/os-errors.ts";
import { parseVendorKey, type VendorKey } from "./vendor-key.ts";

/** Which vendor keys are believed; VENDOR-KEYS.md says who may add one, and why. */

/** The PEM files beside the program, by name. @throws StationError VENDOR_KEY_INVALID for one that is no key */
export function bundledVendorKeys(folder = join(import.meta.dirname, "vendor-keys")): readonly VendorKey[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(".pem"))
    .sort()
    .map((name) => parseVendorKey(readFileSync(join(folder, name)), true));
}

/** For this station's own licence: bundled ones, or where there are none those the ledger says were added, oldest first. */
export function knownVendorKeys(
  bundled: readonly VendorKey[],
  added: Iterable<BodyOf<"vendor-key.added">>,
): readonly VendorKey[] {
  return bundled.length > 0 ? bundled : addedKeys(added, "station");
}

/** For licences that are carried to others; none of them can license this station. */
export function carryKeys(added: Iterable<BodyOf<"vendor-key.added">>): readonly VendorKey[] {
  return addedKeys(added, "carry");
}

function addedKeys(added: Iterable<BodyOf<"vendor-key.added">>, wanted: "station" | "carry"): readonly VendorKey[] {
  const keys = new Map<string, VendorKey>();
  for (const { public_key, use } of added) {
    if (use !== wanted) continue;
    const key = parseVendorKey(must(fromBase64(public_key), "a vendor key in the ledger"), false);
    keys.set(key.sha256, key);
  }
  return [...keys.values()];
}

/**
 * What the ledger is to say when a key is added by hand; null when the key is known already.
 * @throws StationError VENDOR_KEY_INVALID, VENDOR_KEY_REFUSED
 */
export function vendorKeyEntry(
  pem: Uint8Array,
  known: readonly VendorKey[],
  operator: string | null,
  use: "station" | "carry" = "station",
): BodyOf<"vendor-key.added"> | null {
  const { kind, sha256, key } = parseVendorKey(pem, false);
  if (known.some((one) => one.sha256 === sha256)) return null;
  if (known.some(({ bundled }) => bundled)) {
    throw new StationError(
      "VENDOR_KEY_REFUSED",
      "This program came with its vendor's keys, so none can be added by hand. A new key comes with an update.",
    );
  }
  if (known.length >= mostKeys) {
    throw new StationError("VENDOR_KEY_REFUSED", `A station knows at most ${mostKeys} vendor keys.`);
  }
  const public_key = base64(utf8(key.export({ format: "pem", type: "spki" }).toString()));
  return { type: "vendor-key.added", sha256, kind, use, public_key, operator };
}

const mostKeys = 32;

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // A program without the folder has no bundled keys; one that cannot be read is another matter.
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
