import { expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { stickStillThere } from "../../electron/engine/platform/os-errors.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { faultyFiles, Killed } from "../fakes/faulty-files.ts";
import { memoryFiles } from "../fakes/memory-files.ts";
import { seededCoin, seededRandom } from "../fakes/seeded-random.ts";

const text = (content: string) => new TextEncoder().encode(content);

async function thrownBy(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StationError) return error.code;
    return error instanceof Killed ? "killed" : String(error);
  }
  return "done";
}

test("a crash takes names whose folder was not synced and empties files that were not", async () => {
  const files = memoryFiles();
  files.put("/s/old", "old");
  await files.writeNew("/s/lost", text("x"));
  await files.sync("/s/lost");
  files.crash();
  expect(files.tree("/s")).toEqual({ old: "old" });
  await files.writeNew("/s/empty", text("x"));
  await files.syncDirectory("/s");
  await files.writeNew("/s/kept", text("x"));
  await files.sync("/s/kept");
  await files.syncDirectory("/s");
  files.crash();
  expect(files.tree("/s")).toEqual({ old: "old", empty: "", kept: "x" });
});

test("a rename that was not synced is undone whole; one that was, stays", async () => {
  const files = memoryFiles();
  files.put("/s/.new/a", "a");
  await files.rename("/s/.new", "/s/new");
  files.crash();
  expect(files.tree("/s")).toEqual({ ".new/": null, ".new/a": "a" });
  await files.rename("/s/.new", "/s/new");
  await files.syncDirectory("/s");
  files.crash();
  expect(files.tree("/s")).toEqual({ "new/": null, "new/a": "a" });
});

test("a folder that was synced into its parent has only what was synced into itself", async () => {
  const files = memoryFiles();
  files.putFolder("/s");
  await files.makeDirectory("/s/d");
  await files.syncDirectory("/s");
  await files.writeNew("/s/d/a", text("a"));
  await files.sync("/s/d/a");
  files.crash();
  expect(files.tree("/s")).toEqual({ "d/": null });
});

test("a coin decides what a crash keeps, and the same seed decides the same", async () => {
  const run = async (seed: string) => {
    const files = memoryFiles();
    files.putFolder("/s");
    for (let i = 0; i < 20; i++) await files.writeNew(`/s/${i}`, text("abc"));
    files.crash(seededCoin(seed));
    return files.tree("/s");
  };
  const once = await run("a");
  expect(await run("a")).toEqual(once);
  expect(await run("b")).not.toEqual(once);
  expect(Object.keys(once).length).toBeGreaterThan(0);
  expect(Object.keys(once).length).toBeLessThan(20);
});

test("a volume can be blind to case, as FAT is", async () => {
  const files = memoryFiles({ caseInsensitive: true });
  files.put("/s/Name", "x");
  expect(await thrownBy(files.writeNew("/s/NAME", text("y")))).toBe("STICK_BUSY");
  expect(await files.read("/s/nAME", 10)).toEqual(text("x"));
  expect((await files.list("/s", 10))[0]?.name).toBe("Name");
});

test("a volume can be full, counted in clusters", async () => {
  const files = memoryFiles({ capacityBytes: 8192, clusterBytes: 4096 });
  files.put("/s/a", "x");
  expect((await files.space("/s")).freeBytes).toBe(4096);
  await files.writeNew("/s/b", text("y"));
  expect(await thrownBy(files.writeNew("/s/c", text("z")))).toBe("STICK_FULL");
  await files.remove("/s/b");
  await files.remove("/s/c");
  await files.writeNew("/s/c", text("z"));
});

test.each([
  ["vfat", { stat: "null", list: "empty", read: "STICK_GONE", create: "STICK_FULL", sync: "STICK_IO" }],
  ["exfat", { stat: "STICK_IO", list: "STICK_IO", read: "STICK_IO", create: "STICK_IO", sync: "STICK_IO" }],
  ["ext", { stat: "there", list: "there", read: "STICK_IO", create: "STICK_READ_ONLY", sync: "STICK_READ_ONLY" }],
] as const)("after a pull %s answers as the real one does, and is seen to be gone", async (fileSystem, expected) => {
  const files = memoryFiles();
  files.put("/s/a", "a");
  files.putFolder("/sys/block/sda");
  const root = await files.stat("/s");
  const mark = { device: 1, inode: root?.inode ?? 0, blockDevice: "/sys/block/sda" };
  expect(await stickStillThere(files, "/s", mark)).toBe(true);
  files.pull(fileSystem);
  const stat = await thrownBy(files.stat("/s/a"));
  const list = await thrownBy(files.list("/s", 10));
  expect({
    stat: stat !== "done" ? stat : (await files.stat("/s/a")) === null ? "null" : "there",
    list: list !== "done" ? list : (await files.list("/s", 10)).length === 0 ? "empty" : "there",
    read: await thrownBy(files.read("/s/a", 10)),
    create: await thrownBy(files.writeNew("/s/b", text("b"))),
    sync: await thrownBy(files.syncDirectory("/s")),
  }).toEqual(expected);
  expect(await stickStillThere(files, "/s", mark)).toBe(false);
});

test("a full stick is still there", async () => {
  const files = memoryFiles({ capacityBytes: 0 });
  files.putFolder("/s");
  const mark = { device: 1, inode: (await files.stat("/s"))?.inode ?? 0 };
  expect(await thrownBy(files.writeNew("/s/a", text("a")))).toBe("STICK_FULL");
  expect(await stickStillThere(files, "/s", mark)).toBe(true);
  expect(await stickStillThere(files, "/s", { ...mark, inode: -1 })).toBe(false);
});

test.each([
  ["lost", "STICK_IO", { a: "a", c: "c" }, "done"],
  ["kept", "STICK_IO", { a: "a", b: "b", c: "c" }, "done"],
  ["killed", "killed", { a: "a", b: "b" }, "killed"],
] as const)("the second operation %s", async (kind, second, tree, third) => {
  const memory = memoryFiles();
  memory.putFolder("/s");
  const files = faultyFiles(memory, { at: 2, kind });
  expect(await thrownBy(files.writeNew("/s/a", text("a")))).toBe("done");
  expect(await thrownBy(files.writeNew("/s/b", text("b")))).toBe(second);
  expect(await thrownBy(files.writeNew("/s/c", text("c")))).toBe(third);
  expect(memory.tree("/s")).toEqual(tree);
  expect(files.operations.slice(0, 2)).toEqual(["writeNew /s/a", "writeNew /s/b"]);
});

test("a fault can last, with an error of one's own", async () => {
  const memory = memoryFiles();
  memory.putFolder("/s");
  const error = new StationError("STICK_FULL", "full");
  const files = faultyFiles(memory, { at: 1, kind: "lost", error, andAllAfter: true });
  expect(await thrownBy(files.writeNew("/s/a", text("a")))).toBe("STICK_FULL");
  expect(await thrownBy(files.stat("/s"))).toBe("STICK_FULL");
});

test("sleepers wake in the order of their times, and time stands still by itself", async () => {
  const clock = fakeClock({ start: new Date("2026-03-01T00:00:00Z") });
  const woken: string[] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.monotonicMs()}`);
    if (name === "b") await sleep("again", 5);
  };
  const all = Promise.all([sleep("a", 30), sleep("b", 10), sleep("c", 20)]);
  await clock.advance(25);
  expect(woken).toEqual(["b at 10", "again at 15", "c at 20"]);
  expect(clock.now()).toEqual(new Date("2026-03-01T00:00:00.025Z"));
  expect(clock.sleeping).toBe(1);
  clock.setWall(new Date("2020-01-01T00:00:00Z"));
  await clock.advance(5);
  await all;
  expect(clock.now()).toEqual(new Date("2020-01-01T00:00:00.005Z"));
});

test("a sleeper that is aborted rejects with the reason and no longer sleeps", async () => {
  const clock = fakeClock();
  const stop = new AbortController();
  const slept = clock.sleep(1000, stop.signal);
  stop.abort(new StationError("CANCELLED", "stopped"));
  expect(await thrownBy(slept)).toBe("CANCELLED");
  expect(clock.sleeping).toBe(0);
  expect(await thrownBy(clock.sleep(1, stop.signal))).toBe("CANCELLED");
});

test("time jumps by itself when told to", async () => {
  const clock = fakeClock({ auto: true });
  await Promise.all([clock.sleep(60_000), clock.sleep(30_000).then(() => clock.sleep(90_000))]);
  expect(clock.monotonicMs()).toBe(120_000);
});

test("the same seed gives the same bytes, however they are asked for", () => {
  const once = seededRandom("a");
  const again = seededRandom("a");
  const whole = Buffer.from(once.bytes(100)).toString("hex");
  expect(Buffer.concat([again.bytes(1), again.bytes(70), again.bytes(29)]).toString("hex")).toBe(whole);
  expect(Buffer.from(seededRandom("b").bytes(100)).toString("hex")).not.toBe(whole);
});
