import { expect, test } from "vitest";
import { discardPartial, prepareStick } from "../../electron/engine/delivery/prepare-stick.ts";
import { needForDevices } from "../../electron/engine/delivery/space.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { faultyFiles } from "../fakes/faulty-files.ts";
import { memoryFiles } from "../fakes/memory-files.ts";
import { deliveryWorld, firstBatch } from "../fixtures/delivery-world.ts";

const provisioning = "/stick/PROVISIONING";
const partial = `${provisioning}/.${firstBatch}.partial`;
const pending = `${provisioning}/.index.json.partial`;
const need = needForDevices(2);

/** What a preparation and a delivery change on a stick or force to it, in order. */
async function changesOf(left: Readonly<Record<string, string>>, isPrepared = true): Promise<readonly string[]> {
  const inner = memoryFiles();
  inner.putFolder("/stick");
  for (const [path, text] of Object.entries(left)) inner.put(path, text);
  const files = faultyFiles(inner);
  if (isPrepared) await prepareStick(files, "/stick", firstBatch, need);
  const ready = deliveryWorld().delivery(firstBatch, ["pump", "valve"]);
  await writeDelivery(ready.on(files, "/stick"));
  return files.operations.filter((one) =>
    /^(?:makeDirectory|writeNew|sync|syncDirectory|syncVolume|rename|remove|removeTree) /.test(one),
  );
}

test("the folder that the stick was prepared with is the one that is filled", async () => {
  const changes = await changesOf({});
  expect(changes.filter((one) => one === `makeDirectory ${partial}`)).toHaveLength(1);
  const made = changes.indexOf(`makeDirectory ${partial}`);
  expect(changes.slice(made).filter((one) => one === `removeTree ${partial}`)).toEqual([]);
});

test("which clusters are taken is forced before any entry that points to them", async () => {
  const changes = await changesOf({});
  const isForced = (made: string, entry: string): void => {
    const from = changes.indexOf(made);
    const clusters = changes.findIndex(
      (one, at) => at > from && (one === "syncDirectory /stick" || one === "syncVolume /stick"),
    );
    const pointer = changes.findIndex((one, at) => at > from && one === entry);
    expect([made, from >= 0, clusters > from, clusters < pointer]).toEqual([made, true, true, true]);
  };
  isForced(`makeDirectory ${provisioning}`, "syncDirectory /stick");
  isForced(`makeDirectory ${partial}`, `syncDirectory ${provisioning}`);
  const written = changes.flatMap((one) => (one.startsWith("writeNew ") ? [one.slice("writeNew ".length)] : []));
  expect(written).toHaveLength(1 + 2 * 2 + 6 + 1);
  for (const path of written) isForced(`writeNew ${path}`, `sync ${path}`);
});

test.each([true, false])(
  "what an earlier try left is removed, and that forced, before anything takes its clusters; prepared: %s",
  async (isPrepared) => {
    const changes = await changesOf({ [`${partial}/half.lic`]: "half", [pending]: "{" }, isPrepared);
    const removals = [...changes.entries()].filter(([, one]) => one.startsWith("removeTree "));
    expect(new Set(removals.map(([, one]) => one))).toEqual(
      new Set([`removeTree ${partial}`, `removeTree ${pending}`]),
    );
    for (const [at] of removals) expect(changes[at + 1]).toBe(`syncDirectory ${provisioning}`);
    const taking = changes.findIndex((one) => one.startsWith("makeDirectory "));
    expect(changes.indexOf(`removeTree ${partial}`)).toBeLessThan(taking);
  },
);

test("taking back what was prepared is forced, also when whoever removed it was killed before that", async () => {
  for (const left of [true, false]) {
    const inner = memoryFiles();
    inner.putFolder(provisioning);
    if (left) inner.put(`${partial}/half.lic`, "half");
    const files = faultyFiles(inner);
    await discardPartial(files, "/stick", firstBatch);
    expect(files.operations.slice(-2)).toEqual([`removeTree ${partial}`, `syncDirectory ${provisioning}`]);
  }
});

test("a left-over that cannot be removed is said to be a damaged stick, with what to do", async () => {
  const run = async (at?: number) => {
    const inner = memoryFiles();
    inner.put(`${partial}/half.lic`, "half");
    const files = faultyFiles(inner, at === undefined ? null : { at, kind: "lost" });
    const failure = await prepareStick(files, "/stick", firstBatch, need).catch((error: unknown) => error);
    return { failure, at: files.operations.indexOf(`removeTree ${partial}`) + 1 };
  };
  const { failure } = await run((await run()).at);
  expect(failure).toMatchObject({ code: "STICK_IO" });
  expect(String(failure)).toMatch(/cannot be removed.*repaired.*another stick/);
});
