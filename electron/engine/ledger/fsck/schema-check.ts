import { DatabaseSync } from "node:sqlite";
import type { Report } from "../fsck.ts";
import { migrate, newestVersion, schemaVersion } from "../migrations/migrate.ts";

/**
 * The tables must be exactly those of their version: a planted trigger, view or column is a problem.
 * @returns the version, or null when nothing is known of such a file
 */
export function checkSchema(database: DatabaseSync, report: Report): number | null {
  const version = schemaVersion(database);
  if (version < 1 || version > newestVersion) {
    const why = version > newestVersion ? "was written by a newer station" : "is not a ledger";
    report("schema", null, `The file ${why} (version ${version}).`);
    return null;
  }
  const model = new DatabaseSync(":memory:");
  try {
    migrate(model, version);
    if (schemaOf(model) !== schemaOf(database)) {
      report("schema", null, "The ledger's tables are not those that the station made.");
    }
    return version;
  } finally {
    model.close();
  }
}

function schemaOf(database: DatabaseSync): string {
  const encoding = database.prepare("PRAGMA encoding").get()?.["encoding"];
  const objects = database.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").all();
  return JSON.stringify([encoding, objects]);
}
