import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StationError } from "#shared/domain/errors.ts";
import { tileWidth } from "./growing-tree.ts";

export interface StoredEntry {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Reads stored entries in portions, so that no statement stays open between two of them. */
export class EntryReader {
  readonly #one: StatementSync;
  readonly #portion: StatementSync;

  constructor(database: DatabaseSync) {
    this.#one = database.prepare("SELECT bytes FROM entries WHERE idx = ?");
    this.#portion = database.prepare("SELECT idx, bytes FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx");
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
}
