import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";

/** AES-256-GCM: nonce (12 bytes), ciphertext, tag (16 bytes). The purpose is authenticated but not stored. */

export function sealBox(key: KeyObject, purpose: string, plain: Uint8Array, random: Random): Uint8Array {
  const nonce = random.bytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(utf8(purpose));
  return new Uint8Array(Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
}

/** Null when the box is for another key or purpose, or was changed. */
export function openBox(key: KeyObject, purpose: string, box: Uint8Array): Uint8Array | null {
  if (box.length < nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(utf8(purpose));
  decipher.setAuthTag(box.subarray(-tagBytes));
  const plain = decipher.update(box.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
    return new Uint8Array(plain);
  } catch {
    return null;
  } finally {
    plain.fill(0);
  }
}

/** HKDF-SHA256; one key for each purpose, so that no two uses of a key can meet. */
export function deriveKey(from: KeyObject, purpose: string, salt: Uint8Array = new Uint8Array(0)): KeyObject {
  const bytes = new Uint8Array(hkdfSync("sha256", from, salt, utf8(purpose), 32));
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

const nonceBytes = 12;
const tagBytes = 16;
