import { verifyConsistency } from "#shared/crypto/merkle.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { type Checkpoint, openCheckpoint } from "#shared/formats/checkpoint.ts";
import { cosign, cosignerType } from "#shared/formats/cosignature.ts";
import { base64, fromBase64, must } from "#shared/formats/encoding.ts";
import { formatNote, formatVkey, type NoteKey, noteKey, parseNote, parseVkey } from "#shared/formats/signed-note.ts";
import { parseWitnessRequest } from "#shared/formats/witness-request.ts";
import type { KeyRing } from "./keys/index.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Clock } from "./platform/clock.ts";

/** This station as a witness of other stations' ledgers (C2SP tlog-witness, carried by hand). */

interface CosignerParts {
  readonly ledger: Ledger;
  readonly keys: KeyRing;
  /** The station's. */
  readonly name: string;
  readonly clock: Clock;
}

export interface Cosigned {
  /** The checkpoint with this station's line added. */
  readonly note: string;
  readonly origin: string;
  readonly size: number;
  /** What this station had seen of that ledger before; 0: nothing. */
  readonly seenBefore: number;
}

/** The key under which others must name this station as their witness. */
export function cosignerKey({ keys, name }: Pick<CosignerParts, "keys" | "name">): NoteKey {
  return noteKey(name, keys.publicKey("ledger"), cosignerType);
}

/**
 * Vouches for a checkpoint that goes on from the last one seen of its ledger. What was seen is in this station's own
 * ledger before the signature exists.
 * @param request a checkpoint, or one with a consistency proof; see cosignature.md
 * @param ledgerVkey the other ledger's key, needed the first time; later it must be given only when it has changed
 * @throws StationError WITNESS_UNPROVED (details.seen: from which size the proof must start), WITNESS_FORKED,
 * VERIFY_KEYS, VERIFY_SIGNATURE, VERIFY_ENCODING, LEDGER_FOREIGN, USAGE
 */
export function cosignFor(parts: CosignerParts, request: string, ledgerVkey: string | null): Cosigned {
  const { ledger, keys, name, clock } = parts;
  const { oldSize, proof, checkpoint: note } = parseWitnessRequest(request);
  const origin = parseNote(note).text.split("\n", 1)[0] ?? "";
  if (origin === name)
    throw new StationError("USAGE", "A station is no witness of its own ledger. Take this to another.");
  const seen = lastSeen(ledger, origin);
  const key = keyFor(seen, ledgerVkey);
  const checkpoint = openCheckpoint(note, key);
  if (seen !== null) mustContinue(ledger, seen, { checkpoint, note, oldSize, proof });
  const seconds = Math.floor(clock.now().getTime() / 1000);
  if (seen?.tree_size !== checkpoint.size || seen.ledger_vkey !== formatVkey(key)) {
    ledger.append([
      {
        type: "checkpoint.cosigned",
        origin,
        ledger_vkey: formatVkey(key),
        tree_size: checkpoint.size,
        root_hash: base64(checkpoint.rootHash),
        checkpoint: note,
        cosigned_at: seconds,
      },
    ]);
  }
  const { text, signatures } = parseNote(note);
  const own = cosign(text, cosignerKey({ keys, name }), seconds, (message) => keys.sign("ledger", message));
  const others = signatures.filter((line) => line.name !== own.name || line.keyId !== own.keyId);
  return {
    note: formatNote({ text, signatures: [...others, own] }),
    origin,
    size: checkpoint.size,
    seenBefore: seen?.tree_size ?? 0,
  };
}

type Seen = BodyOf<"checkpoint.cosigned">;

function lastSeen(ledger: Ledger, origin: string): Seen | null {
  return ledger.entriesOfType("checkpoint.cosigned").findLast(({ entry }) => entry.origin === origin)?.entry ?? null;
}

function keyFor(seen: Seen | null, given: string | null): NoteKey {
  const vkey = given ?? seen?.ledger_vkey;
  if (vkey !== undefined) return parseVkey(vkey);
  throw new StationError(
    "VERIFY_KEYS",
    "This ledger was never vouched for here. Name its ledger.vkey, which must have come another way than the checkpoint.",
  );
}

function mustContinue(
  ledger: Ledger,
  seen: Seen,
  asked: {
    readonly checkpoint: Checkpoint;
    readonly note: string;
    readonly oldSize: number;
    readonly proof: readonly Uint8Array[];
  },
): void {
  const { checkpoint, note, oldSize, proof } = asked;
  const oldRoot = must(fromBase64(seen.root_hash), "a logged root");
  if (checkpoint.size === seen.tree_size) {
    if (base64(checkpoint.rootHash) === seen.root_hash) return;
    ledger.append([
      {
        type: "checkpoint.refused",
        origin: seen.origin,
        tree_size: seen.tree_size,
        checkpoint: note,
        seen_checkpoint: seen.checkpoint,
      },
    ]);
    throw new StationError(
      "WITNESS_FORKED",
      "Its station signed another ledger of the same size before. Both checkpoints are kept in this station's ledger; show them to an auditor.",
      { details: { size: seen.tree_size } },
    );
  }
  const claim = { oldSize, oldRoot, newSize: checkpoint.size, newRoot: checkpoint.rootHash, proof };
  if (oldSize === seen.tree_size && verifyConsistency(claim)) return;
  throw new StationError(
    "WITNESS_UNPROVED",
    `This station has seen ${seen.tree_size} entries of that ledger. Ask again with a proof that starts there (station witness ask --old ${seen.tree_size}).`,
    { details: { seen: seen.tree_size, size: checkpoint.size } },
  );
}
