import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { must, utf8 } from "./encoding.ts";
import { formatNote, type Note, type NoteKey, parseNote, type Sign } from "./signed-note.ts";

/** C2SP tlog-cosignature with Ed25519 (signature type 0x04); see cosignature.md beside this file. */

/** Type of a cosigner's {@link NoteKey}. */
export const cosignerType = 0x04;

/** @param note the text of the note @param seconds since 1970 */
export function cosign(text: string, key: NoteKey, seconds: number, sign: Sign): Note["signatures"][number] {
  const signature = new Uint8Array(timeBytes + 64);
  const view = new DataView(signature.buffer);
  view.setUint32(0, Math.floor(seconds / 2 ** 32));
  view.setUint32(4, seconds % 2 ** 32);
  signature.set(sign(signedBytes(text, seconds)), timeBytes);
  return { name: key.name, keyId: key.keyId, signature };
}

/** When the cosigner says it saw the tree, in seconds since 1970; null when it does not say so. */
export function cosignedAt(note: Note, key: NoteKey): number | null {
  for (const line of note.signatures) {
    const seconds = timeOf(line, key);
    if (seconds === null) continue;
    if (verifyEd25519(key.publicKey, signedBytes(note.text, seconds), line.signature.subarray(timeBytes)))
      return seconds;
  }
  return null;
}

/**
 * One note with the line of `own` and those lines of all notes that these witnesses really signed, the newest of each.
 * @param notes of the same text
 * @throws StationError VERIFY_ENCODING
 */
export function gatherCosignatures(
  notes: readonly string[],
  own: readonly NoteKey[],
  witnesses: readonly NoteKey[],
): string {
  const parsed = notes.map(parseNote);
  const { text } = must(parsed[0], "a note to gather into");
  const lines = parsed.filter((note) => note.text === text).flatMap(({ signatures }) => signatures);
  const first = lines.find((line) => own.some((key) => isOf(line, key)));
  const gathered = witnesses
    .toSorted((a, b) => (`${a.name} ${a.keyId}` < `${b.name} ${b.keyId}` ? -1 : 1))
    .flatMap((key) => newest(text, lines, key));
  return formatNote({ text, signatures: [must(first, "the ledger's own line"), ...gathered] });
}

type Line = Note["signatures"][number];

const timeBytes = 8;

function newest(text: string, lines: readonly Line[], key: NoteKey): readonly Line[] {
  const dated = lines.flatMap((line) => {
    const at = cosignedAt({ text, signatures: [line] }, key);
    return at === null ? [] : [{ line, at }];
  });
  return dated
    .toSorted((a, b) => b.at - a.at)
    .slice(0, 1)
    .map(({ line }) => line);
}

function timeOf(line: Line, key: NoteKey): number | null {
  if (!isOf(line, key) || line.signature.length !== timeBytes + 64) return null;
  const view = new DataView(line.signature.buffer, line.signature.byteOffset, timeBytes);
  const seconds = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
  return Number.isSafeInteger(seconds) ? seconds : null;
}

function isOf(line: Line, key: NoteKey): boolean {
  return line.name === key.name && line.keyId === key.keyId;
}

function signedBytes(text: string, seconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
}
