import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;

/** RFC 8032 with canonical encodings only and no key of small order. Whatever is malformed does not verify. */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return (
      publicKey.length === 32 && signature.length === 64 && verify(signature, message, publicKey, { zip215: false })
    );
  } catch {
    return false;
  }
}
