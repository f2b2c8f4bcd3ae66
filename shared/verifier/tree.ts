import { sha256 } from "@noble/hashes/sha2.js";
import { join } from "./bytes.ts";

/** RFC 6962 section 2.1, grown leaf by leaf in memory that depends on the tree's height alone. */

const leafPrefix = Uint8Array.of(0);
const node = new Uint8Array(65).fill(1, 0, 1);

export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(join(leafPrefix, entry));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1);
  node.set(right, 33);
  return sha256(node);
}

/** A tile of C2SP tlog-tiles. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
}

/** Hashes in a whole tile, and entries in a whole bundle. */
export const tileWidth = 256;

export class Tree {
  #size = 0;
  // Roots of the whole subtrees that make up the tree, largest first.
  readonly #peaks: Uint8Array[] = [];
  readonly #rows: { index: number; hashes: Uint8Array[] }[] = [];
  #full: Tile[] = [];

  get size(): number {
    return this.#size;
  }

  add(leaf: Uint8Array): void {
    this.#keep(0, leaf);
    let hash = leaf;
    let height = 0;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      hash = nodeHash(this.#peaks.pop() ?? hash, hash);
      height += 1;
      if (height % 8 === 0) this.#keep(height / 8, hash);
    }
    this.#peaks.push(hash);
    this.#size += 1;
  }

  root(): Uint8Array {
    const peaks = [...this.#peaks];
    let root = peaks.pop() ?? sha256(new Uint8Array(0));
    for (const left of peaks.reverse()) root = nodeHash(left, root);
    return root;
  }

  /** Tiles that became whole since the last call. */
  takeWhole(): readonly Tile[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** The partial tile at the right edge of each level that has one. */
  partial(): readonly Tile[] {
    return this.#rows.flatMap(({ index, hashes }, level) =>
      hashes.length > 0 ? [{ level, index, hashes: [...hashes] }] : [],
    );
  }

  #keep(level: number, hash: Uint8Array): void {
    const row = (this.#rows[level] ??= { index: 0, hashes: [] });
    row.hashes.push(hash);
    if (row.hashes.length < tileWidth) return;
    this.#full.push({ level, index: row.index, hashes: row.hashes });
    this.#rows[level] = { index: row.index + 1, hashes: [] };
  }
}

/** Where C2SP tlog-tiles keeps it. @param level a number, or `entries` for the bundle */
export function tilePath(level: number | "entries", index: number, width: number): string {
  const groups: string[] = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? "" : "x"}${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width === tileWidth ? "" : `.p/${width}`}`;
}

/** The root that a proof leads to (RFC 9162 section 2.1.3.2), or null when the proof is not of the right length. */
export function provedRoot(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | null {
  let hash = leaf;
  let at = index;
  let last = size - 1;
  for (const sibling of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : null;
}
