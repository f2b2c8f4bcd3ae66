import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { confinedFiles } from "../../electron/engine/drives/confined-files.ts";
import { openStickWorker, type StickWorker } from "../../electron/engine/drives/stick-worker.ts";
import { timeouts } from "../../electron/engine/drives/timeouts.ts";
import { forkWorker, type WorkerProcess } from "../../electron/engine/drives/worker-process.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { memoryFiles } from "../fakes/memory-files.ts";
import { deliveryWorld, firstBatch } from "../fixtures/delivery-world.ts";

let folder: string;
let root: string;
let workers: StickWorker[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "drives-"));
  root = join(folder, "stick");
  mkdirSync(root);
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  rmSync(folder, { recursive: true, force: true });
});

const markOf = (path: string) => {
  const { dev, ino } = statSync(path);
  return { device: dev, inode: ino };
};
async function open(options: Partial<Parameters<typeof openStickWorker>[0]> = {}): Promise<StickWorker> {
  const worker = await openStickWorker({ root, mark: markOf(root), clock: systemClock, ...options });
  workers.push(worker);
  return worker;
}
/** A worker whose process can be got at. */
async function openWithProcess(clock = fakeClock()) {
  let process: WorkerProcess | null = null;
  const worker = await open({ clock, spawn: () => (process = forkWorker()) });
  return { worker, clock, pid: pidOf(process) };
}
function pidOf(process: WorkerProcess | null): number {
  const pid = process?.pid ?? null;
  if (pid === null) throw new Error("no process");
  return pid;
}
const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

test("a whole delivery through a worker leaves what one without it leaves", async () => {
  const names = Array.from({ length: 25 }, (_, index) => `device-${index}`);
  const worker = await open();
  const through = await writeDelivery(deliveryWorld().delivery(firstBatch, names).on(worker.files, root));
  const plain = join(folder, "plain");
  mkdirSync(plain);
  const direct = await writeDelivery(deliveryWorld().delivery(firstBatch, names).on(nodeFiles, plain));
  expect(through).toEqual(direct);
  const tree = (path: string) => readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
  expect(tree(root)).toEqual(tree(plain));
  const sums = (path: string) => readFileSync(join(path, "PROVISIONING", firstBatch, "SHA256SUMS"), "utf8");
  expect(sums(root)).toBe(sums(plain));
});

test("errors keep their codes, messages and details on the way, and nothing of the cause", async () => {
  const { files } = await open();
  writeFileSync(join(root, "big"), "12345");
  mkdirSync(join(root, "PROVISIONING"));
  for (const ask of [
    (from: typeof nodeFiles) => from.read(join(root, "big"), 3),
    (from: typeof nodeFiles) => from.read(join(root, "none"), 3),
    (from: typeof nodeFiles) => from.makeDirectory(join(root, "PROVISIONING")),
  ]) {
    const fields = (one: object) => {
      const { error } = one as { error: { code: unknown; message: unknown; details: unknown } };
      return [error.code, error.message, error.details];
    };
    expect(fields(await outcome(ask(files)))).toEqual(fields(await outcome(ask(nodeFiles))));
  }
  expect(await files.stat(join(root, "none"))).toBeNull();
});

describe("a stick that misbehaves harms nobody else", () => {
  test("hung: what waits for it fails after its time, its process is killed, another stick's goes on", async () => {
    const hung = await openWithProcess();
    const other = await open();
    process.kill(hung.pid, "SIGSTOP");
    const waiting = outcome(hung.worker.files.stat(root));
    expect(await other.files.stat(root)).toMatchObject({ kind: "directory" });
    await hung.clock.advance(timeouts.fileOperationMs - 1);
    expect(hung.worker.failure).toBeNull();
    await hung.clock.advance(1);
    expect(await waiting).toEqual({
      error: expect.objectContaining({ code: "STICK_IO", message: expect.stringContaining("30 seconds") }),
    });
    expect(await outcome(hung.worker.files.stat(root))).toEqual({ error: hung.worker.failure });
    await ended(hung.pid);
    expect(await other.files.stat(root)).toMatchObject({ kind: "directory" });
  });

  test("work that grows with the stick is given longer", async () => {
    const hung = await openWithProcess();
    process.kill(hung.pid, "SIGSTOP");
    const waiting = outcome(hung.worker.files.sync(join(root, "x")));
    await hung.clock.advance(timeouts.fileOperationMs * 2);
    expect(hung.worker.failure).toBeNull();
    await hung.clock.advance(timeouts.bulkOperationMs);
    expect(await waiting).toEqual({ error: hung.worker.failure });
  });

  test("slow: an answer within its time is an answer", async () => {
    const slow = await openWithProcess();
    process.kill(slow.pid, "SIGSTOP");
    const waiting = slow.worker.files.stat(root);
    await slow.clock.advance(timeouts.fileOperationMs - 1);
    process.kill(slow.pid, "SIGCONT");
    expect(await waiting).toMatchObject({ kind: "directory" });
    await slow.clock.advance(timeouts.bulkOperationMs);
    expect(slow.worker.failure).toBeNull();
  });

  test("killed: everything that waits fails at once", async () => {
    const { worker, pid } = await openWithProcess();
    process.kill(pid, "SIGSTOP");
    const waiting = [
      outcome(worker.files.stat(root)),
      outcome(worker.files.list(root, 5)),
      outcome(worker.files.space(root)),
    ];
    process.kill(pid, "SIGKILL");
    for (const one of await Promise.all(waiting)) expect(one).toEqual({ error: worker.failure });
    expect(worker.failure).toMatchObject({ code: "STICK_IO", message: expect.stringContaining("resume") });
  });

  test("a process that never answers is given up", async () => {
    const entry = join(folder, "mute.mjs");
    writeFileSync(entry, "setInterval(() => {}, 1000);");
    const clock = fakeClock();
    let started: WorkerProcess | null = null;
    const opening = outcome(open({ clock, spawn: () => (started = forkWorker(pathToFileURL(entry))) }));
    await clock.advance(timeouts.workerStartMs);
    expect(await opening).toEqual({ error: expect.objectContaining({ code: "STICK_IO" }) });
    await ended(pidOf(started));
  });

  test("a program that is not there is a failure and no crash", async () => {
    const spawn = () => forkWorker(pathToFileURL(join(folder, "none.mjs")));
    expect(await outcome(open({ spawn }))).toEqual({ error: expect.objectContaining({ code: "STICK_IO" }) });
  });

  test("a closed worker's process ends and answers nothing more", async () => {
    const { worker, pid } = await openWithProcess();
    await worker.close();
    await ended(pid);
    expect(await outcome(worker.files.stat(root))).toEqual({ error: expect.objectContaining({ code: "CANCELLED" }) });
  });
});

test("the worker knows no secret of ours", async () => {
  process.env["LICENSESEAT_API_KEY"] = "sk_secret";
  try {
    const { pid } = await openWithProcess();
    if (process.platform === "linux") {
      expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("sk_secret");
      expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(root);
    }
  } finally {
    delete process.env["LICENSESEAT_API_KEY"];
  }
});

describe("a stick's files are confined", () => {
  const mark = { device: 1, inode: 2 };
  const confined = () => {
    const files = memoryFiles();
    files.putFolder("/stick");
    files.put("/stick/keep.txt", "mine");
    files.put("/stick/PROVISIONING/x/a", "a");
    files.put("/elsewhere/b", "b");
    return { files, confined: confinedFiles(files, "/stick", mark) };
  };

  test.each<readonly [string, (files: typeof nodeFiles) => Promise<unknown>]>([
    ["writing beside PROVISIONING", (files) => files.writeNew("/stick/new", new Uint8Array())],
    ["removing a file of the user's", (files) => files.remove("/stick/keep.txt")],
    ["removing PROVISIONING itself", (files) => files.removeTree("/stick/PROVISIONING")],
    ["removing it with a slash", (files) => files.removeTree("/stick/PROVISIONING/")],
    ["moving PROVISIONING away", (files) => files.rename("/stick/PROVISIONING", "/stick/PROVISIONING/x/y")],
    ["moving a file in from outside", (files) => files.rename("/stick/keep.txt", "/stick/PROVISIONING/k")],
    ["moving a file out", (files) => files.rename("/stick/PROVISIONING/x/a", "/stick/a")],
    ["climbing out", (files) => files.writeNew("/stick/PROVISIONING/../new", new Uint8Array())],
    ["a folder that only begins like it", (files) => files.makeDirectory("/stick/PROVISIONING2")],
    ["another stick", (files) => files.writeNew("/stick2/PROVISIONING/a", new Uint8Array())],
    ["reading elsewhere", (files) => files.read("/elsewhere/b", 9)],
    ["reading elsewhere by climbing", (files) => files.read("/stick/../elsewhere/b", 9)],
    ["a path with a NUL in it", (files) => files.read("/stick/a\u0000b", 9)],
    ["the root itself", (files) => files.removeTree("/stick")],
    ["everything", (files) => files.removeTree("/")],
  ])("%s is refused and nothing is done", async (_, act) => {
    const { files, confined: limited } = confined();
    const before = [files.tree("/stick"), files.tree("/elsewhere")];
    expect(await outcome(act(limited))).toEqual({ error: expect.objectContaining({ code: "STICK_UNSAFE" }) });
    expect([files.tree("/stick"), files.tree("/elsewhere")]).toEqual(before);
  });

  test("another stick at the same place gets nothing", async () => {
    const { files } = confined();
    const stat = await files.stat("/stick");
    const { confined: other } = {
      confined: confinedFiles(files, "/stick", { device: 1, inode: (stat?.inode ?? 0) + 1 }),
    };
    expect(await outcome(other.writeNew("/stick/PROVISIONING/n", new Uint8Array()))).toEqual({
      error: expect.objectContaining({ code: "STICK_GONE" }),
    });
    expect(Object.keys(files.tree("/stick"))).not.toContain("PROVISIONING/n");
  });

  test("PROVISIONING that is a link to another disk is not followed", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(root, "PROVISIONING"));
    const limited = confinedFiles(nodeFiles, root, markOf(root));
    expect(await outcome(limited.writeNew(join(root, "PROVISIONING", "n"), new Uint8Array()))).toEqual({
      error: expect.objectContaining({ code: "STICK_UNSAFE" }),
    });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("over the channel as well", async () => {
    const { files } = await open();
    mkdirSync(join(root, "PROVISIONING"));
    expect(await outcome(files.writeNew(join(folder, "n"), new Uint8Array()))).toEqual({
      error: expect.objectContaining({ code: "STICK_UNSAFE" }),
    });
    await files.writeNew(join(root, "PROVISIONING", "n"), new Uint8Array([1, 2]));
    expect([...readFileSync(join(root, "PROVISIONING", "n"))]).toEqual([1, 2]);
  });
});

async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
