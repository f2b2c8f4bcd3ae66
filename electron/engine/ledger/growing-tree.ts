import { largestPowerBelow } from "#shared/crypto/merkle.ts";
import { digestInto, nodeInto } from "./digest.ts";

/** A tile of tlog-tiles that has just become complete. */
export interface CompleteTile {
  readonly level: number;
  readonly index: number;
  /** 256 hashes of 32 bytes. */
  readonly hashes: Buffer;
  /** The 16 hashes over 16 of them each: with these a proof takes 22 hashes from a tile, without them 247. */
  readonly middle: Buffer;
  /** The hash over all of them, which the level above holds. */
  readonly root: Buffer;
}

export interface PartialTile {
  readonly count: number;
  /** `count` hashes of 32 bytes; good until the next append. */
  readonly hashes: Buffer;
  /** As in a complete tile, of every whole 16. */
  readonly middle: Buffer;
}

/** Hashes in a complete tile. */
export const tileWidth = 256;
/** Levels of the Merkle tree in one tile: 2^8 = 256. */
export const tileHeight = 8;
/** Level inside a tile whose hashes are kept with it. */
export const middleHeight = 4;

/**
 * The right edge of an RFC 6962 tree: one hash for each bit of its size, and the partial tile of each level. Appending
 * costs two hashes an entry at any size, and the memory is 8 KiB a level.
 */
export class GrowingTree {
  #size = 0;
  // edge[height] is the hash of the whole subtree of that height which ends the tree, where the size has that bit.
  readonly #edge: Buffer[] = [];
  readonly #carry = Buffer.alloc(32);
  readonly #levels: { count: number; hashes: Buffer; middle: Buffer }[] = [];

  /** @param partial the hashes of each level's partial tile, lowest level first */
  static restore(size: number, partial: readonly Pick<PartialTile, "count" | "hashes">[]): GrowingTree {
    const tree = new GrowingTree();
    for (const [level, { count, hashes }] of partial.entries()) {
      for (let i = 0; i < count; i++) tree.#add(level, hashes.subarray(i * 32, i * 32 + 32), () => {});
    }
    tree.#size = size;
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  append(leaf: Buffer, complete: (tile: CompleteTile) => void): void {
    this.#add(0, leaf, complete);
    this.#size += 1;
  }

  root(): Uint8Array {
    const root = Buffer.allocUnsafe(32);
    if (this.#size === 0) {
      digestInto(root, 0, "");
      return new Uint8Array(root);
    }
    let started = false;
    for (let height = 0, rest = this.#size; rest > 0; height++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const whole = this.#edgeAt(height);
      if (started) nodeInto(root, 0, whole, 0, root, 0);
      else whole.copy(root);
      started = true;
    }
    return new Uint8Array(root);
  }

  partialTile(level: number): PartialTile {
    return this.#levels[level] ?? { count: 0, hashes: Buffer.alloc(0), middle: Buffer.alloc(0) };
  }

  /** One more hash on a level: it joins with the subtrees that end the tree, as adding one carries in a binary number. */
  #add(level: number, hash: Buffer, complete: (tile: CompleteTile) => void): void {
    const tile = this.#level(level);
    hash.copy(tile.hashes, tile.count * 32);
    let height = level * tileHeight;
    let carried = hash;
    for (let rest = tile.count; rest % 2 === 1; rest = (rest - 1) / 2) {
      nodeInto(this.#carry, 0, this.#edgeAt(height), 0, carried, 0);
      carried = this.#carry;
      height += 1;
      if (height % tileHeight === middleHeight) carried.copy(tile.middle, (tile.count >> middleHeight) * 32);
    }
    tile.count += 1;
    if (tile.count < tileWidth) {
      carried.copy(this.#edgeAt(height));
      return;
    }
    tile.count = 0;
    const root = Buffer.from(carried);
    const index = Math.floor(this.#size / tileWidth ** (level + 1));
    complete({ level, index, hashes: Buffer.from(tile.hashes), middle: Buffer.from(tile.middle), root });
    this.#add(level + 1, root, complete);
  }

  #edgeAt(height: number): Buffer {
    return (this.#edge[height] ??= Buffer.alloc(32));
  }

  #level(level: number) {
    return (this.#levels[level] ??= {
      count: 0,
      hashes: Buffer.alloc(tileWidth * 32),
      middle: Buffer.alloc((tileWidth >> middleHeight) * 32),
    });
  }
}

/** Hash of a range that starts where a subtree of at least its length starts, from hashes of whole subtrees. */
export function rangeHash(from: number, to: number, whole: (height: number, index: number) => Buffer): Buffer {
  const length = to - from;
  const height = Math.log2(length);
  if (Number.isInteger(height)) return whole(height, from / length);
  const middle = from + largestPowerBelow(length);
  const hash = Buffer.allocUnsafe(32);
  nodeInto(hash, 0, rangeHash(from, middle, whole), 0, rangeHash(middle, to, whole), 0);
  return hash;
}
