import type { ErrorCode } from "#shared/domain/errors.ts";
import { StationError } from "#shared/domain/errors.ts";
import { displayText } from "./display-text.ts";
import type { Files } from "./files.ts";

/** What was being done decides what a refusal means: EACCES on a write is a read-only place, on a read it is not. */
export type OsAction = "look at" | "read" | "write" | "sync" | "rename" | "remove";

/**
 * The one place where what the operating system reports becomes a station error. The errno travels in
 * `details.errno`; the path is shown escaped.
 */
export function foldOsError(error: unknown, action: OsAction, path: string): StationError {
  if (error instanceof StationError) return error;
  const errno = errnoOf(error);
  if (errno === null)
    return new StationError("INTERNAL", "A file operation was asked for in a wrong way.", { cause: error });
  const code = codeOf(errno, action);
  const message = `The system could not ${action} ${displayText(path)} (${errno}). ${nextSteps[code]}`;
  return new StationError(code, message, { cause: error, details: { errno } });
}

/** The POSIX name of an operating system error, else null. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || !("errno" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** What a stick's root was when work on it began. */
export interface StickMark {
  readonly device: number;
  readonly inode: number;
  /** Where the system shows the block device as long as it is plugged in; null or absent when it shows none. */
  readonly blockDevice?: string | null;
}

/**
 * Whether the root is still the very folder that work began on. The way to tell a pulled stick from a full, a
 * read-only or an empty one, which several file systems report instead (a pulled FAT volume says "no space" and
 * lists nothing; a pulled ext4 volume goes on answering from memory, so its block device is asked after as well).
 */
export async function stickStillThere(files: Files, root: string, atStart: StickMark): Promise<boolean> {
  try {
    const now = await files.stat(root);
    if (now === null || now.kind !== "directory") return false;
    if (now.device !== atStart.device || now.inode !== atStart.inode) return false;
    const { blockDevice } = atStart;
    return blockDevice === undefined || blockDevice === null || (await files.stat(blockDevice)) !== null;
  } catch (error) {
    if (error instanceof StationError) return false;
    throw error;
  }
}

type StickCode = Extract<
  ErrorCode,
  "STICK_GONE" | "STICK_FULL" | "STICK_READ_ONLY" | "STICK_IO" | "STICK_BUSY" | "STICK_UNSAFE"
>;

function codeOf(errno: string, action: OsAction): StickCode {
  const refused = errno === "EACCES" || errno === "EPERM";
  if (refused) return action === "read" || action === "look at" ? "STICK_IO" : "STICK_READ_ONLY";
  return folds[errno] ?? "STICK_IO";
}

const folds: Readonly<Partial<Record<string, StickCode>>> = {
  ENOENT: "STICK_GONE",
  ENODEV: "STICK_GONE",
  ENXIO: "STICK_GONE",
  ENOMEDIUM: "STICK_GONE",
  ESTALE: "STICK_GONE",
  // A FUSE volume whose daemon has died.
  ENOTCONN: "STICK_GONE",
  ENOSPC: "STICK_FULL",
  EDQUOT: "STICK_FULL",
  EFBIG: "STICK_FULL",
  EROFS: "STICK_READ_ONLY",
  EEXIST: "STICK_BUSY",
  ENOTEMPTY: "STICK_BUSY",
  EBUSY: "STICK_BUSY",
  EISDIR: "STICK_BUSY",
  ETXTBSY: "STICK_BUSY",
  // A link or a file where a folder should be.
  ELOOP: "STICK_UNSAFE",
  ENOTDIR: "STICK_UNSAFE",
};

const nextSteps: Readonly<Record<StickCode, string>> = {
  STICK_GONE: "Plug the stick in again and resume.",
  STICK_FULL: "Free some space on the stick, or use a larger one.",
  STICK_READ_ONLY: "Check the stick's write lock and its permissions, or use another stick.",
  STICK_IO: "Try again; if it stays, use another stick.",
  STICK_BUSY: "Something is there already; look what it is before trying again.",
  STICK_UNSAFE: "A link or a file stands where a folder should, and links are never followed; remove it.",
};
