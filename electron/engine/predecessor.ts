import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { openCheckpoint } from "#shared/formats/checkpoint.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { formatVkey, parseVkey } from "#shared/formats/signed-note.ts";
import { noteIn } from "./witnesses.ts";

/** What the first entry of a new ledger says of the lost one it goes on from; see ledger/LEDGER.md, "Links". */
export type Predecessor = NonNullable<BodyOf<"ledger.created">["predecessor"]>;

/**
 * The link to a ledger of which only a checkpoint is left: from an export, a stick's receipt or paper.
 * @param vkey the lost ledger's public key, which came another way than the checkpoint
 * @param reason what happened, for the auditor
 * @throws StationError VERIFY_KEYS, VERIFY_SIGNATURE, VERIFY_ENCODING, LEDGER_FOREIGN, USAGE
 */
export function predecessorFrom(bytes: Uint8Array, vkey: string, reason: string): Predecessor {
  if (reason.trim() === "" || reason.length > 1024) {
    throw new StationError("USAGE", "Say in up to 1,024 characters what became of the ledger before.");
  }
  const note = noteIn(bytes);
  const key = parseVkey(vkey);
  const { origin, size } = openCheckpoint(note, key);
  return {
    origin,
    ledger_vkey: formatVkey(key),
    tree_size: size,
    checkpoint_sha256: sha256Hex(utf8(note)),
    checkpoint: note,
    reason: reason.trim(),
  };
}
