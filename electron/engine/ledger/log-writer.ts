import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StationError } from "#shared/domain/errors.ts";
import { signCheckpoint } from "#shared/formats/checkpoint.ts";
import type { NoteKey, Sign } from "#shared/formats/signed-note.ts";
import { rollBack, unwritable } from "./database.ts";
import { digestInto } from "./digest.ts";
import { maxEntryBytes } from "./entry-codec.ts";
import type { CompleteTile, GrowingTree } from "./growing-tree.ts";

// A call into SQLite costs as much as a row.
const rowsAtOnce = 16;

/** Who signs the ledger's heads. The key's name is the ledger's origin. */
export interface LedgerSigner {
  readonly key: NoteKey;
  readonly sign: Sign;
}

/**
 * Writes entries, tiles and the signed head in one transaction. Once a transaction has failed nobody knows what the
 * medium holds, so this writer never writes again: whoever wants to goes through opening, which looks.
 */
export class LogWriter {
  readonly #tree: GrowingTree;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertOne: StatementSync;
  readonly #insertMany: StatementSync;
  readonly #insertTile: StatementSync;
  readonly #moveHead: StatementSync;
  readonly #database: DatabaseSync;
  readonly #space = Buffer.allocUnsafeSlow(rowsAtOnce * (maxEntryBytes + 1));
  #head: string;
  #isDead = false;

  /** @param head the note of the current head; empty for a ledger in the making */
  constructor(database: DatabaseSync, tree: GrowingTree, head: string) {
    this.#database = database;
    this.#tree = tree;
    this.#head = head;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
    this.#insertOne = database.prepare(insertEntries(1));
    this.#insertMany = database.prepare(insertEntries(rowsAtOnce));
    this.#insertTile = database.prepare("INSERT INTO tiles (level, idx, hashes, middle, root) VALUES (?, ?, ?, ?, ?)");
    this.#moveHead = database.prepare("UPDATE head SET checkpoint = ? WHERE checkpoint = ?");
  }

  get head(): string {
    return this.#head;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /**
   * Durable on return. @param alongside further changes of the same transaction
   * @throws StationError LEDGER_UNWRITABLE
   */
  write(texts: readonly string[], signer: LedgerSigner, alongside: () => void): void {
    if (this.#isDead) throw refused();
    try {
      this.#begin.run();
    } catch (error) {
      // Nothing was begun: somebody else holds the file, and may be done the next time.
      throw unwritable(error);
    }
    try {
      this.#append(texts);
      alongside();
      const note = signCheckpoint(
        { origin: signer.key.name, size: this.#tree.size, rootHash: this.#tree.root() },
        signer.key,
        signer.sign,
      );
      if (Number(this.#moveHead.run(note, this.#head).changes) !== 1) throw moved();
      this.#commit.run();
      this.#head = note;
    } catch (error) {
      this.#isDead = true;
      rollBack(this.#database);
      throw unwritable(error);
    }
  }

  #append(texts: readonly string[]): void {
    for (let from = 0; from < texts.length; from += rowsAtOnce) {
      const rows: (number | Uint8Array)[] = [];
      let at = 0;
      for (const text of texts.slice(from, from + rowsAtOnce)) {
        // A leaf is the hash of the entry behind a zero byte (RFC 6962 section 2.1).
        this.#space[at] = 0;
        const end = at + 1 + this.#space.write(text, at + 1, "utf8");
        const leaf = Buffer.allocUnsafe(32);
        digestInto(leaf, 0, this.#space.subarray(at, end));
        rows.push(this.#tree.size, this.#space.subarray(at + 1, end), leaf);
        this.#tree.append(leaf, this.#keepTile);
        at = end;
      }
      if (rows.length === rowsAtOnce * 3) this.#insertMany.run(...rows);
      else for (let i = 0; i < rows.length; i += 3) this.#insertOne.run(...rows.slice(i, i + 3));
    }
  }

  readonly #keepTile = ({ level, index, hashes, middle, root }: CompleteTile): void => {
    this.#insertTile.run(level, index, hashes, middle, root);
  };
}

/** Why nothing more is written, or proved, after a failed commit. */
export function refused(): StationError {
  return new StationError(
    "LEDGER_UNWRITABLE",
    "An earlier write to the ledger failed, so nothing is appended to it any more. Start the station again: it looks what was kept.",
  );
}

function moved(): StationError {
  return new StationError(
    "LEDGER_UNWRITABLE",
    "The ledger was changed by somebody else while this station had it open. Start the station again.",
  );
}

function insertEntries(rows: number): string {
  return `INSERT INTO entries (idx, bytes, leaf) VALUES ${Array.from({ length: rows }, () => "(?, ?, ?)").join(", ")}`;
}
