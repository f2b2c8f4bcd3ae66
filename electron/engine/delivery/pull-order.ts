import { dirname } from "node:path/posix";
import { StationError } from "#shared/domain/errors.ts";
import type { Files } from "../platform/files.ts";

/*
 * FAT keeps which clusters are taken apart from the entries that point to them, journals neither, and writes them in any
 * order. A pull must leave a taken cluster that nobody points to, which only costs room, and never a pointer to a free
 * one: whoever follows that has Linux refuse the whole volume. So entries that went are forced before the clusters that
 * they freed, and clusters that were taken before the entries that point to them. Elsewhere this syncs little or nothing.
 */

/**
 * Removes something of ours and forces that by its folder, of which FAT writes the entries first. Also when nothing is there:
 * whoever removed it may have been killed before that. @throws StationError STICK_*
 */
export async function removeForced(files: Files, path: string): Promise<void> {
  try {
    await files.removeTree(path);
  } catch (error) {
    throw error instanceof StationError && error.code === "STICK_IO" ? damaged(error) : error;
  }
  await files.syncDirectory(dirname(path));
}

/** Forces which clusters are taken. @param unchanged a folder with no new entries of its own, which would go first */
export async function syncClusters(files: Files, unchanged: string): Promise<void> {
  await files.syncDirectory(unchanged);
}

function damaged(cause: StationError): StationError {
  return new StationError(
    "STICK_IO",
    "What an earlier try left on the stick cannot be removed: the stick fails, or pulling it has damaged its file system. Have it repaired on a computer, or use another stick.",
    { cause, ...(cause.details === undefined ? {} : { details: cause.details }) },
  );
}
