import { StationError } from "#shared/domain/errors.ts";
import { fromBase64, must } from "#shared/formats/encoding.ts";
import { publicKeyFingerprint } from "#shared/formats/public-keys.ts";
import { type NoteKey, noteKey, parseNote, verifyNote } from "#shared/formats/signed-note.ts";
import type { KeyRing, KeyUse } from "./keys/index.ts";
import { storedHead } from "./ledger/head-note.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** One key of the station gives way to another: KEYS.md, "Rotation". */

export interface RotatedKey {
  readonly use: KeyUse;
  /** Of the `key.rotated` entry. */
  readonly index: number;
  /** SHA-256 of the SPKI DER, lower-case hex. */
  readonly oldFingerprint: string;
  readonly newFingerprint: string;
}

interface RotationParts {
  readonly keys: KeyRing;
  readonly ledger: Ledger;
  /** The ledger's name. */
  readonly name: string;
}

/**
 * Begin, append, finish. A crash anywhere in it is settled when the station is next opened. When the entry could not be
 * written nobody knows whether it was, so what was begun is left for that opening too.
 * @throws StationError LEDGER_*, CLOCK_BEHIND, HOME_UNREADABLE
 */
export function rotateKey(
  { keys, ledger, name }: RotationParts,
  use: KeyUse,
  { operator }: { readonly operator: string | null },
): RotatedKey {
  const rotation = keys.beginRotation(use);
  const next = must(keys.nextKey(use), "the key of a rotation that has begun");
  // The head with this entry in it is the new key's first work: the old one must sign nothing larger than it names.
  const signer = use === "ledger" ? { signer: { key: noteKey(name, next.publicKey), sign: next.sign } } : {};
  const [index = 0] = ledger.append([{ ...rotation, operator }], [], signer);
  keys.finishRotation(use);
  const fingerprint = (key: string) => publicKeyFingerprint(must(fromBase64(key), "a key of the ring"));
  return {
    use,
    index,
    oldFingerprint: fingerprint(rotation.old_public_key),
    newFingerprint: fingerprint(rotation.new_public_key),
  };
}

/**
 * Which key signed the head that is stored, so that a ledger whose key was being rotated can be opened at all: the ring's
 * next one, if that signed it, else its current one.
 */
export function keyOfHead(keys: KeyRing, name: string, ledgerPath: string): NoteKey & { readonly isNext: boolean } {
  const next = keys.nextKey("ledger");
  const note = next === null ? null : storedHead(ledgerPath);
  if (next !== null && note !== null) {
    const key = noteKey(name, next.publicKey);
    if (isBy(note, key)) return { ...key, isNext: true };
  }
  return { ...noteKey(name, keys.publicKey("ledger")), isNext: false };
}

/** What a crash left of rotations: those that the ledger holds are finished, the others never were. */
export function settleRotations(keys: KeyRing, ledger: Ledger): void {
  const pending = keys.pendingRotations();
  if (pending.length === 0) return;
  const logged = new Set(ledger.entriesOfType("key.rotated").map(({ entry }) => entry.new_public_key));
  for (const { use, new_public_key } of pending) {
    if (logged.has(new_public_key)) keys.finishRotation(use);
    else keys.cancelRotation(use);
  }
}

function isBy(note: string, key: NoteKey): boolean {
  try {
    return verifyNote(parseNote(note), key);
  } catch (error) {
    if (error instanceof StationError) return false;
    throw error;
  }
}
