import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { errnoOf, foldOsError } from "../platform/os-errors.ts";

/** A file being written piece by piece. */
export interface GrowingFile {
  append(bytes: Uint8Array): void;
  close(): void;
}

/**
 * A folder that is filled beside its place, forced to the medium, and put there by one rename. Every file in it is forced
 * by itself, and all of them at the end: while the folder is being filled that would cost a wait for each, at the end
 * most of them are on the medium already, written out with their neighbours.
 * @throws StationError as the file system failed, from every method
 */
export class ExportFolder {
  readonly #final: string;
  readonly #partial: string;
  readonly #folders = new Set<string>();
  readonly #files: string[] = [];
  readonly #open = new Set<number>();

  /** @throws StationError USAGE when something is there already */
  static begin(outDir: string): ExportFolder {
    const final = resolve(outDir);
    if (!isFree(final)) {
      throw new StationError("USAGE", "The folder for the export holds something already. Name a new or empty one.");
    }
    return new ExportFolder(final);
  }

  private constructor(final: string) {
    this.#final = final;
    this.#partial = join(dirname(final), `.${basename(final)}.partial`);
    folding("write", this.#partial, () => {
      rmSync(this.#partial, { recursive: true, force: true });
      mkdirSync(dirname(final), { recursive: true });
      mkdirSync(this.#partial);
    });
    this.#folders.add(this.#partial);
  }

  /** @param path relative, with `/` between folders, which are made as needed */
  write(path: string, bytes: Uint8Array): void {
    const file = this.open(path);
    file.append(bytes);
    file.close();
  }

  open(path: string): GrowingFile {
    const full = this.pathOf(path);
    return folding("write", full, () => {
      this.#makeFolders(dirname(full));
      const file = openSync(full, "wx");
      this.#open.add(file);
      this.#files.push(full);
      return {
        append: (bytes) => folding("write", full, () => writeAll(file, bytes)),
        close: () =>
          folding("write", full, () => {
            this.#open.delete(file);
            closeSync(file);
          }),
      };
    });
  }

  /** Where a file lies until {@link commit}, for programs that are to read it. */
  pathOf(path: string): string {
    return join(this.#partial, ...path.split("/"));
  }

  async commit(): Promise<void> {
    const waiting = this.#files.values();
    await Promise.all(Array.from({ length: syncsAtOnce }, () => syncFiles(waiting)));
    // Deepest first: a folder's own entry is its parent's to keep.
    for (const folder of [...this.#folders].sort((a, b) => b.length - a.length)) syncFolder(folder);
    folding("rename", this.#final, () => {
      removeEmpty(this.#final);
      renameSync(this.#partial, this.#final);
    });
    syncFolder(dirname(this.#final));
  }

  discard(): void {
    for (const file of this.#open) closeSync(file);
    rmSync(this.#partial, { recursive: true, force: true });
  }

  #makeFolders(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#makeFolders(dirname(folder));
    mkdirSync(folder);
    this.#folders.add(folder);
  }
}

// More than that many wait for each other in the file system.
const syncsAtOnce = 16;

/** Takes files from the ones that wait until there are none. */
async function syncFiles(waiting: Iterable<string>): Promise<void> {
  for (const path of waiting) {
    try {
      // Windows syncs only what is open for writing.
      const file = await open(path, "r+");
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw foldOsError(error, "sync", path);
    }
  }
}

function isFree(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    if (errnoOf(error) === "ENOTDIR") return false;
    throw foldOsError(error, "look at", path);
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

function syncFolder(path: string): void {
  // Windows opens no folders; there the rename is the file system's to keep.
  if (process.platform === "win32") return;
  folding("sync", path, () => {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  });
}

function folding<T>(action: "write" | "sync" | "rename", path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw foldOsError(error, action, path);
  }
}
