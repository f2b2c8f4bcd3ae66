import { StationError } from "#shared/domain/errors.ts";
import { cosignedAt, cosignerType, gatherCosignatures } from "#shared/formats/cosignature.ts";
import { fromBase64, fromUtf8 } from "#shared/formats/encoding.ts";
import { formatVkey, type NoteKey, noteKey, parseNote, parseVkey } from "#shared/formats/signed-note.ts";
import { parseTlogProof } from "#shared/formats/tlog-proof.ts";
import { formatWitnessRequest, parseWitnessRequest } from "#shared/formats/witness-request.ts";
import type { WitnessLog } from "./batch/witness-log.ts";
import type { IndexedEntry, Ledger } from "./ledger/ledger.ts";

/** Checkpoints of this ledger that came back from outside, and those who vouch for it. */

export interface WitnessPolicy {
  /** How many of the keys must vouch for a checkpoint; 0: none need to. */
  readonly needed: number;
  readonly keys: readonly NoteKey[];
}

export interface AddedWitness {
  /** Entries in the checkpoint, which is part of today's ledger. */
  readonly size: number;
  /** Names of the policy's witnesses that vouch for it. */
  readonly witnesses: readonly string[];
  readonly needed: number;
}

/** A checkpoint for which others vouch. */
export interface CosignedCheckpoint {
  readonly size: number;
  /** Signed note. */
  readonly note: string;
  readonly witnesses: readonly string[];
}

interface WitnessParts {
  readonly ledger: Ledger;
  readonly witnesses: WitnessLog;
}

/** The last one that was set. */
export function witnessPolicy(ledger: Ledger): WitnessPolicy {
  const entry = ledger.entriesOfType("witness.policy").at(-1)?.entry;
  return entry === undefined
    ? { needed: 0, keys: [] }
    : { needed: entry.needed, keys: entry.keys.map((vkey) => parseVkey(vkey, cosignerType)) };
}

/** @param vkeys of cosigners @throws StationError USAGE, VERIFY_KEYS, LEDGER_* */
export function setWitnessPolicy(
  ledger: Ledger,
  {
    needed,
    vkeys,
    operator,
  }: { readonly needed: number; readonly vkeys: readonly string[]; readonly operator: string | null },
): WitnessPolicy {
  const keys = vkeys.map((vkey) => parseVkey(vkey, cosignerType));
  const names = new Set(keys.map(({ name }) => name));
  if (names.size !== keys.length || names.has(ledger.origin)) {
    throw new StationError("USAGE", "Each witness must have a name of its own, and none may be this station.");
  }
  if (needed > keys.length || keys.length > mostWitnesses) {
    throw new StationError("USAGE", `Name at least as many witnesses as are needed, and at most ${mostWitnesses}.`);
  }
  ledger.append([{ type: "witness.policy", needed, keys: keys.map((key) => formatVkey(key, cosignerType)), operator }]);
  return { needed, keys };
}

/**
 * Takes in a checkpoint of this ledger: from paper, an export, a receipt or a witness. It is logged when it proves more
 * than the last one did, or when more witnesses vouch for it.
 * @throws StationError LEDGER_REWOUND (logged with both notes), LEDGER_FOREIGN, VERIFY_SIGNATURE, VERIFY_ENCODING
 */
export function addWitness({ ledger, witnesses }: WitnessParts, bytes: Uint8Array): AddedWitness {
  const note = noteIn(bytes);
  const size = witnesses.judge(note, null, "This is");
  if (size === null) throw notOurs(note, ledger.origin);
  const { needed, keys } = witnessPolicy(ledger);
  const known = cosignedCheckpoints(ledger).find((one) => one.size === size);
  const parsed = parseNote(note);
  const fresh = keys.filter((key) => cosignedAt(parsed, key) !== null).map(({ name }) => name);
  const isNews = fresh.some((name) => !(known?.witnesses ?? []).includes(name));
  if (!isNews) {
    if (known === undefined) witnesses.remember(note, size, null);
    return { size, witnesses: known?.witnesses ?? [], needed };
  }
  const notes = known === undefined ? [note] : [note, known.note];
  const gathered = gatherCosignatures(notes, ledgerKeys(ledger), keys);
  const names = keys.filter((key) => cosignedAt(parseNote(gathered), key) !== null).map(({ name }) => name);
  ledger.append([{ type: "witness.cosigned", tree_size: size, checkpoint: gathered, witnesses: names }]);
  return { size, witnesses: names, needed };
}

/** Of each size the one with the most witnesses' lines, oldest first. */
export function cosignedCheckpoints(ledger: Ledger): readonly CosignedCheckpoint[] {
  const bySize = new Map<number, CosignedCheckpoint>();
  for (const { entry } of ledger.entriesOfType("witness.cosigned")) {
    bySize.set(entry.tree_size, { size: entry.tree_size, note: entry.checkpoint, witnesses: entry.witnesses });
  }
  return [...bySize.values()].sort((a, b) => a.size - b.size);
}

/** Contradictions kept as evidence, oldest first. */
export function contradictions(ledger: Ledger): readonly IndexedEntry<"stick.contradicted">[] {
  return ledger.entriesOfType("stick.contradicted");
}

/** What a witness needs to vouch for today's head. @param oldSize what it has seen; 0: nothing @throws StationError USAGE */
export function askWitness(ledger: Ledger, oldSize: number): string {
  if (oldSize > ledger.size) throw new StationError("USAGE", `The ledger has ${ledger.size} entries only.`);
  const proof = oldSize === 0 ? [] : ledger.consistencyProof(oldSize);
  return formatWitnessRequest({ oldSize, proof, checkpoint: ledger.checkpoint() });
}

/** Every key that ever signed this ledger's heads. */
function ledgerKeys(ledger: Ledger): readonly NoteKey[] {
  const first = ledger.entriesOfType("ledger.created").map(({ entry }) => parseVkey(entry.ledger_vkey));
  const later = ledger.entriesOfType("key.rotated").flatMap(({ entry }) => {
    const publicKey = entry.use === "ledger" ? fromBase64(entry.new_public_key) : null;
    return publicKey === null ? [] : [noteKey(ledger.origin, publicKey)];
  });
  return [...first, ...later];
}

// A policy beyond this is a mistake, and its notes would not fit an entry.
const mostWitnesses = 32;
const mostBytes = 131_072;

/** Of a note, a receipt or a request, also one that was pasted: ends of lines and the last one may have suffered. */
export function noteIn(bytes: Uint8Array): string {
  const text = bytes.length > mostBytes ? null : fromUtf8(bytes);
  if (text === null) throw new StationError("VERIFY_ENCODING", "This is too large or no text, so it is no checkpoint.");
  const clean = `${text.replaceAll("\r\n", "\n").trimEnd()}\n`;
  if (clean.startsWith("c2sp.org/tlog-proof@")) return parseTlogProof(bytes).checkpoint;
  const note = parseWitnessRequest(clean).checkpoint;
  // Refuses what is no note at all.
  parseNote(note);
  return note;
}

function notOurs(note: string, origin: string): StationError {
  if (note.startsWith(`${origin}\n`)) {
    return new StationError(
      "VERIFY_SIGNATURE",
      "The checkpoint names this ledger, and no key of this station signed it.",
    );
  }
  return new StationError(
    "LEDGER_FOREIGN",
    "The checkpoint is of another station's ledger and says nothing about this one.",
  );
}
