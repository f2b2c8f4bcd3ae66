import type { DatabaseSync, StatementSync } from "node:sqlite";
import { consistencyRanges, inclusionRanges } from "#shared/crypto/merkle.ts";
import { StationError } from "#shared/domain/errors.ts";
import { nodeInto } from "./digest.ts";
import { GrowingTree, middleHeight, rangeHash, tileHeight, tileWidth } from "./growing-tree.ts";

// Tiles kept in memory, of 8.5 KiB each.
const mostTiles = 256;
// Hashes over 256 leaves and more that are kept: the receipts of a batch share nearly all of theirs.
const mostShared = 4096;

type Whole = (height: number, index: number) => Buffer;

/** Proofs from complete tiles and the tree's edge: a handful of tiles each, whatever the size of the ledger. */
export class TreeReader {
  readonly #tree: GrowingTree;
  readonly #read: StatementSync;
  readonly #tiles = new Map<string, Tile>();
  readonly #shared = new Map<string, Buffer>();
  // Partial tiles change with every entry, so they are kept for one size of the tree only.
  readonly #partial = new Map<string, Tile>();
  #partialSize = -1;

  constructor(database: DatabaseSync, tree: GrowingTree) {
    this.#tree = tree;
    this.#read = database.prepare("SELECT hashes, middle FROM tiles WHERE level = ? AND idx = ?");
  }

  /** @param size of today's tree or any before it */
  rootAt(size: number): Uint8Array {
    if (size === this.#tree.size) return this.#tree.root();
    return size === 0 ? new GrowingTree().root() : new Uint8Array(rangeHash(0, size, this.#whole));
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
    if (height < tileHeight) return this.#compute(height, index);
    const key = `${height}/${index}`;
    const known = this.#shared.get(key) ?? this.#compute(height, index);
    if (this.#shared.size >= mostShared) this.#shared.clear();
    this.#shared.set(key, known);
    return known;
  };

  #compute(height: number, index: number): Buffer {
    const level = Math.floor(height / tileHeight);
    const inner = height - level * tileHeight;
    const perTile = tileWidth / 2 ** inner;
    const { hashes, middle } = this.#tile(level, Math.floor(index / perTile));
    const [from, above] = inner < middleHeight ? [hashes, inner] : [middle, inner - middleHeight];
    const count = 2 ** above;
    const at = (index % perTile) * count * 32;
    if (from.length < at + count * 32)
      throw new StationError("INTERNAL", "A hash beyond the ledger's tree was asked for.");
    return over(from.subarray(at, at + count * 32));
  }

  #tile(level: number, index: number): Tile {
    const key = `${level}/${index}`;
    if (index === Math.floor(this.#tree.size / tileWidth ** (level + 1))) return this.#partialTile(level, key);
    const known = this.#tiles.get(key) ?? this.#stored(level, index);
    // The map keeps the order of use: first in is least used.
    this.#tiles.delete(key);
    this.#tiles.set(key, known);
    const oldest = this.#tiles.keys().next();
    if (this.#tiles.size > mostTiles && oldest.done !== true) this.#tiles.delete(oldest.value);
    return known;
  }

  #stored(level: number, index: number): Tile {
    const { hashes, middle } = this.#read.get(level, index) ?? {};
    if (hashes instanceof Uint8Array && middle instanceof Uint8Array) {
      return { hashes: asBuffer(hashes), middle: asBuffer(middle) };
    }
    throw new StationError("LEDGER_BROKEN", "A tile of the ledger's tree is missing; verify the ledger.", {
      details: { what: "tile", level, index },
    });
  }

  #partialTile(level: number, key: string): Tile {
    if (this.#partialSize !== this.#tree.size) this.#partial.clear();
    this.#partialSize = this.#tree.size;
    const known = this.#partial.get(key);
    if (known !== undefined) return known;
    const { count, hashes, middle } = this.#tree.partialTile(level);
    const tile = {
      hashes: Buffer.from(hashes.subarray(0, count * 32)),
      middle: Buffer.from(middle.subarray(0, (count >> middleHeight) * 32)),
    };
    this.#partial.set(key, tile);
    return tile;
  }
}

interface Tile {
  readonly hashes: Buffer;
  readonly middle: Buffer;
}

/** The hash over 2^n hashes; of one, itself. */
function over(hashes: Buffer): Buffer {
  if (hashes.length === 32) return hashes;
  const work = Buffer.from(hashes);
  for (let count = work.length / 32; count > 1; count /= 2) {
    for (let i = 0; i < count / 2; i++) nodeInto(work, i * 32, work, i * 64, work, i * 64 + 32);
  }
  return work.subarray(0, 32);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
