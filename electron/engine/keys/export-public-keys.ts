import { hex, utf8 } from "#shared/formats/encoding.ts";
import { formatKeyHistory, retiredKeys, type RotationAt } from "#shared/formats/key-history.ts";
import { formatMinisignPublicKey, minisignKeyIdOf } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import type { KeyUse } from "./key-file.ts";
import type { KeyRing } from "./key-ring.ts";

type CurrentName = "minisign.pub" | "manifest.pem" | "ledger.pem" | "ledger.vkey";

export interface PublicKeyFiles {
  /** File name -> bytes; writing them is the caller's. Retired keys are numbered from the oldest: `ledger-1.pem`. */
  readonly files: Readonly<Record<CurrentName, Uint8Array>> & Readonly<Record<string, Uint8Array>>;
  /** File name -> what to read out over the telephone: SHA-256 of the key's SPKI DER, or the vkey's or minisign key's id. */
  readonly fingerprints: Readonly<Record<CurrentName, string>>;
  /** SHA-256 of each key's SPKI DER in lower-case hex: one kind of fingerprint for all three. */
  readonly spkiSha256: Readonly<Record<KeyUse, string>>;
}

/**
 * @param origin the ledger's name
 * @param rotations all `key.rotated` entries of the ledger
 * @throws StationError USAGE when the origin cannot name a key; VERIFY_KEYS when the rotations do not lead to the ring's keys
 */
export function exportPublicKeys(
  ring: Pick<KeyRing, "publicKey">,
  origin: string,
  rotations: readonly RotationAt[] = [],
): PublicKeyFiles {
  const manifest = ring.publicKey("manifest");
  const ledger = ring.publicKey("ledger");
  const minisign = ring.publicKey("minisign");
  const minisignKeyId = minisignKeyIdOf(minisign);
  const vkey = noteKey(origin, ledger);
  return {
    files: {
      "minisign.pub": formatMinisignPublicKey({ keyId: minisignKeyId, publicKey: minisign }),
      "manifest.pem": formatPublicKeyPem(manifest),
      "ledger.pem": formatPublicKeyPem(ledger),
      "ledger.vkey": utf8(`${formatVkey(vkey)}\n`),
      ...retiredFiles(ring, rotations),
      ...(rotations.length === 0 ? {} : { "key-history.json": formatKeyHistory({ origin, rotations }) }),
    },
    fingerprints: {
      "minisign.pub": hex(minisignKeyId.toReversed()).toUpperCase(),
      "manifest.pem": publicKeyFingerprint(manifest),
      "ledger.pem": publicKeyFingerprint(ledger),
      "ledger.vkey": vkey.keyId,
    },
    spkiSha256: {
      ledger: publicKeyFingerprint(ledger),
      manifest: publicKeyFingerprint(manifest),
      minisign: publicKeyFingerprint(minisign),
    },
  };
}

function retiredFiles(ring: Pick<KeyRing, "publicKey">, rotations: readonly RotationAt[]): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const use of ["ledger", "manifest", "minisign"] as const) {
    const retired = retiredKeys(rotations, use, ring.publicKey(use)).toReversed();
    for (const [i, { publicKey }] of retired.entries()) {
      if (use === "minisign") {
        const keyId = minisignKeyIdOf(publicKey);
        files[`minisign-${i + 1}.pub`] = formatMinisignPublicKey({ keyId, publicKey });
      } else files[`${use}-${i + 1}.pem`] = formatPublicKeyPem(publicKey);
    }
  }
  return files;
}
