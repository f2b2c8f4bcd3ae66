import type { DatabaseSync, StatementSync } from "node:sqlite";
import { consistencyRanges, inclusionRanges } from "#shared/crypto/merkle.ts";
import { StationError } from "#shared/domain/errors.ts";
import { nodeInto } from "./digest.ts";
import { type GrowingTree, rangeHash, tileHeight, tileWidth } from "./growing-tree.ts";

// Tiles whose inner hashes are kept: 16 KiB each, so 4 MiB.
const mostTiles = 256;

type Whole = (height: number, index: number) => Buffer;

/** Proofs from complete tiles and the tree's edge: a handful of tiles each, whatever the size of the ledger. */
export class TreeReader {
  readonly #tree: GrowingTree;
  readonly #read: StatementSync;
  readonly #tiles = new Map<string, readonly Buffer[]>();
  // Partial tiles change with every entry, so they are kept for one size of the tree only.
  readonly #partial = new Map<string, readonly Buffer[]>();
  #partialSize = -1;

  constructor(database: DatabaseSync, tree: GrowingTree) {
    this.#tree = tree;
    this.#read = database.prepare("SELECT hashes FROM tiles WHERE level = ? AND idx = ?");
  }

  /** @param size of today's tree or any before it */
  rootAt(size: number): Uint8Array {
    if (size === this.#tree.size) return this.#tree.root();
    return new Uint8Array(rangeHash(0, size, this.#whole));
  }

  /** A function of index giving audit paths in the tree of `size`; paths of one size share their right edge. */
  inclusionProofs(size: number): (index: number) => readonly Uint8Array[] {
    const ragged = new Map<number, Buffer>();
    return (index) =>
      inclusionRanges(index, size).map(({ from, to }) => {
        if (to < size) return rangeHash(from, to, this.#whole);
        const known = ragged.get(from) ?? rangeHash(from, to, this.#whole);
        ragged.set(from, known);
        return known;
      });
  }

  consistencyProof(oldSize: number, newSize: number): readonly Uint8Array[] {
    return consistencyRanges(oldSize, newSize).map(({ from, to }) => new Uint8Array(rangeHash(from, to, this.#whole)));
  }

  /** Hash of the whole subtree of 2^height leaves that is number `index` from the left. */
  readonly #whole: Whole = (height, index) => {
    const level = Math.floor(height / tileHeight);
    const inner = height - level * tileHeight;
    const perTile = tileWidth / 2 ** inner;
    const hashes = this.#innerHashes(level, Math.floor(index / perTile))[inner];
    const at = (index % perTile) * 32;
    const hash = hashes?.subarray(at, at + 32);
    if (hash?.length !== 32) throw new StationError("INTERNAL", "A hash beyond the ledger's tree was asked for.");
    return hash;
  };

  /** The hashes of one tile and of the seven levels above them that it spans. */
  #innerHashes(level: number, index: number): readonly Buffer[] {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) {
      // The map keeps the order of use: first in is least used.
      this.#tiles.delete(key);
      this.#tiles.set(key, known);
      return known;
    }
    if (index === Math.floor(this.#tree.size / tileWidth ** (level + 1))) return this.#partialHashes(level, key);
    const stored = this.#read.get(level, index)?.["hashes"];
    if (!(stored instanceof Uint8Array)) {
      throw new StationError("LEDGER_BROKEN", "A tile of the ledger's tree is missing; verify the ledger.", {
        details: { what: "tile", level, index },
      });
    }
    const inner = innerHashes(Buffer.from(stored.buffer, stored.byteOffset, stored.length));
    this.#tiles.set(key, inner);
    const oldest = this.#tiles.keys().next();
    if (this.#tiles.size > mostTiles && oldest.done !== true) this.#tiles.delete(oldest.value);
    return inner;
  }

  #partialHashes(level: number, key: string): readonly Buffer[] {
    if (this.#partialSize !== this.#tree.size) this.#partial.clear();
    this.#partialSize = this.#tree.size;
    const known = this.#partial.get(key);
    if (known !== undefined) return known;
    const { count, hashes } = this.#tree.partialTile(level);
    const inner = innerHashes(Buffer.from(hashes.subarray(0, count * 32)));
    this.#partial.set(key, inner);
    return inner;
  }
}

function innerHashes(hashes: Buffer): readonly Buffer[] {
  const levels = [hashes];
  for (let below = hashes; levels.length < tileHeight; ) {
    const count = Math.floor(below.length / 64);
    const above = Buffer.allocUnsafe(count * 32);
    for (let i = 0; i < count; i++) nodeInto(above, i * 32, below, i * 64, below, i * 64 + 32);
    levels.push(above);
    below = above;
  }
  return levels;
}
