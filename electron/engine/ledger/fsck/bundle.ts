import type { DatabaseSync } from "node:sqlite";
import type { Report } from "../fsck.ts";

/** Entries in a whole bundle and hashes in a whole tile. */
export const width = 256;
const maxEntryBytes = 65_535;

/** Up to 256 consecutive entries. */
export interface Bundle {
  /** Index of the first, a multiple of 256. */
  readonly from: number;
  readonly count: number;
  /** Each entry behind a zero byte, which no entry holds: exactly what its leaf hash is taken of. */
  readonly bytes: Buffer;
  /** Where each entry's zero byte stands; one more for the end. */
  readonly starts: readonly number[];
  /** The stored leaf hashes, 32 bytes each. */
  readonly leaves: Buffer;
}

/** Reads all entries a bundle at a time: SQLite joins the rows, which costs a third of handing them over one by one. */
export class BundleReader {
  readonly #database: DatabaseSync;
  readonly #total: number;
  readonly #report: Report;

  /** @param total entries under the signed head */
  constructor(database: DatabaseSync, total: number, report: Report) {
    this.#database = database;
    this.#total = total;
    this.#report = report;
  }

  /** @param start a multiple of 256 */
  *bundles(start = 0): IterableIterator<Bundle> {
    const { below, beyond } =
      this.#database.prepare("SELECT min(idx) < 0 AS below, max(idx) >= ? AS beyond FROM entries").get(this.#total) ??
      {};
    if (below === 1) this.#report("entry", null, "There are entries with an index below 0.");
    if (beyond === 1) {
      this.#report("unsigned", this.#total, `The signed head does not cover the entries from ${this.#total} on.`);
    }
    const joined = this.#database.prepare(joinedSql);
    for (let from = start; from < this.#total; from += width) {
      const count = Math.min(width, this.#total - from);
      yield joinedBundle(joined.get(from, from + count, maxEntryBytes), from, count) ?? this.#oneByOne(from, count);
    }
  }

  /** For a bundle that is not as it should be: says what is wrong with which entry, and stands in for what is missing. */
  #oneByOne(from: number, count: number): Bundle {
    const parts: Buffer[] = [];
    const leaves = Buffer.alloc(count * 32);
    const read = this.#database.prepare(
      "SELECT typeof(bytes) = 'blob' AND length(bytes) <= ? AS sound, bytes, leaf FROM entries WHERE idx = ?",
    );
    for (let index = from; index < from + count; index++) {
      const row = read.get(maxEntryBytes, index);
      let bytes = Buffer.alloc(0);
      if (row === undefined) this.#report("missing", index, `Entry ${index} is missing.`);
      else if (row["sound"] !== 1) this.#report("entry", index, `Entry ${index} is larger than an entry can be.`);
      else bytes = Buffer.from(row["bytes"] as Uint8Array);
      if (bytes.includes(0)) {
        this.#report("entry", index, `Entry ${index} holds a zero byte.`);
        bytes = Buffer.alloc(0);
      }
      const leaf = row?.["leaf"];
      if (leaf instanceof Uint8Array && leaf.length === 32) leaves.set(leaf, (index - from) * 32);
      else if (row !== undefined) this.#report("leaf", index, `The leaf hash of entry ${index} is not 32 bytes.`);
      parts.push(Buffer.of(0), bytes);
    }
    const bytes = Buffer.concat(parts);
    return { from, count, bytes, starts: startsIn(bytes), leaves };
  }
}

const joinedSql = `
  SELECT count(*) AS n,
    CAST(char(0) || group_concat(CAST(bytes AS TEXT), char(0)) AS BLOB) AS bytes,
    CAST(group_concat(CAST(leaf AS TEXT), '') AS BLOB) AS leaves
  FROM (SELECT bytes, leaf FROM entries WHERE idx >= ?1 AND idx < ?2 AND length(bytes) <= ?3 ORDER BY idx)`;

function joinedBundle(row: Record<string, unknown> | undefined, from: number, count: number): Bundle | null {
  if (row === undefined || row["n"] !== count) return null;
  const bytes = asBuffer(row["bytes"]);
  const leaves = asBuffer(row["leaves"]);
  const starts = startsIn(bytes);
  return starts.length === count + 1 && leaves.length === count * 32 ? { from, count, bytes, starts, leaves } : null;
}

function startsIn(bytes: Buffer): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at >= 0; at = bytes.indexOf(0, at + 1)) starts.push(at);
  starts.push(bytes.length);
  return starts;
}

function asBuffer(value: unknown): Buffer {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : Buffer.alloc(0);
}
