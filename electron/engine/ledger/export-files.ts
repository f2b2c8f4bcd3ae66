import { closeSync, fsync, mkdirSync, openSync, renameSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { errnoOf, foldOsError, type OsAction } from "../platform/os-errors.ts";

/** What an export does to the file system. @throws StationError as it failed, from everything */
export interface ExportFiles {
  makeFolder(path: string): void;
  /** A new file that is written piece by piece. */
  create(path: string): OpenFile;
  /** A new file of these bytes, forced to the medium. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /** Forces a folder's entries to the medium, where the system can. */
  syncFolder(path: string): Promise<void>;
  /** Takes the place of an empty folder. */
  rename(from: string, to: string): void;
  removeTree(path: string): void;
}

export interface OpenFile {
  append(bytes: Uint8Array): void;
  /** Forces what was appended so far to the medium; by the descriptor that wrote it, which is told of every failure. */
  sync(): Promise<void>;
  close(): void;
}

export const nodeExportFiles: ExportFiles = {
  makeFolder: (path) => folding("write", path, () => mkdirSync(path, { recursive: true })),
  create: (path) => {
    const file = folding("write", path, () => openSync(path, "wx"));
    return {
      append: (bytes) =>
        folding("write", path, () => {
          for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        }),
      sync: () => foldingLater("sync", path, () => fsyncSoon(file)),
      close: () => folding("write", path, () => closeSync(file)),
    };
  },
  writeNew: (path, bytes) =>
    foldingLater("write", path, async () => {
      const file = await open(path, "wx");
      try {
        for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
        await foldingLater("sync", path, () => file.sync());
      } finally {
        await file.close();
      }
    }),
  syncFolder: async (path) => {
    // Windows opens no folders; there the rename is the file system's to keep.
    if (process.platform === "win32") return;
    await foldingLater("sync", path, async () => {
      const folder = await open(path, "r");
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    });
  },
  rename: (from, to) =>
    folding("rename", to, () => {
      removeEmpty(to);
      renameSync(from, to);
    }),
  removeTree: (path) => folding("remove", path, () => rmSync(path, { recursive: true, force: true })),
};

const fsyncSoon = promisify(fsync);

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function folding<T>(action: OsAction, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw foldOsError(error, action, path);
  }
}

async function foldingLater(action: OsAction, path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw foldOsError(error, action, path);
  }
}
