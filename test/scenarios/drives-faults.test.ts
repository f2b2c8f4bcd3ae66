import { afterAll, describe, expect, test } from "vitest";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { isWorkingState } from "../../electron/engine/drives/slot-state.ts";
import { StationError } from "#shared/domain/errors.ts";
import {
  type BenchFault,
  benchWorld,
  type BenchWorld,
  type Deliver,
  fingerprintOf,
  order,
  type SimulatedStick,
} from "../fixtures/drives/bench-world.ts";
import { deliveryWorld, firstBatch } from "../fixtures/delivery-world.ts";

// Sticks at an armed bench, with every file operation and every step of the system failing in every way: once, and
// again at the next try. Beside each unlucky stick stands one that nothing happens to.

let injected = 0;
afterAll(() => {
  expect(injected).toBeGreaterThanOrEqual(10_000);
});

/** The order of a delivery in few operations: partial folder, files, sync, read-back, one rename. */
const small: Deliver = async (files, { root }) => {
  const provisioning = `${root}/PROVISIONING`;
  if ((await files.stat(provisioning)) === null) await files.makeDirectory(provisioning);
  if ((await files.stat(`${provisioning}/batch`)) === null) {
    const partial = `${provisioning}/.batch.partial`;
    await files.removeTree(partial);
    await files.makeDirectory(partial);
    await files.writeNew(`${partial}/device.lic`, content);
    await files.sync(`${partial}/device.lic`);
    await files.syncDirectory(partial);
    const { bytes } = await files.readBack(`${partial}/device.lic`, 100);
    if (bytes.join() !== content.join()) throw new StationError("STICK_READ_BACK", "Other bytes came back.");
    await files.rename(partial, `${provisioning}/batch`);
  }
  await files.syncDirectory(provisioning);
  await files.syncDirectory(root);
};
const content = new TextEncoder().encode("machine file");

const systemFaults = [
  "scan-fails",
  "other-stick",
  "becomes-swap",
  "mount-fails",
  "mount-unseen",
  "busy",
  "unmount-lies",
  "unmount-hangs",
  "read-only",
  "pulled-before-unmount",
] as const;
/** After these nothing may have been written at all. */
const refusing: ReadonlySet<string> = new Set([
  "scan-fails",
  "other-stick",
  "becomes-swap",
  "mount-fails",
  "mount-unseen",
  "read-only",
]);
const faultsAt = (at: number): readonly BenchFault[] => [
  { kind: "files", fault: { at, kind: "lost" } },
  { kind: "files", fault: { at, kind: "kept" } },
  { kind: "files", fault: { at, kind: "lost", andAllAfter: true } },
  { kind: "files", fault: { at, kind: "lost", error: new StationError("STICK_FULL", "Full. Use another stick.") } },
  { kind: "pull", at, fileSystem: "vfat" },
  { kind: "pull", at, fileSystem: "exfat" },
  { kind: "pull", at, fileSystem: "ext" },
];
const everyFault = (operations: number): readonly BenchFault[] => [
  ...systemFaults.map((what): BenchFault => ({ kind: "system", what })),
  ...Array.from({ length: operations }, (_, index) => faultsAt(index + 1)).flat(),
];

test("without a fault a stick is green after one plugging", async () => {
  const world = benchWorld(small);
  const stick = world.add("A", 1);
  world.plug(stick);
  await world.settle();
  expect(slotOf(world, stick)).toMatchObject({ state: "remove", claimed: 0 });
  expect(stick.operations.length).toBeGreaterThan(20);
  check(world, [stick], () => "no fault");
});

describe("a fault at every step, and another at the next try", () => {
  const shards = 8;
  test.each(Array.from({ length: shards }, (_, shard) => [shard]))("part %i", async (shard) => {
    const operations = await operationsOf(small);
    const all = everyFault(operations);
    let turn = 0;
    for (const [first, fault] of all.entries()) {
      if (first % shards !== shard) continue;
      // Every fault meets every eighth of the others, another eighth each time.
      for (let second = first % 8; second < all.length; second += 8) {
        await ordeal(small, [fault, all[second]], turn++ % 3 !== 0);
      }
    }
  });
});

test("a real delivery, failing at every step", async () => {
  const ready = deliveryWorld().delivery(firstBatch, ["device"]);
  const real: Deliver = async (files, { root }) => {
    await writeDelivery(ready.on(files, root));
  };
  const operations = await operationsOf(real);
  const all = everyFault(operations);
  for (let index = 0; index < all.length; index += 9) await ordeal(real, [all[index]], true);
});

async function operationsOf(deliver: Deliver): Promise<number> {
  const world = benchWorld(deliver);
  const stick = world.add("A", 1);
  world.plug(stick);
  await world.settle();
  return stick.operations.length;
}

/** The stick meets these faults one plugging after the other, and then none; the one beside it never meets any. */
async function ordeal(deliver: Deliver, faults: readonly (BenchFault | undefined)[], mounted: boolean): Promise<void> {
  const world = benchWorld(deliver);
  const unlucky = world.add("A", 1);
  const lucky = world.add("B", 2);
  const sticks = [unlucky, lucky];
  let isFirst = true;
  for (const fault of [...faults, undefined]) {
    const what = () => `${JSON.stringify(faults)} at ${JSON.stringify(fault ?? "the end")}`;
    if (fault !== undefined) injected++;
    world.plug(unlucky, fault, mounted && !(fault?.kind === "system" && fault.what.startsWith("mount")));
    await world.settle();
    check(world, sticks, what);
    if (isFirst && fault?.kind === "system" && refusing.has(fault.what)) {
      expect(Object.keys(unlucky.files.tree(unlucky.root)).length, what()).toBe(3);
    }
    if (isFirst) {
      world.plug(lucky);
      await world.settle();
      if (slotOf(world, lucky).state !== "remove")
        expect(slotOf(world, lucky), what()).toMatchObject({ state: "remove" });
      isFirst = false;
    }
    if (fault !== undefined) {
      world.pull(unlucky);
      check(world, sticks, () => `${what()}, pulled`);
    }
  }
  const { state, claimed } = slotOf(world, unlucky);
  const { done, owed } = world.bench.state;
  const end = { state, claimed, owed: owed.length, done, recorded: world.record.size };
  expect(end, JSON.stringify(faults)).toEqual({ state: "remove", claimed: 0, owed: 0, done: 2, recorded: 2 });
}

function slotOf(world: BenchWorld, { slot }: SimulatedStick) {
  const found = world.bench.state.slots.find((one) => one.slot === slot);
  if (found === undefined) throw new Error("no such slot");
  return found;
}

/** What must be true at every moment, whatever went wrong. */
function check(world: BenchWorld, sticks: readonly SimulatedStick[], what: () => string): void {
  const problems = [...problemsOf(world), ...sticks.flatMap((stick) => problemsAt(world, stick))];
  if (problems.length > 0) expect(problems, what()).toEqual([]);
}

function problemsOf({ seats, bench }: BenchWorld): readonly string[] {
  const claimed = [...bench.state.slots, ...bench.state.owed].reduce((sum, one) => sum + one.claimed, 0);
  return [
    ...(new Set(seats).size === seats.length ? [] : ["a seat was taken twice"]),
    ...(bench.state.done + claimed <= order.count ? [] : ["more was begun than the order allows"]),
  ];
}

function problemsAt(world: BenchWorld, stick: SimulatedStick): readonly string[] {
  const tree = stick.files.tree(stick.root);
  const { state, plugging, stick: key } = slotOf(world, stick);
  const isGreen = state === "remove";
  const isTorn = "PROVISIONING/batch/" in tree && tree["PROVISIONING/batch/device.lic"] !== "machine file";
  const committed = Object.keys(tree).filter((path) => /^PROVISIONING\/[^./][^/]*\/[^/]+$/.test(path));
  const found: Readonly<Record<string, boolean>> = {
    "a file outside PROVISIONING changed": outsideOf(tree) !== expectedOutside(stick),
    "the delivery is torn": isTorn && tree["PROVISIONING/batch/manifest.dsse.json"] === undefined,
    "it is still at work": isWorkingState(state),
    "green without a record": isGreen && !world.record.has(key ?? ""),
    "green and still mounted": isGreen && world.isMounted(stick),
    "green and nobody there": isGreen && plugging === null,
    "green without files": isGreen && committed.length === 0,
  };
  return Object.keys(found).filter((problem) => found[problem] === true);
}

function outsideOf(tree: Readonly<Record<string, string | null>>): string {
  return JSON.stringify(Object.entries(tree).filter(([path]) => !path.startsWith("PROVISIONING/")));
}

function expectedOutside({ name, key }: SimulatedStick): string {
  return JSON.stringify([
    ["keep/", null],
    ["keep/photo.jpg", `${name}'s own`],
    ["one.fingerprint.txt", fingerprintOf(key)],
  ]);
}
