import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import type { Clock } from "../platform/clock.ts";
import { inTransaction, makeDurable, unwritable } from "./database.ts";
import { encodeEntry } from "./entry-codec.ts";
import { GrowingTree } from "./growing-tree.ts";
import { type LedgerSigner, LogWriter } from "./log-writer.ts";
import { migrate } from "./migrations/migrate.ts";

/**
 * A new ledger with its first entry, made beside its place and renamed there: a file of that name is a whole ledger, so
 * an empty or torn one is damage and never taken for new.
 * @throws StationError LEDGER_UNWRITABLE
 */
export function createLedgerFile(path: string, signer: LedgerSigner, clock: Clock, first: BodyOf<"ledger.created">) {
  const making = `${path}.new`;
  const text = encodeEntry(first, clock.now().toISOString());
  try {
    for (const leftover of [making, `${making}-wal`, `${making}-shm`]) rmSync(leftover, { force: true });
    // SQLite gives its side files the mode of the main one.
    closeSync(openSync(making, "wx", 0o600));
    const database = new DatabaseSync(making);
    try {
      makeDurable(database);
      inTransaction(database, () => {
        migrate(database);
        database.exec("INSERT INTO head (id, checkpoint) VALUES (1, '')");
      });
      new LogWriter(database, new GrowingTree(), "").write([text], signer, () => {});
    } finally {
      database.close();
    }
    syncPath(making);
    renameSync(making, path);
    // Windows opens no folders; there the rename is the file system's to keep.
    if (process.platform !== "win32") syncPath(dirname(path));
  } catch (error) {
    throw unwritable(error);
  }
}

function syncPath(path: string): void {
  // Windows syncs only what is open for writing.
  const file = openSync(path, process.platform === "win32" ? "r+" : "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
