import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { acquireLock, lockHome, lockStick } from "../../electron/engine/platform/locks.ts";

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-locks-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that takes the lock, says so, and then holds it until it is killed. */
async function holder(file: string): Promise<{ got: boolean; kill(): Promise<void> }> {
  const locks = new URL("../../electron/engine/platform/locks.ts", import.meta.url).href;
  const program = `
    import { acquireLock } from ${JSON.stringify(locks)};
    const lock = acquireLock(process.argv[1]);
    process.stdout.write(lock === null ? "no" : "yes");
    if (lock !== null) process.stdin.on("data", () => {});
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program, file], {
    cwd: new URL("../..", import.meta.url).pathname,
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const [said] = await once(child.stdout, "data");
  return {
    got: String(said) === "yes",
    kill: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StationError) return error.code;
    throw error;
  }
  return "done";
}

test("one process at a time holds a lock, and a killed one holds nothing", async () => {
  const file = join(folder, "lock");
  const first = await holder(file);
  expect(first.got).toBe(true);
  expect((await holder(file)).got).toBe(false);
  expect(acquireLock(file)).toBe(null);
  await first.kill();
  const mine = acquireLock(file);
  expect(mine).not.toBe(null);
  expect((await holder(file)).got).toBe(false);
  mine?.release();
  expect((await holder(file)).got).toBe(true);
});

test("a lock is exclusive within one process too, and is released once", () => {
  const file = join(folder, "lock");
  const lock = acquireLock(file);
  expect(acquireLock(file)).toBe(null);
  lock?.release();
  lock?.release();
  const next = acquireLock(file);
  expect(next).not.toBe(null);
  next?.release();
});

test("a home is made for its owner alone and locked for one process", () => {
  const home = join(folder, "a", "home");
  const lock = lockHome(home);
  expect(existsSync(home)).toBe(true);
  expect(codeOf(() => lockHome(home))).toBe("HOME_LOCKED");
  lock.release();
  lockHome(home).release();
});

test("a home that cannot be made, or whose lock file is something else, is unreadable", () => {
  writeFileSync(join(folder, "file"), "x");
  expect(codeOf(() => lockHome(join(folder, "file", "home")))).toBe("HOME_UNREADABLE");
  writeFileSync(join(folder, "station.lock"), "this is not a database, and it is long enough to tell".repeat(100));
  expect(codeOf(() => lockHome(folder))).toBe("HOME_UNREADABLE");
});

test("a stick is locked by its place and by what stands there", () => {
  const locks = join(folder, "locks");
  const stick = { root: "/media/a", device: 7, inode: 1 };
  const lock = lockStick(stick, locks);
  expect(codeOf(() => lockStick(stick, locks))).toBe("STICK_LOCKED");
  // The same volume mounted elsewhere, and another volume mounted over it.
  expect(codeOf(() => lockStick({ ...stick, root: "/media/b" }, locks))).toBe("STICK_LOCKED");
  expect(codeOf(() => lockStick({ ...stick, device: 8 }, locks))).toBe("STICK_LOCKED");
  const other = lockStick({ root: "/media/b", device: 8, inode: 1 }, locks);
  other.release();
  lock.release();
  // A refusal above must not have kept one of its two locks.
  lockStick({ ...stick, root: "/media/b" }, locks).release();
  lockStick({ ...stick, device: 8 }, locks).release();
});

test.skipIf(process.platform === "win32")(
  "a lock folder that others can write to or that is a link is not trusted",
  () => {
    const stick = { root: "/media/a", device: 7, inode: 1 };
    const open = join(folder, "open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect(codeOf(() => lockStick(stick, open))).toBe("HOME_UNREADABLE");
    mkdirSync(join(folder, "private"), { mode: 0o700 });
    symlinkSync(join(folder, "private"), join(folder, "link"));
    expect(codeOf(() => lockStick(stick, join(folder, "link")))).toBe("HOME_UNREADABLE");
  },
);
