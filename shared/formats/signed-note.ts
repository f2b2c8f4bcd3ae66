import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { sha256 } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { base64, fromBase64, fromHex, fromUtf8, hex, utf8 } from "./encoding.ts";

/** C2SP signed-note with Ed25519 keys; see signed-note.md beside this file. */

/** Signature type: 0x01 signs the note, 0x04 vouches for a checkpoint at a time (cosignature.md). */
export type NoteKeyType = 0x01 | 0x04;

export interface NoteKey {
  readonly name: string;
  /** Eight lower-case hex digits: SHA-256(name || LF || type || key), cut to 4 bytes. */
  readonly keyId: string;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
}

interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  /** What follows the key id; 64 bytes for an Ed25519 key. */
  readonly signature: Uint8Array;
}

export interface Note {
  /** Ends in a newline; these bytes are what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Signs raw Ed25519 over the bytes given. */
export type Sign = (message: Uint8Array) => Uint8Array;

/** @throws StationError USAGE when the name cannot be a key name */
export function noteKey(name: string, publicKey: Uint8Array, type: NoteKeyType = 0x01): NoteKey {
  if (!isKeyName(name) || publicKey.length !== 32) {
    throw new StationError(
      "USAGE",
      "A ledger's name must not be empty and must hold no blank, plus sign or control character.",
    );
  }
  const typed = typedKey(publicKey, type);
  return { name, keyId: hex(sha256(concat(utf8(`${name}\n`), typed)).subarray(0, 4)), publicKey };
}

/** `<name>+<key id>+<base64 of type and key>`, without a newline. */
export function formatVkey(key: NoteKey, type: NoteKeyType = 0x01): string {
  return `${key.name}+${key.keyId}+${base64(typedKey(key.publicKey, type))}`;
}

/** @throws StationError VERIFY_KEYS */
export function parseVkey(text: string, type: NoteKeyType = 0x01): NoteKey {
  // Base64 may hold a plus too, so only the first two separate.
  const [, name = "", keyId = "", encoded = ""] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  const typed = fromBase64(encoded);
  if (isKeyName(name) && typed !== null && typed.length === 33 && typed[0] === type) {
    const key = noteKey(name, typed.subarray(1), type);
    if (key.keyId === keyId) return key;
  }
  throw new StationError(
    "VERIFY_KEYS",
    type === 0x01
      ? "The ledger's public key is not an exact Ed25519 vkey; export the keys again."
      : "The witness's public key is not an exact cosigner's vkey; ask for it again.",
  );
}

export function formatNote(note: Note): string {
  const lines = note.signatures.map(({ name, keyId, signature }) => {
    const id = fromHex(keyId) ?? new Uint8Array(0);
    return `${dash} ${name} ${base64(concat(id, signature))}\n`;
  });
  return `${note.text}\n${lines.join("")}`;
}

/** Takes exactly what {@link formatNote} writes. @throws StationError VERIFY_ENCODING */
export function parseNote(note: Uint8Array | string): Note {
  const whole = typeof note === "string" ? note : note.length > maxNoteBytes ? null : fromUtf8(note);
  if (whole === null || whole.length > maxNoteBytes || !whole.isWellFormed())
    throw malformed("is too long or not UTF-8");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw malformed("holds a control character");
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) throw malformed("has no signatures");
  const lines = whole.slice(split + 2, -1).split("\n");
  if (lines.length > maxSignatures) throw malformed("has too many signatures");
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

/** True when the key signed, and every line in its name and id verifies; other keys' lines are ignored. */
export function verifyNote(note: Note, key: NoteKey): boolean {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  const message = utf8(note.text);
  return own.length > 0 && own.every(({ signature }) => verifyEd25519(key.publicKey, message, signature));
}

/** @param text ends in a newline */
export function signNote(text: string, key: NoteKey, sign: Sign): string {
  return formatNote({ text, signatures: [{ name: key.name, keyId: key.keyId, signature: sign(utf8(text)) }] });
}

const dash = "\u2014";
// Room for 16 post-quantum signatures, as the specification asks of verifiers.
const maxNoteBytes = 262_144;
const maxSignatures = 64;

function isKeyName(name: string): boolean {
  return name !== "" && name.isWellFormed() && !/[\p{White_Space}+\u0000-\u001f]/u.test(name);
}

function typedKey(publicKey: Uint8Array, type: NoteKeyType): Uint8Array {
  return concat(Uint8Array.of(type), publicKey);
}

function parseSignature(line: string): NoteSignature {
  const [start, name = "", encoded = "", ...rest] = line.split(" ");
  const bytes = fromBase64(encoded);
  if (start !== dash || rest.length > 0 || !isKeyName(name) || bytes === null || bytes.length < 5) {
    throw malformed("has a signature line that is not exact");
  }
  return { name, keyId: hex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

function malformed(what: string): StationError {
  return new StationError("VERIFY_ENCODING", `The signed note ${what}.`);
}
