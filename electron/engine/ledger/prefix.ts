import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { type Checkpoint, openCheckpoint } from "#shared/formats/checkpoint.ts";
import { fromBase64 } from "#shared/formats/encoding.ts";
import { verifyRotation } from "#shared/formats/key-rotation.ts";
import { type NoteKey, noteKey } from "#shared/formats/signed-note.ts";

/** The keys whose checkpoints this ledger owns up to: today's, and those it replaced by rotation. */
export function ledgerKeys(key: NoteKey, rotations: readonly BodyOf<"key.rotated">[]): readonly NoteKey[] {
  const former = rotations
    .filter((rotation) => rotation.use === "ledger" && verifyRotation(rotation))
    .flatMap(({ old_public_key }) => fromBase64(old_public_key) ?? []);
  return [key, ...former.map((publicKey) => noteKey(key.name, publicKey)).reverse()];
}

/** What a signed note says, or why it says nothing. */
export function openWitness(note: string, keys: readonly NoteKey[]): Checkpoint | "foreign" | "bad-signature" {
  const [today] = keys;
  if (today === undefined || !note.startsWith(`${today.name}\n`)) return "foreign";
  for (const key of keys) {
    try {
      return openCheckpoint(note, key);
    } catch (error) {
      if (!(error instanceof StationError)) throw error;
    }
  }
  return "bad-signature";
}
