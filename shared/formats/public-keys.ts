import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { base64, fromBase64, fromUtf8, utf8 } from "./encoding.ts";

/** Ed25519 public keys as SPKI PEM (RFC 8410); see public-keys.md beside this file. */

/** @param publicKey raw 32 bytes */
export function formatPublicKeyPem(publicKey: Uint8Array): Uint8Array {
  return utf8(`${begin}\n${base64(spki(publicKey))}\n${end}\n`);
}

/** Takes exactly what {@link formatPublicKeyPem} writes. @throws StationError VERIFY_KEYS */
export function parsePublicKeyPem(bytes: Uint8Array): Uint8Array {
  const text = bytes.length > 256 ? null : fromUtf8(bytes);
  const [first, encoded = "", last, rest, ...more] = text?.split("\n") ?? [];
  const der = fromBase64(encoded);
  const isExact = first === begin && last === end && rest === "" && more.length === 0 && der?.length === 44;
  if (!isExact || !prefix.every((byte, i) => der[i] === byte)) {
    throw new StationError(
      "VERIFY_KEYS",
      "The public key is not an Ed25519 key in PEM as exported; export the keys again.",
    );
  }
  return der.subarray(prefix.length);
}

/**
 * Lower-case hex SHA-256 of the key's SPKI DER: what `openssl pkey -pubin -outform DER | sha256sum` prints. It is
 * the `keyid` of our envelopes and `manifest_key_sha256` in the ledger.
 */
export function publicKeyFingerprint(publicKey: Uint8Array): string {
  return sha256Hex(spki(publicKey));
}

const begin = "-----BEGIN PUBLIC KEY-----";
const end = "-----END PUBLIC KEY-----";
// SubjectPublicKeyInfo { AlgorithmIdentifier { 1.3.101.112 }, BIT STRING of 32 bytes }
const prefix = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

function spki(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== 32) throw new StationError("INTERNAL", "An Ed25519 public key has 32 bytes.");
  const der = new Uint8Array(prefix.length + 32);
  der.set(prefix);
  der.set(publicKey, prefix.length);
  return der;
}
