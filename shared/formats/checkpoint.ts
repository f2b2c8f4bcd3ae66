import { StationError } from "#shared/domain/errors.ts";
import { base64, fromBase64 } from "./encoding.ts";
import { type NoteKey, parseNote, type Sign, signNote, verifyNote } from "./signed-note.ts";

/** C2SP tlog-checkpoint without extension lines; see checkpoint.md beside this file. */
export interface Checkpoint {
  readonly origin: string;
  /** Entries in the tree. */
  readonly size: number;
  /** 32 bytes, RFC 6962. */
  readonly rootHash: Uint8Array;
}

/** The note's text: three lines. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${base64(checkpoint.rootHash)}\n`;
}

/** Takes exactly what {@link formatCheckpoint} writes. @throws StationError VERIFY_ENCODING */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", sizeText = "", rootText = "", end, ...rest] = text.split("\n");
  const size = /^(?:0|[1-9][0-9]{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN;
  const rootHash = fromBase64(rootText);
  if (origin === "" || !Number.isSafeInteger(size) || rootHash?.length !== 32 || end !== "" || rest.length > 0) {
    throw new StationError("VERIFY_ENCODING", "The checkpoint is not exactly origin, size and root hash.");
  }
  return { origin, size, rootHash };
}

/** The signed note. The key's name must be the origin. */
export function signCheckpoint(checkpoint: Checkpoint, key: NoteKey, sign: Sign): string {
  if (key.name !== checkpoint.origin)
    throw new StationError("INTERNAL", "A checkpoint is signed in its origin's name.");
  return signNote(formatCheckpoint(checkpoint), key, sign);
}

/**
 * Verifies before it reads.
 * @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE, or LEDGER_FOREIGN when the origin is not the key's name
 */
export function openCheckpoint(note: Uint8Array | string, key: NoteKey): Checkpoint {
  const parsed = parseNote(note);
  if (!verifyNote(parsed, key)) {
    throw new StationError("VERIFY_SIGNATURE", "The checkpoint is not signed by the trusted ledger key.");
  }
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== key.name) {
    throw new StationError("LEDGER_FOREIGN", "The checkpoint names another ledger than its key.");
  }
  return checkpoint;
}
