import { hash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Report } from "../fsck.ts";
import { type Bundle, width } from "./bundle.ts";
import type { SignedHead } from "./head.ts";

interface Level {
  count: number;
  readonly hashes: Buffer;
  /** Complete tiles seen. */
  tiles: number;
}

interface TileHashes {
  readonly hashes: Buffer;
  /** Over 16 of them each. */
  readonly middle: Buffer;
  readonly root: Buffer;
}

/** Builds the RFC 6962 tree again from the entries and compares leaves, tiles and root with what is stored. */
export class TreeCheck {
  readonly #report: Report;
  readonly #readTile: StatementSync;
  readonly #countTiles: StatementSync;
  readonly #levels: Level[] = [];

  /** @param start entries before it are stood for by their tiles as stored; a multiple of 65,536 */
  constructor(database: DatabaseSync, report: Report, start = 0) {
    this.#report = report;
    this.#readTile = database.prepare("SELECT hashes, middle, root FROM tiles WHERE level = ? AND idx = ?");
    this.#countTiles = database.prepare("SELECT count(*) AS n FROM tiles");
    this.#standIn(database, start);
  }

  /** Levels as they would be after the first `start` entries. */
  #standIn(database: DatabaseSync, start: number): void {
    const roots = database.prepare("SELECT root FROM tiles WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx");
    for (let at = 0, hashes = start; hashes > 0; at++, hashes = Math.floor(hashes / width)) {
      const level = this.#level(at);
      level.tiles = Math.floor(hashes / width);
      level.count = hashes % width;
      if (level.count === 0) continue;
      const stored = roots.all(at - 1, hashes - level.count, hashes);
      for (const [i, { root }] of stored.entries()) {
        if (root instanceof Uint8Array && root.length === 32) level.hashes.set(root, i * 32);
      }
    }
  }

  bundle({ from, count, bytes, starts, leaves }: Bundle): void {
    const level = this.#level(0);
    for (let i = 0; i < count; i++) {
      sha256To(level.hashes, i * 32, bytes.subarray(starts[i], starts[i + 1]));
    }
    level.count = count;
    if (level.hashes.compare(leaves, 0, count * 32, 0, count * 32) !== 0) {
      for (let i = 0; i < count; i++) {
        if (!sameHash(level.hashes, leaves, i)) {
          const index = from + i;
          this.#report("leaf", index, `Entry ${index} is not the one that its leaf hash was taken of.`);
        }
      }
    }
    if (count === width) this.#closeTile(0);
  }

  finish(head: SignedHead): void {
    const expected = this.#levels.reduce((sum, { tiles }) => sum + tiles, 0);
    if (Number(this.#countTiles.get()?.["n"]) > expected) {
      this.#report("tile", null, "There are tiles that belong to no part of the signed tree.");
    }
    if (!head.root.equals(this.#root())) {
      this.#report("head", null, `The first ${head.size} entries do not add up to the signed root.`);
    }
  }

  #closeTile(at: number): void {
    const level = this.#level(at);
    const index = level.tiles;
    const stored = this.#readTile.get(at, index);
    const inner = Buffer.from(level.hashes);
    for (let n = width; n > 16; n /= 2) halve(inner, n);
    const middle = Buffer.from(inner.subarray(0, 16 * 32));
    for (let n = 16; n > 1; n /= 2) halve(inner, n);
    const root = inner.subarray(0, 32);
    this.#compareTile(at, index, stored, { hashes: level.hashes, middle, root });
    level.tiles += 1;
    level.count = 0;
    const above = this.#level(at + 1);
    root.copy(above.hashes, above.count * 32);
    above.count += 1;
    if (above.count === width) this.#closeTile(at + 1);
  }

  #compareTile(level: number, index: number, stored: Record<string, unknown> | undefined, right: TileHashes): void {
    const first = index * width ** (level + 1);
    const name = `Tile ${index} of level ${level} (entries from ${first} on)`;
    if (stored === undefined) {
      this.#report("tile", first, `${name} is missing.`);
      return;
    }
    const found = stored["hashes"];
    if (!(found instanceof Uint8Array) || found.length !== width * 32) {
      this.#report("tile", first, `${name} does not hold 256 hashes.`);
    } else if (right.hashes.compare(found) !== 0) {
      let same = 0;
      while (sameHash(right.hashes, found, same)) same += 1;
      const where = first + same * width ** level;
      this.#report("tile", where, `${name} does not hold the hashes of its entries, first at entry ${where}.`);
    } else if (!isBytes(right.middle, stored["middle"]) || !isBytes(right.root, stored["root"])) {
      this.#report("tile", first, `${name} does not hold what its hashes add up to.`);
    }
  }

  /** Right to left: within each level whole subtrees from the smallest up, each in front of all that came before. */
  #root(): Buffer {
    const pair = Buffer.alloc(64);
    let started = false;
    for (const { hashes, count } of this.#levels) {
      for (let end = count, n = 1; end > 0; n *= 2) {
        if ((end & n) === 0) continue;
        const peak = Buffer.from(hashes.subarray((end - n) * 32, end * 32));
        for (let left = n; left > 1; left /= 2) halve(peak, left);
        if (started) {
          pair.copy(pair, 32, 0, 32);
          peak.copy(pair, 0, 0, 32);
          halve(pair, 2);
        } else {
          peak.copy(pair, 0, 0, 32);
        }
        started = true;
        end -= n;
      }
    }
    if (!started) sha256To(pair, 0, Buffer.alloc(0));
    return pair.subarray(0, 32);
  }

  #level(at: number): Level {
    return (this.#levels[at] ??= { count: 0, hashes: Buffer.alloc(width * 32), tiles: 0 });
  }
}

const parent = Buffer.alloc(65, 1);

/** Replaces the first `count` hashes by the `count` / 2 hashes over their pairs. */
function halve(hashes: Buffer, count: number): void {
  for (let i = 0; i < count / 2; i++) {
    hashes.copy(parent, 1, i * 64, i * 64 + 64);
    sha256To(hashes, i * 32, parent);
  }
}

/** As text, because a digest in a Buffer of its own costs four times as much. */
function sha256To(target: Buffer, at: number, bytes: Uint8Array): void {
  target.write(hash("sha256", bytes, "binary"), at, "latin1");
}

function isBytes(right: Buffer, found: unknown): boolean {
  return found instanceof Uint8Array && right.equals(found);
}

function sameHash(a: Buffer, b: Uint8Array, i: number): boolean {
  return a.compare(b, i * 32, i * 32 + 32, i * 32, i * 32 + 32) === 0;
}
