import { leafHash, verifyInclusion } from "#shared/crypto/merkle.ts";
import { StationError } from "#shared/domain/errors.ts";
import { type Checkpoint, openCheckpoint } from "./checkpoint.ts";
import { base64, fromBase64, fromUtf8, utf8 } from "./encoding.ts";
import type { NoteKey } from "./signed-note.ts";

/** C2SP tlog-proof; see tlog-proof.md beside this file. */
export interface TlogProof {
  /** Opaque and unauthenticated in general; in our receipts the entry's bytes. Null: no such line; never empty. */
  readonly extra: Uint8Array | null;
  readonly index: number;
  /** 32-byte hashes from the leaf's sibling up. */
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly checkpoint: string;
}

export interface Receipt {
  /** The ledger entry's bytes, proved to be in the tree. */
  readonly entry: Uint8Array;
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

export function formatTlogProof(proof: TlogProof): Uint8Array {
  const extra = proof.extra === null ? "" : `extra ${base64(proof.extra)}\n`;
  const hashes = proof.proof.map((hash) => `${base64(hash)}\n`).join("");
  return utf8(`${header}\n${extra}index ${proof.index}\n${hashes}\n${proof.checkpoint}`);
}

/** Takes exactly what {@link formatTlogProof} writes; the checkpoint is left unread. @throws StationError VERIFY_ENCODING */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const text = bytes.length > maxProofBytes ? null : fromUtf8(bytes);
  if (text === null) throw malformed("is too long or not UTF-8");
  const split = text.indexOf("\n\n");
  if (split < 0) throw malformed("has no checkpoint");
  const lines = text.slice(0, split).split("\n");
  if (lines.shift() !== header) throw malformed("is not a tlog-proof of version 1");
  const extra = lines[0]?.startsWith("extra ") ? parseExtra(lines.shift() ?? "") : null;
  const index = parseIndex(lines.shift() ?? "");
  if (lines.length > maxHashes) throw malformed("has too many hashes");
  return { extra, index, proof: lines.map(parseHash), checkpoint: text.slice(split + 2) };
}

/**
 * Proves that the entry in the receipt is in the ledger of `key`.
 * @param open opens the checkpoint under that key; give one that remembers when many receipts share a checkpoint
 * @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE, LEDGER_FOREIGN, VERIFY_RECEIPT
 */
export function verifyReceipt(
  bytes: Uint8Array,
  key: NoteKey,
  open: (note: string) => Checkpoint = (note) => openCheckpoint(note, key),
): Receipt {
  const { extra, index, proof, checkpoint: note } = parseTlogProof(bytes);
  if (extra === null) throw malformed("carries no ledger entry");
  const checkpoint = open(note);
  const { size: treeSize, rootHash } = checkpoint;
  if (!verifyInclusion({ leafHash: leafHash(extra), index, treeSize, proof, rootHash })) {
    throw new StationError("VERIFY_RECEIPT", "The receipt does not prove that its entry is in the ledger.");
  }
  return { entry: extra, index, checkpoint };
}

const header = "c2sp.org/tlog-proof@v1";
// An entry of 65,535 bytes in base64, 63 hashes and a checkpoint.
const maxProofBytes = 131_072;
const maxHashes = 63;

function parseExtra(line: string): Uint8Array {
  const extra = fromBase64(line.slice("extra ".length));
  if (extra === null || extra.length === 0) throw malformed("has an extra line that is not exact");
  return extra;
}

function parseIndex(line: string): number {
  const digits = /^index (0|[1-9][0-9]{0,15})$/.exec(line)?.[1];
  const index = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(index)) throw malformed("has an index line that is not exact");
  return index;
}

function parseHash(line: string): Uint8Array {
  const hash = fromBase64(line);
  if (hash?.length !== 32) throw malformed("has a hash that is not exact");
  return hash;
}

function malformed(what: string): StationError {
  return new StationError("VERIFY_ENCODING", `The ledger receipt ${what}.`);
}
