import { StationError } from "#shared/domain/errors.ts";
import type { Files } from "../../electron/engine/platform/files.ts";

/**
 * - `lost`: the operation fails and has done nothing.
 * - `kept`: the operation reports a failure and has done its work all the same.
 * - `killed`: the operation has done its work and the process dies: it and every later one throw {@link Killed}.
 */
export type FaultKind = "lost" | "kept" | "killed";

export interface Fault {
  /** Which operation, counted from 1. */
  readonly at: number;
  readonly kind: FaultKind;
  /** What `lost` and `kept` report; STICK_IO unless told. */
  readonly error?: StationError;
  /** From then on every operation fails as well, as after a pull. */
  readonly andAllAfter?: boolean;
}

/** Stands for SIGKILL: nobody may catch it and go on. */
export class Killed extends Error {
  override readonly name = "Killed";
}

export interface FaultyFiles extends Files {
  /** What was called so far, in order: the operation's name and its first path. */
  readonly operations: readonly string[];
}

/** Any Files, with at most one fault in it. Without a fault it only counts. */
export function faultyFiles(inner: Files, fault: Fault | null = null): FaultyFiles {
  const operations: string[] = [];
  let dead = false;

  const run = async <T>(name: keyof Files, path: string, work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Killed();
    operations.push(`${name} ${path}`);
    const nth = operations.length;
    if (fault === null || nth < fault.at || (nth > fault.at && fault.andAllAfter !== true)) return await work();
    const error = fault.error ?? new StationError("STICK_IO", `Injected fault at ${name}, operation ${nth}.`);
    if (fault.kind === "lost") throw error;
    // Dead at once, so that nothing that runs beside this operation gets any further.
    if (fault.kind === "killed") dead = true;
    await work().catch(() => {});
    throw fault.kind === "killed" ? new Killed() : error;
  };

  return {
    operations,
    stat: (path) => run("stat", path, () => inner.stat(path)),
    list: (directory, limit) => run("list", directory, () => inner.list(directory, limit)),
    read: (path, maxBytes) => run("read", path, () => inner.read(path, maxBytes)),
    readBack: (path, maxBytes) => run("readBack", path, () => inner.readBack(path, maxBytes)),
    makeDirectory: (path) => run("makeDirectory", path, () => inner.makeDirectory(path)),
    writeNew: (path, bytes) => run("writeNew", path, () => inner.writeNew(path, bytes)),
    syncVolume: (path) => run("syncVolume", path, () => inner.syncVolume(path)),
    sync: (path) => run("sync", path, () => inner.sync(path)),
    syncDirectory: (path) => run("syncDirectory", path, () => inner.syncDirectory(path)),
    rename: (from, to) => run("rename", from, () => inner.rename(from, to)),
    remove: (path) => run("remove", path, () => inner.remove(path)),
    removeTree: (path) => run("removeTree", path, () => inner.removeTree(path)),
    space: (path) => run("space", path, () => inner.space(path)),
  };
}
