import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import type { VendorKey } from "./vendor-key.ts";
import { tokenText, verifyToken } from "./verify-token.ts";

/** A licence for somebody else's product that this station takes to where no network is (CARRY.md). */

/** An Ed25519 token for a Sentari server, a JSON Web Token for a Stella-Ops scanner. */
export type CarriedKind = "sentari" | "stella";

export interface CarriedLicence {
  readonly kind: CarriedKind;
  /** Exactly as it was given; a secret of the customer's. */
  readonly file: Uint8Array;
  readonly fileSha256: string;
  readonly licence: StationLicence;
}

/** What each product looks for. */
export const defaultFileNames: Readonly<Record<CarriedKind, string>> = {
  sentari: "sentari-license.key",
  stella: "stella-ops.jwt",
};

/**
 * @param vendorKeys the keys of that licence's own vendor
 * @param kind null: whichever the token is
 * @throws StationError LICENCE_TOKEN_*
 */
export async function readCarried(
  file: Uint8Array,
  vendorKeys: readonly VendorKey[],
  kind: CarriedKind | null,
  now: Date | null,
): Promise<CarriedLicence> {
  const licence = await verifyToken(tokenText(file), vendorKeys, now);
  const found = licence.form === "jwt" ? "stella" : "sentari";
  if (kind !== null && kind !== found) {
    throw new StationError(
      "LICENCE_TOKEN_FORMAT",
      kind === "stella"
        ? "This is no JSON Web Token, so no licence for Stella-Ops. Check which file was given."
        : "This is no Ed25519 token, so no licence for Sentari. Check which file was given.",
    );
  }
  return { kind: found, file, fileSha256: sha256Hex(file), licence };
}

/** Why there is no point in carrying it; null when there is. */
export function carryProblem({ licence }: CarriedLicence, now: Date): StationError | null {
  if (licence.expiresAt.getTime() > now.getTime()) return null;
  return new StationError("LICENSE_EXPIRED", "This licence has expired already. Ask the vendor for a new one.");
}

/**
 * A name that every file system and every target takes, and that is none of a delivery's own.
 * @throws StationError USAGE
 */
export function checkCarriedName(name: string): string {
  const isPlain = /^[0-9A-Za-z](?:[0-9A-Za-z._-]{0,62}[0-9A-Za-z_-])?$/.test(name);
  const folded = name.toLowerCase();
  if (isPlain && !taken.has(folded) && !/\.(?:tlog-proof|partial)$/.test(folded) && !reserved.test(folded)) return name;
  throw new StationError(
    "USAGE",
    "The file's name on the stick must be 1 to 64 letters, digits and . _ - and not one that a delivery or a system keeps for itself.",
  );
}

const taken: ReadonlySet<string> = new Set([
  "readme.txt",
  "minisign.pub",
  "ledger.vkey",
  "manifest.dsse.json",
  "sha256sums",
  "sha256sums.minisig",
  "index.json",
]);
// Windows keeps these, whatever follows the first full stop.
const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;
