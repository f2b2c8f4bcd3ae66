import { beforeAll, describe, expect, test } from "vitest";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { type Fault, type FaultyFiles, faultyFiles } from "../fakes/faulty-files.ts";
import type { MemoryFiles } from "../fakes/memory-files.ts";
import { type DeliveryStates, deliveryStates, stateOf, stickFrom } from "../fixtures/delivery-states.ts";

// Every single file operation of a delivery fails once, in each way a reported failure can be true or false.

let states: DeliveryStates;
let operations: readonly string[];
beforeAll(async () => {
  states = await deliveryStates();
  operations = (await attempt(states.stick(), null)).operations;
});

describe.each<{ readonly title: string; readonly fault: Omit<Fault, "at">; readonly code: string }>([
  { title: "failed and lost", fault: { kind: "lost" }, code: "STICK_IO" },
  { title: "failed but kept", fault: { kind: "kept" }, code: "STICK_IO" },
  {
    title: "failed, and all after it, as after a pull",
    fault: { kind: "lost", andAllAfter: true },
    code: "STICK_GONE",
  },
])("the n-th operation $title", ({ fault, code }) => {
  test("is reported, leaves the old state or the new, and a rerun completes", async () => {
    expect(operations.length).toBeGreaterThan(60);
    const seen = new Set<string | null>();
    for (let at = 1; at <= operations.length; at++) {
      const what = `operation ${at}, ${operations[at - 1]}`;
      const files = states.stick();
      const { error } = await attempt(files, { at, ...fault });
      // At the very first look there is nothing yet to compare the stick with.
      expect(error, what).toMatchObject({ code: at === 1 ? "STICK_IO" : code });
      const state = stateOf(files.tree("/stick"), states);
      seen.add(state);
      expect(state, what).not.toBeNull();
      expect((await attempt(files, null)).error, what).toBeNull();
      expect(files.tree("/stick"), what).toEqual(states.after);
    }
    expect(seen).toContain("old");
    expect(seen).toContain("index-pending");
  });
});

test("a rerun after a pull at the very end may itself fail at any operation", async () => {
  const rename = operations.findIndex((one) => one.endsWith("/.index.json.partial") && one.startsWith("rename")) + 1;
  const pulled = states.stick();
  await attempt(pulled, { at: rename, kind: "lost" });
  expect(stateOf(pulled.tree("/stick"), states)).toBe("index-pending");
  const half = pulled.tree("/stick");
  const rerun = await attempt(stickFrom(half), null);
  for (let at = 1; at <= rerun.operations.length; at++) {
    const files = stickFrom(half);
    expect((await attempt(files, { at, kind: at % 2 === 0 ? "lost" : "kept" })).error).toMatchObject({
      code: "STICK_IO",
    });
    expect(["index-pending", "new"]).toContain(stateOf(files.tree("/stick"), states));
    expect((await attempt(files, null)).error).toBeNull();
    expect(files.tree("/stick")).toEqual(states.after);
  }
});

async function attempt(
  inner: MemoryFiles,
  fault: Fault | null,
): Promise<{ readonly error: unknown; readonly operations: readonly string[] }> {
  const files: FaultyFiles = faultyFiles(inner, fault);
  try {
    await writeDelivery(states.second.on(files, "/stick"));
    return { error: null, operations: files.operations };
  } catch (error) {
    return { error, operations: files.operations };
  }
}
