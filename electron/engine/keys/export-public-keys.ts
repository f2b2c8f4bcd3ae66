import { hex, utf8 } from "#shared/formats/encoding.ts";
import { formatMinisignPublicKey } from "#shared/formats/minisign.ts";
import { formatPublicKeyPem, publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import type { KeyRing } from "./key-ring.ts";

export interface PublicKeyFiles {
  /** File name -> bytes; writing them is the caller's. */
  readonly files: Readonly<Record<"minisign.pub" | "manifest.pem" | "ledger.pem" | "ledger.vkey", Uint8Array>>;
  /** File name -> what to read out over the telephone: SHA-256 of the key's SPKI DER, or the vkey's or minisign key's id. */
  readonly fingerprints: Readonly<Record<keyof PublicKeyFiles["files"], string>>;
}

/** @param origin the ledger's name @throws StationError USAGE when the origin cannot name a key */
export function exportPublicKeys(ring: KeyRing, origin: string): PublicKeyFiles {
  const manifest = ring.publicKey("manifest");
  const ledger = ring.publicKey("ledger");
  const vkey = noteKey(origin, ledger);
  return {
    files: {
      "minisign.pub": formatMinisignPublicKey({ keyId: ring.minisignKeyId, publicKey: ring.publicKey("minisign") }),
      "manifest.pem": formatPublicKeyPem(manifest),
      "ledger.pem": formatPublicKeyPem(ledger),
      "ledger.vkey": utf8(`${formatVkey(vkey)}\n`),
    },
    fingerprints: {
      "minisign.pub": hex(ring.minisignKeyId.toReversed()).toUpperCase(),
      "manifest.pem": publicKeyFingerprint(manifest),
      "ledger.pem": publicKeyFingerprint(ledger),
      "ledger.vkey": vkey.keyId,
    },
  };
}
