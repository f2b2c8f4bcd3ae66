import { createPublicKey, type KeyObject } from "node:crypto";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { fromBase64url, fromUtf8, must } from "#shared/formats/encoding.ts";

/** A public key that a vendor signs licence tokens with. */
export interface VendorKey {
  readonly kind: "ed25519" | "rsa";
  /** SHA-256 of the SPKI bytes, hex. */
  readonly sha256: string;
  /** Came with the program, not added by hand. */
  readonly bundled: boolean;
  readonly key: KeyObject;
}

export const maxVendorKeyBytes = 4096;

/**
 * One SubjectPublicKeyInfo in PEM exactly as openssl writes it: Ed25519, or RSA of 2048 to 8192 bits with an odd
 * exponent from 65537 on.
 * @throws StationError VENDOR_KEY_INVALID
 */
export function parseVendorKey(pem: Uint8Array, bundled: boolean): VendorKey {
  const text = pem.length > maxVendorKeyBytes ? null : fromUtf8(pem);
  const key = text === null ? null : tryKey(text);
  const kind = key === null ? null : kindOf(key);
  if (key === null || kind === null || key.export({ format: "pem", type: "spki" }) !== text) {
    throw new StationError(
      "VENDOR_KEY_INVALID",
      "This is not a vendor's public key: a PEM file with one Ed25519 key, or one RSA key of 2048 to 8192 bits. Ask the vendor for it, and never for the private key.",
    );
  }
  return { kind, sha256: sha256Hex(key.export({ format: "der", type: "spki" })), bundled, key };
}

/** Raw 32 bytes of an Ed25519 key. */
export function rawKey(vendorKey: VendorKey): Uint8Array {
  return must(fromBase64url(vendorKey.key.export({ format: "jwk" }).x ?? ""), "an Ed25519 key's bytes");
}

function tryKey(pem: string): KeyObject | null {
  // createPublicKey would also take a private key and make the public one of it.
  if (!pem.startsWith("-----BEGIN PUBLIC KEY-----\n")) return null;
  try {
    return createPublicKey({ key: pem, format: "pem" });
  } catch {
    return null;
  }
}

function kindOf(key: KeyObject): VendorKey["kind"] | null {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  // RSA-PSS keys are of another type and are not for RS256.
  if (key.asymmetricKeyType !== "rsa") return null;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const isSound =
    modulusLength >= 2048 && modulusLength <= 8192 && publicExponent >= 65_537n && publicExponent % 2n === 1n;
  return isSound ? "rsa" : null;
}
