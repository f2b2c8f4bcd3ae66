import { readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { errnoOf, foldOsError } from "../platform/os-errors.ts";
import { type ExportFiles, nodeExportFiles, type OpenFile } from "./export-files.ts";
import { WorkBeside } from "./work-beside.ts";

/** A file being written piece by piece. */
export interface GrowingFile {
  append(bytes: Uint8Array): void;
  close(): void;
}

/**
 * A folder that is filled beside its place, forced to the medium, and put there by one rename. Every file in it is forced
 * by itself, beside the filling and some at a time: what waits for the medium then costs whoever fills it nothing.
 * @throws StationError as the file system failed, from every method; a failure beside it is thrown by a later one
 */
export class ExportFolder {
  readonly #files: ExportFiles;
  readonly #final: string;
  readonly #partial: string;
  readonly #folders = new Set<string>();
  readonly #open = new Set<OpenFile>();
  readonly #beside = new WorkBeside();

  /** @throws StationError USAGE when something is there already */
  static begin(outDir: string, files: ExportFiles = nodeExportFiles): ExportFolder {
    const final = resolve(outDir);
    if (!isFree(final)) {
      throw new StationError("USAGE", "The folder for the export holds something already. Name a new or empty one.");
    }
    return new ExportFolder(final, files);
  }

  private constructor(final: string, files: ExportFiles) {
    this.#files = files;
    this.#final = final;
    this.#partial = join(dirname(final), `.${basename(final)}.partial`);
    files.removeTree(this.#partial);
    files.makeFolder(this.#partial);
    this.#folders.add(this.#partial);
  }

  /**
   * Resolves when more may be written, which is before this is; the bytes are then the folder's.
   * @param path relative, with `/` between folders, which are made as needed
   */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const full = this.#place(path);
    await this.#beside.begin(() => this.#files.writeNew(full, bytes));
  }

  open(path: string): GrowingFile {
    const file = this.#files.create(this.#place(path));
    this.#open.add(file);
    let unforced = 0;
    let isForcing = false;
    let forced = Promise.resolve();
    const force = async () => {
      isForcing = true;
      await file.sync();
      isForcing = false;
    };
    return {
      append: (bytes) => {
        file.append(bytes);
        unforced += bytes.length;
        if (unforced < bytesAtOnce || isForcing) return;
        unforced = 0;
        this.#beside.start(() => (forced = force()));
      },
      close: () =>
        this.#beside.start(async () => {
          // The system may give a closed file's number to the next one.
          await forced;
          await file.sync();
          this.#open.delete(file);
          file.close();
        }),
    };
  }

  /** Where a file lies until {@link commit}, for programs that are to read it. */
  pathOf(path: string): string {
    return join(this.#partial, ...path.split("/"));
  }

  async commit(): Promise<void> {
    await this.#beside.over();
    // Deepest first: a folder's own entry is its parent's to keep.
    const folders = [...this.#folders].sort((a, b) => b.length - a.length);
    for (const folder of folders) await this.#files.syncFolder(folder);
    this.#files.rename(this.#partial, this.#final);
    await this.#files.syncFolder(dirname(this.#final));
  }

  async discard(): Promise<void> {
    await this.#beside.over().catch(() => {});
    for (const file of this.#open) closeQuietly(file);
    this.#files.removeTree(this.#partial);
  }

  #place(path: string): string {
    const full = this.pathOf(path);
    this.#makeFolders(dirname(full));
    return full;
  }

  #makeFolders(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#makeFolders(dirname(folder));
    this.#files.makeFolder(folder);
    this.#folders.add(folder);
  }
}

/** What made the export fail is told, not what came after it. */
function closeQuietly(file: OpenFile): void {
  try {
    file.close();
  } catch {}
}

// A growing file is forced whenever it has grown by that much, so that little is left to do in the end.
const bytesAtOnce = 8 * 1024 * 1024;

function isFree(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    if (errnoOf(error) === "ENOTDIR") return false;
    throw foldOsError(error, "look at", path);
  }
}
