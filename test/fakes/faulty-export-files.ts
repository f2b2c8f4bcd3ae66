import { StationError } from "#shared/domain/errors.ts";
import type { ExportFiles } from "../../electron/engine/ledger/export-files.ts";
import { type Fault, Killed } from "./faulty-files.ts";

export interface FaultyExportFiles extends ExportFiles {
  /** What was done so far, in the order in which it was over: the operation's name and its path. */
  readonly operations: readonly string[];
}

/** Any ExportFiles, with at most one fault in it. Without a fault it only counts. */
export function faultyExportFiles(inner: ExportFiles, fault: Fault | null = null): FaultyExportFiles {
  const operations: string[] = [];
  let begun = 0;
  let dead = false;

  /** What is to be thrown, before the work or after it; null: the work is done as it should be. */
  const strike = (name: string): { readonly error: Error; readonly isDone: boolean } | null => {
    if (dead) return { error: new Killed(), isDone: false };
    begun += 1;
    if (fault === null || begun < fault.at || (begun > fault.at && fault.andAllAfter !== true)) return null;
    dead = fault.kind === "killed";
    const error = fault.error ?? new StationError("STICK_IO", `Injected fault at ${name}, operation ${begun}.`);
    return { error: dead ? new Killed() : error, isDone: fault.kind !== "lost" };
  };
  const now = <T>(name: string, path: string, work: () => T): T => {
    const struck = strike(name);
    if (struck !== null && !struck.isDone) throw struck.error;
    const result = work();
    if (struck !== null) throw struck.error;
    operations.push(`${name} ${path}`);
    return result;
  };
  const later = async (name: string, path: string, work: () => Promise<void>): Promise<void> => {
    const struck = strike(name);
    if (struck !== null && !struck.isDone) throw struck.error;
    await work();
    if (struck !== null) throw struck.error;
    operations.push(`${name} ${path}`);
  };

  return {
    operations,
    makeFolder: (path) => now("makeFolder", path, () => inner.makeFolder(path)),
    create: (path) => {
      const file = now("create", path, () => inner.create(path));
      let isOpen = true;
      return {
        append: (bytes) => now("append", path, () => file.append(bytes)),
        sync: () => later("sync", path, () => file.sync()),
        close: () => {
          // The system closes what is open, whatever was reported or has died.
          if (isOpen) file.close();
          isOpen = false;
          now("close", path, () => {});
        },
      };
    },
    writeNew: (path, bytes) => later("writeNew", path, () => inner.writeNew(path, bytes)),
    syncFolder: (path) => later("syncFolder", path, () => inner.syncFolder(path)),
    rename: (from, to) => now("rename", to, () => inner.rename(from, to)),
    removeTree: (path) => now("removeTree", path, () => inner.removeTree(path)),
  };
}
