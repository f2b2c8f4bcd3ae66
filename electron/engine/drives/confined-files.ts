import { StationError } from "#shared/domain/errors.ts";
import { displayText } from "../platform/display-text.ts";
import type { Files } from "../platform/files.ts";
import { type StickMark, stickStillThere } from "../platform/os-errors.ts";

/**
 * A stick's files as the station may touch them: it reads below the root and changes things below
 * `<root>/PROVISIONING` alone. Right before each change the root is asked for again: another stick at the same place
 * gets nothing. @throws StationError STICK_UNSAFE for any other path, STICK_GONE when it is not that stick any more
 */
export function confinedFiles(files: Files, root: string, mark: StickMark): Files {
  const look = <T>(path: string, work: () => Promise<T>): Promise<T> => {
    if (!isPlainlyWithin(path, root) && path !== mark.blockDevice) return Promise.reject(outside(path));
    return work();
  };
  const ours = `${withoutEnd(root)}/PROVISIONING`;
  const change = async <T>(paths: readonly string[], work: () => Promise<T>): Promise<T> => {
    for (const path of paths) if (!isPlainlyWithin(path, ours)) throw outside(path);
    if (await stickStillThere(files, root, mark)) {
      // A link in its place would lead to another disk.
      const there = await files.stat(ours);
      if (there !== null && there.kind !== "directory") throw outside(ours);
      return await work();
    }
    throw new StationError("STICK_GONE", "The stick is not the one that work began on. Plug that one in and resume.");
  };
  // PROVISIONING itself is made, and never moved or removed.
  const changeBelow = <T>(paths: readonly string[], work: () => Promise<T>): Promise<T> => {
    const itself = paths.find((path) => withoutEnd(slashed(path)) === slashed(ours));
    return itself === undefined ? change(paths, work) : Promise.reject(outside(itself));
  };
  return {
    stat: (path) => look(path, () => files.stat(path)),
    list: (path, limit) => look(path, () => files.list(path, limit)),
    read: (path, maxBytes) => look(path, () => files.read(path, maxBytes)),
    readBack: (path, maxBytes) => look(path, () => files.readBack(path, maxBytes)),
    space: (path) => look(path, () => files.space(path)),
    makeDirectory: (path) => change([path], () => files.makeDirectory(path)),
    writeNew: (path, bytes) => change([path], () => files.writeNew(path, bytes)),
    // Forces what is there already and changes nothing; the root's own entries are PROVISIONING's coming.
    syncVolume: (path) => look(path, () => files.syncVolume(path)),
    sync: (path) => look(path, () => files.sync(path)),
    syncDirectory: (path) => look(path, () => files.syncDirectory(path)),
    rename: (from, to) => changeBelow([from, to], () => files.rename(from, to)),
    remove: (path) => changeBelow([path], () => files.remove(path)),
    removeTree: (path) => changeBelow([path], () => files.removeTree(path)),
  };
}

/** By text alone: whatever could mean another place than it says is outside. */
function isPlainlyWithin(path: string, folder: string): boolean {
  const plain = slashed(path);
  const above = withoutEnd(slashed(folder));
  if (plain.includes("\u0000") || plain.split("/").some((part) => part === "." || part === "..")) return false;
  return withoutEnd(plain) === above || plain.startsWith(`${above}/`);
}

function slashed(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}

function withoutEnd(path: string): string {
  return path.replace(/[/\\]+$/, "");
}

function outside(path: string): StationError {
  return new StationError(
    "STICK_UNSAFE",
    `${displayText(path)} is not a place that the station may touch. Nothing was done.`,
  );
}
