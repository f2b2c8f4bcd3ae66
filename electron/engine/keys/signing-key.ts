import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { fromBase64url, must } from "#shared/formats/encoding.ts";

/** An Ed25519 private key in OpenSSL's keeping; its bytes are not reachable from here on. */
export interface SigningKey {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Raw 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

export const seedBytes = 32;

/** Wipes the seed. */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  const pkcs8 = Buffer.concat([pkcs8Prefix, seed]);
  seed.fill(0);
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  } finally {
    pkcs8.fill(0);
  }
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return {
    publicKey: must(fromBase64url(x ?? ""), "the public key"),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

// RFC 8410 section 7: version 0, algorithm 1.3.101.112, the seed as an octet string in an octet string.
const pkcs8Prefix = Uint8Array.of(
  0x30,
  0x2e,
  0x02,
  0x01,
  0x00,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  0x04,
  0x22,
  0x04,
  0x20,
);
