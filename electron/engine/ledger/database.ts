import { DatabaseSync } from "node:sqlite";
import { StationError } from "#shared/domain/errors.ts";
import { openToRead } from "../platform/open-to-read.ts";

/** Opens SQLite; replaced in tests by one whose commits fail. */
export type OpenSqlite = (path: string, readOnly: boolean) => DatabaseSync;

export const openSqlite: OpenSqlite = (path, readOnly) => {
  const database = readOnly ? openToRead(path) : new DatabaseSync(path);
  // Nothing that a planted schema names is run; damaged pages are errors, not guesses.
  database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA busy_timeout = 2000");
  return database;
};

/** Write-ahead log with an fsync a commit: what COMMIT returned for survives a loss of power. */
export function makeDurable(database: DatabaseSync): void {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  // Apple's fsync does not reach the medium; these are ignored elsewhere.
  database.exec("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON");
}

/** Everything in one transaction; nothing of it when it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Best effort: after a failed commit the transaction may be over already. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // Nothing was open.
  }
}

/** A fault of SQLite's as one of ours; its own text stays in the cause, since it may quote data. */
export function unwritable(cause: unknown): StationError {
  if (cause instanceof StationError) return cause;
  return new StationError(
    "LEDGER_UNWRITABLE",
    "The ledger could not be written, so nothing more is done. Check the disk's room and health, then start again.",
    { cause, details: { sqlite: sqliteCode(cause) } },
  );
}

function sqliteCode(cause: unknown): number | null {
  const code = (cause as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code : null;
}
