import { closeSync, constants, fstatSync, openSync, readSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock } from "../platform/clock.ts";
import { errnoOf } from "../platform/os-errors.ts";

/** Whole bytes of a regular file, through links; else why not. Never waits, be it a pipe. */
export function readRegularFile(path: string, maxBytes: number): Uint8Array | "missing" | "unreadable" | "too-large" {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { size } = fstatSync(file);
      if (!fstatSync(file).isFile()) return "unreadable";
      if (size > maxBytes) return "too-large";
      // One byte more tells whether it grew meanwhile.
      const bytes = new Uint8Array(size + 1);
      let at = 0;
      for (let count = -1; count !== 0 && at < bytes.length; at += count)
        count = readSync(file, bytes, at, bytes.length - at, at);
      return at > size ? "unreadable" : bytes.subarray(0, at);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? "missing" : "unreadable";
  }
}

/**
 * Calls `look` soon after the file may have changed: its folder is watched, since an atomic replacement gives the name to
 * another file, and looked at every few seconds where the file system tells nothing. Ends with the signal.
 */
export function watchFile(path: string, clock: Clock, signal: AbortSignal, look: () => void): void {
  const name = basename(path);
  try {
    const watcher = watch(dirname(path), { persistent: false, signal }, (_event, changed) => {
      if (changed === null || changed === name) look();
    });
    // A folder that goes away ends the watching; looking goes on.
    watcher.on("error", () => watcher.close());
  } catch {
    // The folder is not there, or the system has no watches left.
  }
  void (async () => {
    while (!signal.aborted) {
      await clock.sleep(lookEveryMs, signal).catch(() => {});
      if (!signal.aborted) look();
    }
  })();
}

const lookEveryMs = 3000;
