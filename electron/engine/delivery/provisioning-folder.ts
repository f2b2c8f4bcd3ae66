import { StationError } from "#shared/domain/errors.ts";
import type { Files, FileStat } from "../platform/files.ts";
import { stickStillThere, type StickMark } from "../platform/os-errors.ts";
import { provisioningName, provisioningPath } from "./layout.ts";

/**
 * Makes PROVISIONING durable where it is missing, and gives back what it is.
 * @throws StationError STICK_UNSAFE when a link or a file stands there, STICK_GONE, STICK_READ_ONLY, STICK_IO
 */
export async function openProvisioning(files: Files, root: string): Promise<FileStat> {
  const path = provisioningPath(root);
  requireFolder(await files.stat(root), "The stick's root");
  if ((await files.stat(path)) === null) {
    await files.makeDirectory(path);
    // As pull-order.ts says; there is no folder yet that did not change.
    await files.syncVolume(root);
  }
  const found = requireFolder(await files.stat(path), provisioningName);
  // Also when it was there already: whoever made it may have been killed before this.
  await files.syncDirectory(root);
  return found;
}

/** Null when the stick has none. @throws StationError STICK_UNSAFE, STICK_GONE */
export async function findProvisioning(files: Files, root: string): Promise<FileStat | null> {
  requireFolder(await files.stat(root), "The stick's root");
  const found = await files.stat(provisioningPath(root));
  return found === null ? null : requireFolder(found, provisioningName);
}

/**
 * Runs `work`; when it fails with a fault of the stick and the root is not what it was, the truth is that the stick
 * was pulled, whatever the system called it.
 */
export async function orGone<T>(
  files: Files,
  root: string,
  mark: StickMark | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const atStart = mark ?? requireFolder(await files.stat(root), "The stick's root");
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StationError) || !error.code.startsWith("STICK_") || error.code === "STICK_GONE")
      throw error;
    if (await stickStillThere(files, root, atStart)) throw error;
    throw new StationError("STICK_GONE", "The stick was pulled. Plug it in again and resume.", { cause: error });
  }
}

function requireFolder(found: FileStat | null, what: string): FileStat {
  if (found === null) throw new StationError("STICK_GONE", `${what} is not there. Plug the stick in and try again.`);
  if (found.kind === "directory") return found;
  throw new StationError("STICK_UNSAFE", `${what} is a link or a file, not a folder. Remove it and try again.`);
}
