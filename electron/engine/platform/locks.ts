import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ErrorCode, StationError } from "#shared/domain/errors.ts";
import { displayText } from "./display-text.ts";

export interface Lock {
  /** Once is enough; a second time does nothing. */
  release(): void;
}

/**
 * A lock that dies with the process that holds it, however that dies: an SQLite database held in an exclusive
 * transaction, whose file lock the system itself drops. Never waits; null when somebody else holds it. The file
 * stays behind and means nothing by itself. Nothing else in this process may open it: closing any descriptor of a
 * file drops the process's POSIX locks on it.
 */
export function acquireLock(file: string): Lock | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  held.add(database);
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}

/** One station process a home; makes the folder, for its owner alone, where there is none. @throws StationError HOME_LOCKED or HOME_UNREADABLE */
export function lockHome(home: string): Lock {
  const file = join(home, "station.lock");
  const lock = orHomeUnreadable(file, () => {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return acquireLock(file);
  });
  if (lock !== null) return lock;
  throw new StationError(
    "HOME_LOCKED",
    `Another station process works on ${displayText(home)}. Wait until it ends, or name another home.`,
  );
}

/** The volume's root, as `identifyStick` found it. */
export interface StickPlace {
  /** Canonical path. */
  readonly root: string;
  readonly device: number;
  readonly inode: number;
}

/**
 * One process of this user a stick. Both the place and the folder that stands there are locked: the same folder may
 * be mounted twice, and another stick may come to the place of one that is still being given up. The files are not
 * on the stick, which may be read-only and must not be touched before it is known to be safe.
 * @throws StationError STICK_LOCKED or HOME_UNREADABLE
 */
export function lockStick(place: StickPlace, folder: string = lockFolder()): Lock {
  checkLockFolder(folder);
  const locks: Lock[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  for (const what of [`path ${place.root}`, `folder ${place.device}:${place.inode}`]) {
    const file = join(folder, `${createHash("sha256").update(what).digest("hex").slice(0, 32)}.lock`);
    let lock: Lock | null;
    try {
      lock = orHomeUnreadable(file, () => acquireLock(file));
    } catch (error) {
      release();
      throw error;
    }
    if (lock === null) {
      release();
      throw new StationError(
        "STICK_LOCKED",
        `Another station process works on ${displayText(place.root)}. Wait until it ends.`,
      );
    }
    locks.push(lock);
  }
  return { release };
}

// A database that nobody refers to is closed by the garbage collector, and its lock with it: a caller that only wants
// the lock to last as long as the process has no reason to keep what it was given.
const held = new Set<DatabaseSync>();

// Primary result codes of SQLite.
const sqliteBusy = 5;
const sqliteLocked = 6;

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  const primary = error.errcode & 0xff;
  return primary === sqliteBusy || primary === sqliteLocked;
}

/** Known beforehand and writable by everybody, so whoever made it is asked for. */
function lockFolder(): string {
  return join(tmpdir(), `licence-station-${process.getuid?.() ?? userInfo().username}`);
}

function checkLockFolder(folder: string): void {
  orHomeUnreadable(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    // Windows has a temporary folder for each user, and no modes.
    const isOurs = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
    if (found.isDirectory() && isOurs) return;
    throw new StationError(
      "HOME_UNREADABLE",
      `${displayText(folder)} is not a folder of yours alone, so locks in it prove nothing. Remove it and try again.`,
    );
  });
}

function orHomeUnreadable<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StationError) throw error;
    const code: ErrorCode = "HOME_UNREADABLE";
    throw new StationError(code, `${displayText(path)} cannot be used. Check its permissions and its disk's space.`, {
      cause: error,
    });
  }
}
