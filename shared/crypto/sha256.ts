import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { hex } from "#shared/formats/encoding.ts";

export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** Lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return hex(nobleSha256(bytes));
}
