import { createPublicKey, type KeyObject, verify } from "node:crypto";

/** Pure Ed25519 (RFC 8032) in the thread pool. False for a signature that does not verify, whatever is wrong with it. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const key = keyObject(publicKey);
  if (key === null || signature.length !== 64) return Promise.resolve(false);
  return new Promise((resolve) => {
    verify(null, message, key, signature, (error, valid) => resolve(error === null && valid));
  });
}

// A station meets a handful of signing keys; the cap only bounds what a hostile caller could make us keep.
const cacheSize = 16;
const cache = new Map<string, KeyObject>();

function keyObject(publicKey: Uint8Array): KeyObject | null {
  const x = Buffer.from(publicKey).toString("base64url");
  const known = cache.get(x);
  if (known !== undefined) return known;
  try {
    const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } });
    if (cache.size >= cacheSize) cache.clear();
    cache.set(x, key);
    return key;
  } catch {
    return null;
  }
}
