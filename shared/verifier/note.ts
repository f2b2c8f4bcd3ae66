import { sha256 } from "@noble/hashes/sha2.js";
import { asText, base64Bytes, exactBase64, isEqual, join, linesIn, toHex, toUtf8, wholeNumber } from "./bytes.ts";
import { isSigned } from "./ed25519.ts";
import { Refusal } from "./findings.ts";

/** C2SP signed-note, tlog-checkpoint and tlog-cosignature, with Ed25519 only. */

export interface NoteKey {
  readonly name: string;
  /** Eight lower-case hex digits. */
  readonly id: string;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface Note {
  /** What is signed; ends in a newline. */
  readonly text: string;
  readonly lines: readonly { readonly name: string; readonly id: string; readonly signature: Uint8Array }[];
}

export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Signature types of C2SP signed-note that are understood. */
const types = { note: 1, cosignature: 4 } as const;

export function noteKey(name: string, publicKey: Uint8Array, type: keyof typeof types = "note"): NoteKey {
  const id = sha256(join(toUtf8(`${name}\n`), Uint8Array.of(types[type]), publicKey)).subarray(0, 4);
  return { name, id: toHex(id), publicKey };
}

/** A vkey without a newline. @throws Refusal encoding */
export function readVkey(text: string, type: keyof typeof types = "note"): NoteKey {
  const [, name = "", id = "", encoded = ""] = /^([^+\s\p{Cc}]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const typed = exactBase64(encoded, 33);
  const key = noteKey(name, typed.subarray(1), type);
  if (typed[0] !== types[type] || key.id !== id) throw new Refusal("encoding");
  return key;
}

const mostNoteBytes = 262_144;

/** @throws Refusal encoding */
export function readNote(bytes: Uint8Array): Note {
  if (bytes.length > mostNoteBytes) throw new Refusal("too-large");
  const whole = asText(bytes);
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || /[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Refusal("encoding");
  return { text: whole.slice(0, split + 1), lines: linesIn(whole.slice(split + 2)).map(signatureLine) };
}

/** True when the key signed the note and no line in its name and id is false. */
export function hasSigned(note: Note, key: NoteKey): boolean {
  const message = toUtf8(note.text);
  const own = note.lines.filter(({ name, id }) => name === key.name && id === key.id);
  return own.length > 0 && own.every(({ signature }) => isSigned(key.publicKey, message, signature));
}

/**
 * When the cosigner says it saw the tree of this note, in seconds since 1970; null when it does not say so.
 * @param key with the id of a cosignature key
 */
export function cosignedAt(note: Note, key: NoteKey): number | null {
  for (const { name, id, signature } of note.lines) {
    if (name !== key.name || id !== key.id || signature.length !== 72) continue;
    const view = new DataView(signature.buffer, signature.byteOffset, 8);
    const seconds = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
    if (!Number.isSafeInteger(seconds)) continue;
    const message = toUtf8(`cosignature/v1\ntime ${seconds}\n${note.text}`);
    if (isSigned(key.publicKey, message, signature.subarray(8))) return seconds;
  }
  return null;
}

/** The note's three lines; whether anybody signed them is the caller's question. @throws Refusal encoding */
export function readHead(note: Note): Head {
  const [origin = "", sizeText = "", root = "", ...more] = linesIn(note.text);
  const size = wholeNumber(sizeText);
  if (origin === "" || size === null || more.length > 0) throw new Refusal("encoding");
  return { origin, size, root: exactBase64(root, 32) };
}

export function isSameHead(a: Head, b: Head): boolean {
  return a.origin === b.origin && a.size === b.size && isEqual(a.root, b.root);
}

function signatureLine(line: string): Note["lines"][number] {
  const [, name = "", encoded = ""] = /^\u2014 ([^ +]+) ([0-9A-Za-z+/=]+)$/u.exec(line) ?? [];
  const bytes = base64Bytes(encoded);
  if (bytes === null || bytes.length < 5) throw new Refusal("encoding");
  return { name, id: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}
