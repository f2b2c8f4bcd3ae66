import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StationError } from "#shared/domain/errors.ts";
import { tileWidth } from "./growing-tree.ts";
import type { PerDeviceType } from "./lookups.ts";

interface StoredEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Reads stored entries in portions, so that no statement stays open between two of them. */
export class EntryReader {
  readonly #database: DatabaseSync;
  readonly #one: StatementSync;
  readonly #portion: StatementSync;
  readonly #lines: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#one = database.prepare("SELECT bytes FROM entries WHERE idx = ?");
    this.#portion = database.prepare("SELECT idx, bytes FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx");
    this.#lines = database.prepare(
      "SELECT CAST(char(10) || group_concat(bytes, char(10)) || char(10) AS BLOB) AS lines FROM (SELECT bytes FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx)",
    );
  }

  bytes(index: number): Uint8Array {
    const bytes = this.#one.get(index)?.["bytes"];
    if (bytes instanceof Uint8Array) return bytes;
    throw new StationError("LEDGER_BROKEN", `Entry ${index} of the ledger is missing.`, {
      details: { index, what: "entry" },
    });
  }

  *range(from: number, to: number): IterableIterator<StoredEntry> {
    for (let at = from; at < to; at += tileWidth) {
      for (const { idx, bytes } of this.#portion.all(at, Math.min(to, at + tileWidth))) {
        yield { index: Number(idx), bytes: bytes as Uint8Array };
      }
    }
  }

  /**
   * The stored bytes with a newline in front of each and one behind the last, put together by the database: a row of its
   * own costs more than the entry in it. The buffer is the caller's.
   */
  lines(from: number, to: number): Buffer {
    const lines = this.#lines.get(from, to)?.["lines"];
    return lines instanceof Uint8Array ? Buffer.from(lines.buffer, lines.byteOffset, lines.length) : Buffer.of(newline);
  }

  /** Entries of one type; the others are passed over by their last bytes, which is how a long ledger is asked quickly. */
  *ofType(type: PerDeviceType, from: number, to: number): IterableIterator<StoredEntry> {
    const select = this.#database.prepare(`SELECT idx, bytes FROM entries WHERE ${isOfType}`);
    for (const { idx, bytes } of portions(select, type, from, to)) {
      yield { index: Number(idx), bytes: bytes as Uint8Array };
    }
  }

  /** Some members of those, taken out by the database. @param names members' names, as the schema has them */
  *membersOf(type: PerDeviceType, names: readonly string[], from: number, to: number): IterableIterator<StoredMembers> {
    const members = names.map((name) => `, CAST(bytes AS TEXT) ->> '$.${plainName(name)}' AS ${plainName(name)}`);
    const select = this.#database.prepare(`SELECT idx AS "index"${members.join("")} FROM entries WHERE ${isOfType}`);
    for (const row of portions(select, type, from, to)) yield row as StoredMembers;
  }
}

export interface StoredMembers {
  readonly index: number;
  readonly [name: string]: string | number | null;
}

const newline = 0x0a;
const isOfType = "idx >= ? AND idx < ? AND substr(bytes, ?) = ? ORDER BY idx";
const entriesAPortion = 4096;

/**
 * In RFC 8785 order `type` and `v` are the last members of every entry of such a type, and no string can imitate them:
 * within one, quotes are escaped.
 */
function* portions(select: StatementSync, type: PerDeviceType, from: number, to: number) {
  const tail = Buffer.from(`,"type":"${type}","v":1}`);
  for (let at = from; at < to; at += entriesAPortion) {
    yield* select.all(at, Math.min(to, at + entriesAPortion), -tail.length, tail);
  }
}

function plainName(name: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(name)) return name;
  throw new StationError("INTERNAL", "The ledger was asked for a member that no entry has.");
}
