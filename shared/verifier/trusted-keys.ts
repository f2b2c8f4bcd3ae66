import { sha256 } from "@noble/hashes/sha2.js";
import { asText, exactBase64, isEqual, join, linesIn, toHex } from "./bytes.ts";
import { Refusal } from "./findings.ts";
import type { Rotation } from "./key-book.ts";
import { type NoteKey, readVkey } from "./note.ts";

export interface MinisignKey {
  /** 8 bytes, chosen freely by whoever made the key: it names the key and proves nothing. */
  readonly id: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Keys that came to the auditor another way than with the evidence. Without a key its checks cannot pass. */
export interface TrustedKeys {
  readonly ledger: NoteKey;
  readonly manifest: Uint8Array | null;
  readonly minisign: MinisignKey | null;
  /** How the keys followed each other, from `key-history.json` that came with them; exports tell it too. */
  readonly rotations?: readonly Rotation[];
  /** Others that vouch for checkpoints (C2SP tlog-cosignature), and how many of them must. */
  readonly witnesses?: { readonly keys: readonly NoteKey[]; readonly needed: number };
}

export type KeyFile =
  | { readonly kind: "ledger"; readonly key: NoteKey }
  | { readonly kind: "pem"; readonly key: Uint8Array }
  | { readonly kind: "minisign"; readonly key: MinisignKey };

const spki = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** `ledger.vkey`, a PEM file or `minisign.pub`, told apart by what they hold. @throws Refusal encoding */
export function readKeyFile(bytes: Uint8Array): KeyFile {
  if (bytes.length > 4096) throw new Refusal("too-large");
  const lines = linesIn(asText(bytes));
  const [first = "", second = ""] = lines;
  if (lines.length === 1) return { kind: "ledger", key: readVkey(first) };
  if (lines.length === 3 && first === "-----BEGIN PUBLIC KEY-----" && lines[2] === "-----END PUBLIC KEY-----") {
    const der = exactBase64(second, 44);
    if (!isEqual(der.subarray(0, spki.length), spki)) throw new Refusal("encoding");
    return { kind: "pem", key: der.subarray(spki.length) };
  }
  if (lines.length === 2 && first.startsWith("untrusted comment: ")) {
    const blob = exactBase64(second, 42);
    if (blob[0] === 0x45 && blob[1] === 0x64) {
      return { kind: "minisign", key: { id: blob.subarray(2, 10), publicKey: blob.subarray(10) } };
    }
  }
  throw new Refusal("encoding");
}

/** SHA-256 of the key as SubjectPublicKeyInfo, in lower-case hex: what is printed to compare a key by. */
export function keyFingerprint(publicKey: Uint8Array): string {
  return toHex(sha256(join(spki, publicKey)));
}
