import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/**
 * A SQLite file for reading, also on a medium that cannot be written: for a database with a write-ahead log SQLite
 * would make files beside it. Where it can't, and nobody has the database open, it is read as it lies there.
 */
export function openToRead(path: string): DatabaseSync {
  if (hasLog(path) || canWriteIn(dirname(path))) return new DatabaseSync(path, { readOnly: true });
  const address = pathToFileURL(path);
  address.searchParams.set("immutable", "1");
  return new DatabaseSync(address, { readOnly: true });
}

/** What is in a log must not be passed over; one that somebody else keeps open exists, if only empty. */
function hasLog(path: string): boolean {
  return statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined;
}

function canWriteIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
