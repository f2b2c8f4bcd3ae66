import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, StationError } from "#shared/domain/errors.ts";
import { errnoOf } from "./os-errors.ts";

/** Small private files of the station's own: whole or not at all, durable on return, never through a link. */

/** What `fstat` says beside the bytes lets a caller judge who else can read them. */
export interface OwnFile {
  readonly bytes: Uint8Array;
  readonly owner: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Null when there is no such file. @throws StationError `code` */
export function readOwnFile(path: string, maxBytes: number, code: Code = "HOME_UNREADABLE"): OwnFile | null {
  try {
    return withFile(path, constants.O_RDONLY | noFollow | noBlock, (file) => {
      const { uid: owner, mode, size } = checkedStat(file, path, code);
      if (size > maxBytes) throw unusable(path, "is larger than the station ever writes it", code);
      return { bytes: readAll(file, size), owner, mode: mode & 0o777 };
    });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw folded(error, path, code);
  }
}

/** After a crash at any moment the old bytes are there or the new. @throws StationError HOME_UNREADABLE */
export function replaceOwnFile(path: string, bytes: Uint8Array): void {
  withTemporary(path, bytes, (temporary) => renameSync(temporary, path));
}

/** False, and nothing changed, when something of that name is there. @throws StationError HOME_UNREADABLE */
export function createOwnFile(path: string, bytes: Uint8Array): boolean {
  let created = true;
  withTemporary(path, bytes, (temporary) => {
    try {
      // Unlike rename, link never replaces; unlike O_EXCL, it shows the file only when it is whole.
      linkSync(temporary, path);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      created = false;
    }
  });
  return created;
}

/** With its parents, for the owner's eyes only; one that is there stays as it is. @throws StationError HOME_UNREADABLE */
export function makeOwnFolder(path: string): void {
  try {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first !== undefined) syncFolder(dirname(first));
  } catch (error) {
    throw folded(error, path);
  }
}

type Code = Extract<ErrorCode, "HOME_UNREADABLE" | "KEYS_UNREADABLE">;

// Windows has neither.
const noFollow = constants.O_NOFOLLOW ?? 0;
const noBlock = constants.O_NONBLOCK ?? 0;

function withTemporary(path: string, bytes: Uint8Array, publish: (temporary: string) => void): void {
  const temporary = `${path}.new`;
  try {
    // What an earlier crash left.
    rmSync(temporary, { force: true });
    try {
      withFile(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow, (file) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        fsyncSync(file);
      });
      publish(temporary);
    } finally {
      rmSync(temporary, { force: true });
    }
    syncFolder(dirname(path));
  } catch (error) {
    throw folded(error, path);
  }
}

function syncFolder(path: string): void {
  // Windows cannot open a folder and journals its entries itself.
  if (process.platform === "win32") return;
  withFile(path, constants.O_RDONLY, fsyncSync);
}

function withFile<T>(path: string, flags: number, use: (file: number) => T): T {
  const file = openSync(path, flags, 0o600);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function checkedStat(file: number, path: string, code: Code): { uid: number; mode: number; size: number } {
  const stat = fstatSync(file);
  if (!stat.isFile()) throw unusable(path, "is not a regular file", code);
  return stat;
}

function readAll(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const count = readSync(file, bytes, at, size - at, at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

function folded(error: unknown, path: string, code: Code = "HOME_UNREADABLE"): StationError {
  if (error instanceof StationError) return error;
  return unusable(path, `could not be used (${errnoOf(error) ?? "unknown fault"})`, code);
}

function unusable(path: string, what: string, code: Code): StationError {
  return new StationError(code, `${path} ${what}. Check the folder, its permissions and free space.`);
}
