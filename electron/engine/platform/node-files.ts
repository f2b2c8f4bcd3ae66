import { execFile } from "node:child_process";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { lstat, mkdir, open, rename, statfs, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { slotBytes, withAlignedSlot } from "./aligned-memory.ts";
import { displayText } from "./display-text.ts";
import { directReadsReachMedium, fileSystemName } from "./file-systems.ts";
import type { Files, ReadBack } from "./files.ts";
import { kindOf, listDirectory, removeTree } from "./node-folders.ts";
import { errnoOf, foldOsError, type OsAction } from "./os-errors.ts";

/** The real file system. What it reports is folded by os-errors.ts; nothing here ever waits on a pipe. */
export const nodeFiles: Files = {
  stat: async (path) => {
    try {
      const found = await lstat(path);
      return { kind: kindOf(found), sizeBytes: found.size, device: found.dev, inode: found.ino };
    } catch (error) {
      if (isNotThere(error)) return null;
      throw foldOsError(error, "look at", path);
    }
  },
  list: (directory, limit) => folding("read", directory, () => listDirectory(directory, limit)),
  read: (path, maxBytes) => withRegularFile(path, 0, maxBytes, (file, size) => readCached(file, path, size, maxBytes)),
  readBack: async (path, maxBytes) => {
    if (O_DIRECT === 0) return await readBackCached(path, maxBytes);
    try {
      return await withRegularFile(path, O_DIRECT, maxBytes, (file, size) => readDirect(file, path, size, maxBytes));
    } catch (error) {
      // The file system refuses O_DIRECT, at open or at the first read.
      if (!(error instanceof StationError) || error.details?.["errno"] !== "EINVAL") throw error;
      return await readBackCached(path, maxBytes);
    }
  },
  makeDirectory: (path) => folding("write", path, () => mkdir(path)),
  writeNew: (path, bytes) =>
    folding("write", path, () =>
      withFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, async (file) => {
        for (let at = 0; at < bytes.length; ) {
          at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
        }
      }),
    ),
  syncVolume: async (path) => {
    // Not for a folder: who else writes to its volume would have to be waited for.
    if (process.platform !== "linux" || !(await isMountPoint(path))) return;
    await new Promise<void>((resolve) => {
      execFile("sync", ["-f", "--", path], { env: { PATH: process.env["PATH"] } }, () => resolve());
    });
  },
  // On macOS libuv asks for F_FULLFSYNC, so the drive's own cache is flushed as well. Windows flushes only what is
  // open for writing.
  sync: (path) =>
    folding("sync", path, () =>
      withFile(path, (isWindows ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK, (file) => file.sync()),
    ),
  syncDirectory: async (path) => {
    // Windows can't open a folder and journals its entries itself.
    if (isWindows) return;
    try {
      await withFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, (file) => file.sync());
    } catch (error) {
      if (!cannotSyncFolders.has(errnoOf(error) ?? "")) throw foldOsError(error, "sync", path);
    }
  },
  rename: (from, to) =>
    folding("rename", from, async () => {
      // rename(2) would silently take the place of an empty folder.
      const there = await nodeFiles.stat(to);
      if (there?.kind === "directory") {
        throw new StationError("STICK_BUSY", `There is a folder at ${displayText(to)} already; look what it is first.`);
      }
      await rename(from, to);
    }),
  remove: (path) =>
    folding("remove", path, async () => {
      try {
        await unlink(path);
      } catch (error) {
        if (!isNotThere(error)) throw error;
      }
    }),
  removeTree: (path) => folding("remove", path, () => removeTree(path)),
  space: (path) =>
    folding("look at", path, async () => {
      const { bavail, blocks, bsize, type } = await statfs(path);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, fileSystem: fileSystemName(type) };
    }),
};

const isWindows = process.platform === "win32";
const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL } = constants;
// Absent on some platforms, whatever the types say.
const O_DIRECTORY: number = constants.O_DIRECTORY ?? 0;
const O_NOFOLLOW: number = constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK: number = constants.O_NONBLOCK ?? 0;
const O_DIRECT: number = process.platform === "linux" ? constants.O_DIRECT : 0;

const cannotSyncFolders: ReadonlySet<string> = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

async function isMountPoint(path: string): Promise<boolean> {
  const devices = await Promise.all([lstat(path), lstat(dirname(path))]).catch(() => []);
  return devices.length > 0 && devices[0]?.dev !== devices[1]?.dev;
}

/** A file that is gone between two calls and one that never was look alike: both are "nothing there". */
function isNotThere(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "ENOENT" || errno === "ENOTDIR";
}

async function folding<T>(action: OsAction, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw foldOsError(error, action, path);
  }
}

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  if (O_NOFOLLOW === 0 && (flags & O_EXCL) === 0 && (await lstat(path)).isSymbolicLink()) throw notAFile(path);
  const file = await open(path, flags, 0o644);
  let result: T;
  try {
    result = await use(file);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
  await file.close();
  return result;
}

/** O_NONBLOCK keeps the open of a pipe from waiting for a writer; fstat then says what was really opened. */
function withRegularFile<T>(
  path: string,
  flags: number,
  maxBytes: number,
  use: (file: FileHandle, sizeBytes: number) => Promise<T>,
): Promise<T> {
  return folding("read", path, async () => {
    try {
      return await withFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags, async (file) => {
        const stat = await file.stat();
        if (!stat.isFile()) throw notAFile(path);
        if (stat.size > maxBytes) throw tooLarge(path, maxBytes);
        return await use(file, stat.size);
      });
    } catch (error) {
      if (notAFileErrors.has(errnoOf(error) ?? "")) throw notAFile(path);
      throw error;
    }
  });
}

// Link, socket, folder.
const notAFileErrors: ReadonlySet<string> = new Set(["ELOOP", "ENXIO", "EISDIR"]);

async function readCached(file: FileHandle, path: string, sizeBytes: number, maxBytes: number): Promise<Uint8Array> {
  // One byte more than expected, so that a file that grows under us is seen.
  let bytes = new Uint8Array(sizeBytes + 1);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
    if (at > maxBytes) throw tooLarge(path, maxBytes);
    if (at === bytes.length) {
      const larger = new Uint8Array(Math.min(maxBytes + 1, bytes.length * 2));
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function readDirect(
  file: FileHandle,
  path: string,
  sizeBytes: number,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; how: ReadBack }> {
  return withAlignedSlot(async (slot) => {
    const bytes = new Uint8Array(sizeBytes);
    let at = 0;
    for (;;) {
      const { bytesRead } = await file.read(slot, 0, slotBytes, at);
      if (at + bytesRead > maxBytes) throw tooLarge(path, maxBytes);
      if (at + bytesRead > sizeBytes) throw changedWhileRead(path);
      bytes.set(slot.subarray(0, bytesRead), at);
      at += bytesRead;
      // A short read is the end of the file; the next offset would not be aligned anyway.
      if (bytesRead < slotBytes) break;
    }
    const { type } = await statfs(path);
    return { bytes: bytes.subarray(0, at), how: directReadsReachMedium(fileSystemName(type)) ? "direct" : "cached" };
  });
}

async function readBackCached(path: string, maxBytes: number): Promise<{ bytes: Uint8Array; how: ReadBack }> {
  return { bytes: await nodeFiles.read(path, maxBytes), how: "cached" };
}

function notAFile(path: string): StationError {
  return new StationError(
    "REQUEST_NOT_A_FILE",
    `${displayText(path)} is a link, a pipe, a folder or a device. Put an ordinary file in its place.`,
  );
}

function tooLarge(path: string, maxBytes: number): StationError {
  return new StationError(
    "REQUEST_TOO_LARGE",
    `${displayText(path)} is larger than the ${maxBytes} bytes it may have.`,
  );
}

function changedWhileRead(path: string): StationError {
  return new StationError("STICK_IO", `${displayText(path)} changed while it was read. Try again.`);
}
