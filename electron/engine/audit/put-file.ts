import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { foldOsError } from "../platform/os-errors.ts";

/** Where a file grows piece by piece. */
export interface Sink {
  append(bytes: Uint8Array): void;
}

/** @throws StationError USAGE: an answer never takes the place of another file */
export function mustBeNew(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined)
    throw new StationError("USAGE", "A file of that name is there already. Name another.");
}

/**
 * A file for people, filled beside its place and put there by one rename.
 * @throws StationError USAGE when it is there already, or as filling it or the file system failed; then nothing is left
 */
export async function putFile(path: string, fill: (sink: Sink) => Promise<void>): Promise<void> {
  const file = resolve(path);
  mustBeNew(file);
  const partial = join(dirname(file), `.${basename(file)}.partial`);
  let open: number | null = null;
  try {
    const descriptor = openSync(partial, "w");
    open = descriptor;
    await fill({
      append: (bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      },
    });
    fsyncSync(descriptor);
    closeSync(descriptor);
    open = null;
    renameSync(partial, file);
  } catch (error) {
    if (open !== null) closeSync(open);
    rmSync(partial, { force: true });
    throw error instanceof Error && "errno" in error ? foldOsError(error, "write", file) : error;
  }
}
