import type { DatabaseSync } from "node:sqlite";
import { StationError } from "#shared/domain/errors.ts";
import { openCheckpoint } from "#shared/formats/checkpoint.ts";
import type { NoteKey } from "#shared/formats/signed-note.ts";
import { decodeEntry } from "./entry-codec.ts";
import { EntryReader } from "./entry-reader.ts";
import { GrowingTree, type PartialTile, tileWidth } from "./growing-tree.ts";
import { Lookups } from "./lookups.ts";

/** What is kept in memory of an open ledger. */
export interface LedgerState {
  readonly tree: GrowingTree;
  /** The note of the current head, verified. */
  readonly head: string;
  /** Instant of the last entry, as written. */
  readonly lastAt: string;
  readonly lookups: Lookups;
}

/** Reads head and right edge, and checks that they agree. The caller holds the transaction. @throws StationError LEDGER_BROKEN */
export function loadState(database: DatabaseSync, key: NoteKey): LedgerState {
  const head = String(database.prepare("SELECT checkpoint FROM head").get()?.["checkpoint"]);
  const { size, rootHash } = openHead(head, key);
  const tree = GrowingTree.restore(size, partialTiles(database, size));
  const last = database.prepare("SELECT max(idx) AS last FROM entries").get()?.["last"];
  if (last !== size - 1 || !Buffer.from(rootHash).equals(tree.root())) {
    throw broken("The ledger's signed head is not that of its entries.", "head");
  }
  const entries = new EntryReader(database);
  const lastAt = decodeEntry(entries.bytes(size - 1), size - 1).at;
  return { tree, head, lastAt, lookups: fillLookups(database, entries, size) };
}

function openHead(head: string, key: NoteKey) {
  try {
    return openCheckpoint(head, key);
  } catch (error) {
    throw broken("The ledger's head is not signed by this station's key.", "head-signature", error);
  }
}

/** The partial tile of each level in a tree of `size`: tails of the leaves, then of each level's complete tiles. */
function partialTiles(database: DatabaseSync, size: number) {
  const leaves = database.prepare("SELECT leaf AS hash FROM entries WHERE idx >= ? ORDER BY idx");
  const roots = database.prepare("SELECT root AS hash FROM tiles WHERE level = ? AND idx >= ? ORDER BY idx");
  const levels: Pick<PartialTile, "count" | "hashes">[] = [];
  for (let width = size; width > 0; width = Math.floor(width / tileWidth)) {
    const first = width - (width % tileWidth);
    const level = levels.length;
    const rows = level === 0 ? leaves.all(first) : roots.all(level - 1, first);
    const hashes = Buffer.concat(rows.map(({ hash }) => hash as Uint8Array));
    if (rows.length !== width % tileWidth || hashes.length !== rows.length * 32) {
      throw broken("The ledger's tree has a hole.", "tree");
    }
    levels.push({ count: rows.length, hashes });
  }
  return levels;
}

/** Notes what the tables don't answer for: the entries after the last complete run, or all of them after a migration. */
function fillLookups(database: DatabaseSync, entries: EntryReader, size: number): Lookups {
  const lookups = new Lookups(database, entries);
  for (const { index, bytes } of entries.range(lookups.size, size)) lookups.note(decodeEntry(bytes, index));
  lookups.committed();
  return lookups;
}

function broken(message: string, what: string, cause?: unknown): StationError {
  return new StationError("LEDGER_BROKEN", `${message} Nothing is appended to it. Restore it, or call an auditor.`, {
    cause,
    details: { what },
  });
}
