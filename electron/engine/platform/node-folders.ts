import type { Dirent, Stats } from "node:fs";
import { constants } from "node:fs";
import { lstat, open, opendir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { displayText } from "./display-text.ts";
import type { DirectoryEntry, FileStat } from "./files.ts";
import { errnoOf } from "./os-errors.ts";

export function kindOf(found: Stats | Dirent<Buffer>): FileStat["kind"] {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "directory";
  return found.isSymbolicLink() ? "link" : "other";
}

/** Reads no more of the folder than is asked for, however much is in it. Throws what the system reports. */
export function listDirectory(directory: string, limit: number): Promise<readonly DirectoryEntry[]> {
  return withUnlinkedFolder(directory, async (openable) => {
    const entries: DirectoryEntry[] = [];
    for await (const entry of entriesOf(openable)) {
      const name = nameOf(entry.name);
      entries.push({ name, displayName: displayText(entry.name.toString("utf8")), kind: kindOf(entry) });
      if (entries.length > limit) break;
    }
    return entries;
  });
}

/** Links inside are removed, not followed. Names are kept as bytes, since one that is not UTF-8 must go as well. */
export async function removeTree(path: string): Promise<void> {
  await removeAny(Buffer.from(path));
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function nameOf(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/**
 * opendir(3) follows a link in the last component. Where /proc is there, the folder is opened without following and
 * listed through its descriptor; elsewhere a look beforehand must do.
 */
async function withUnlinkedFolder<T>(directory: string, use: (openable: string) => Promise<T>): Promise<T> {
  if (process.platform !== "linux") {
    if (!(await lstat(directory)).isDirectory()) throw Object.assign(new Error("not a folder"), notAFolder);
    return await use(directory);
  }
  const folder = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    return await use(`/proc/self/fd/${folder.fd}`);
  } finally {
    await folder.close();
  }
}

const notAFolder = { code: "ENOTDIR", errno: -20 };

async function* entriesOf(directory: string | Buffer): AsyncGenerator<Dirent<Buffer>> {
  // The types know only text names here; the call itself takes "buffer" like readdir does.
  const options = { encoding: "buffer", bufferSize: 256 } as unknown as { bufferSize: number };
  const folder = await opendir(directory, options);
  for await (const entry of folder) yield entry as unknown as Dirent<Buffer>;
}

async function removeAny(path: Buffer): Promise<void> {
  try {
    const found = await lstat(path);
    if (!found.isDirectory()) {
      await unlink(path);
      return;
    }
    const names: Buffer[] = [];
    for await (const entry of entriesOf(path)) names.push(entry.name);
    for (const name of names) await removeAny(Buffer.concat([path, separator, name]));
    await rmdir(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

const separator = Buffer.from(join("a", "b").slice(1, 2));
