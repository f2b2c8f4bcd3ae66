import type { DatabaseSync } from "node:sqlite";
import { sql as log } from "./0001-log.ts";
import { sql as lookups } from "./0002-lookups.ts";
import { sql as outbox } from "./0003-outbox.ts";
import { sql as provisionings } from "./0004-provisionings.ts";
import { sql as expiries } from "./0005-expiries.ts";

const migrations = [log, lookups, outbox, provisionings, expiries] as const;

/** The schema version this code writes, kept in SQLite's `user_version`. */
export const newestVersion = migrations.length;

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Brings a database from its version up to `target`. The caller holds the transaction; no migration touches entries. */
export function migrate(database: DatabaseSync, target: number = newestVersion): void {
  const current = schemaVersion(database);
  for (const sql of migrations.slice(current, target)) database.exec(sql);
  if (target > current) database.exec(`PRAGMA user_version = ${target}`);
}
