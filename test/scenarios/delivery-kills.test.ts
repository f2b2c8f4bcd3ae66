import { beforeAll, describe, expect, test } from "vitest";
import { verifyStick } from "../../electron/engine/delivery/verify-stick.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { type Fault, faultyFiles, Killed } from "../fakes/faulty-files.ts";
import type { MemoryFiles } from "../fakes/memory-files.ts";
import { type DeliveryStates, deliveryStates, stateOf } from "../fixtures/delivery-states.ts";
import { deliveryWorld } from "../fixtures/delivery-world.ts";

// The process dies after every single file operation of a delivery, with and without the power going with it.

let states: DeliveryStates;
let total: number;
beforeAll(async () => {
  states = await deliveryStates();
  const files = faultyFiles(states.stick());
  await writeDelivery(states.second.on(files, "/stick"));
  total = files.operations.length;
});

describe.each<{ readonly title: string; readonly after: (files: MemoryFiles, at: number) => void }>([
  { title: "the process alone", after: () => {} },
  { title: "the power, and nothing unsynced reached the stick", after: (files) => files.crash() },
  {
    title: "the power, and some of what was unsynced had reached the stick",
    after: (files, at) => {
      files.crash(coin(at));
    },
  },
])("killed after the n-th operation: $title", ({ after }) => {
  test("leaves the old state or the new, and a rerun completes", async () => {
    for (let at = 1; at <= total; at++) {
      const files = states.stick();
      await kill(files, at);
      after(files, at);
      expect(stateOf(files.tree("/stick"), states), `operation ${at}`).not.toBeNull();
      await writeDelivery(states.second.on(files, "/stick"));
      expect(files.tree("/stick"), `operation ${at}`).toEqual(states.after);
    }
  });
});

test("a stick pulled at any moment of a delivery verifies, with a note about what was left", async () => {
  const { keys } = deliveryWorld();
  const notes = new Set<string>();
  for (const at of [1, 12, Math.floor(total / 2), total - 4, total - 3, total - 2, total - 1, total]) {
    const files = states.stick();
    await kill(files, at);
    const report = await verifyStick({ files, root: "/stick", keys });
    expect(report.ok, `operation ${at}: ${JSON.stringify(report)}`).toBe(true);
    for (const note of report.notes) notes.add(note);
  }
  expect([...notes].filter((note) => note.includes(".partial: left by an interrupted delivery"))).not.toEqual([]);
  expect([...notes].filter((note) => note.includes("does not list the last delivery yet"))).not.toEqual([]);
});

async function kill(files: MemoryFiles, at: number): Promise<void> {
  const fault: Fault = { at, kind: "killed" };
  await expect(writeDelivery(states.second.on(faultyFiles(files, fault), "/stick"))).rejects.toThrow(Killed);
}

/** A different run of heads and tails for each seed. */
function coin(seed: number): () => boolean {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 31 === 1;
  };
}
