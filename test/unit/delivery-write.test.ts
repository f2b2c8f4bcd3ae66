import { StationError } from "#shared/domain/errors.ts";
import { describe, expect, test } from "vitest";
import { refreshIndex } from "../../electron/engine/delivery/index-file.ts";
import { inspectCommitted } from "../../electron/engine/delivery/inspect.ts";
import { planDelivery } from "../../electron/engine/delivery/plan.ts";
import { writeDelivery } from "../../electron/engine/delivery/write-stick.ts";
import { type MemoryFiles, memoryFiles } from "../fakes/memory-files.ts";
import { deliveryWorld, firstBatch, secondBatch } from "../fixtures/delivery-world.ts";

const base = "/stick/PROVISIONING";
const { keys } = deliveryWorld();

describe("what stops a delivery before its commit", () => {
  test("a machine file that its device would refuse", async () => {
    const files = stick();
    const refused = new StationError("CREDENTIAL_SIGNATURE", "The signature does not verify.");
    const options = {
      ...deliveryWorld().delivery(firstBatch, ["pump"]).on(files, "/stick"),
      verifyFile: () => Promise.reject(refused),
    };
    await expect(writeDelivery(options)).rejects.toBe(refused);
    expect(committed(files)).toEqual([]);
  });

  test("a machine file that is not the one in the ledger", async () => {
    const files = stick();
    const ready = deliveryWorld().delivery(firstBatch, ["pump"]);
    const content: typeof ready.content = async (device) => ({
      ...(await ready.content(device)),
      certificate: new Uint8Array(9),
    });
    await expect(writeDelivery({ ...ready.on(files, "/stick"), content })).rejects.toMatchObject({
      code: "LEDGER_BROKEN",
    });
    expect(committed(files)).toEqual([]);
  });

  test("a receipt of another device", async () => {
    const files = stick();
    const ready = deliveryWorld().delivery(firstBatch, ["pump", "valve"]);
    const other = ready.plan.devices[0];
    const content: typeof ready.content = async (device) => ({
      ...(await ready.content(device)),
      receipt: (await ready.content(other ?? device)).receipt,
    });
    await expect(writeDelivery({ ...ready.on(files, "/stick"), content })).rejects.toMatchObject({
      code: "VERIFY_RECEIPT",
    });
    expect(committed(files)).toEqual([]);
  });

  test("a signing key that is not the one whose public half is given out", async () => {
    const ready = deliveryWorld().delivery(firstBatch, ["pump"]);
    const wrong = deliveryWorld("somebody else").sign;
    const right = deliveryWorld().sign;
    for (const sign of [
      { ...right, manifest: wrong.manifest },
      { ...right, sums: wrong.sums },
    ]) {
      const files = stick();
      await expect(writeDelivery({ ...ready.on(files, "/stick"), sign })).rejects.toMatchObject({
        code: "KEYS_UNREADABLE",
      });
      expect(committed(files)).toEqual([]);
    }
  });

  test("bytes that come back changed", async () => {
    const files = stick();
    const readBack: MemoryFiles["readBack"] = async (path, maxBytes) => {
      const { bytes, how } = await files.readBack(path, maxBytes);
      return { bytes: path.endsWith(".lic") ? bytes.with(0, 0) : bytes, how };
    };
    const options = deliveryWorld()
      .delivery(firstBatch, ["pump"])
      .on({ ...files, readBack }, "/stick");
    await expect(writeDelivery(options)).rejects.toMatchObject({ code: "STICK_READ_BACK" });
    expect(committed(files)).toEqual([]);
  });

  test("the operator, at any moment that is reported", async () => {
    const steps: string[] = [];
    const full = deliveryWorld().delivery(firstBatch, ["pump", "valve"]);
    await writeDelivery({ ...full.on(stick(), "/stick"), report: ({ step }) => steps.push(step) });
    for (let at = 0; at < steps.indexOf("commit"); at++) {
      const files = stick();
      const stop = new AbortController();
      let seen = 0;
      const report = (): void => {
        if (seen++ === at) stop.abort();
      };
      const options = { ...full.on(files, "/stick"), report, signal: stop.signal };
      await expect(writeDelivery(options)).rejects.toMatchObject({ code: "CANCELLED" });
      expect(committed(files)).toEqual([]);
    }
  });

  test("a stick that runs full, and the next delivery to it makes room by removing what was left", async () => {
    const files = memoryFiles({ capacityBytes: 20_000, clusterBytes: 512 });
    files.putFolder("/stick");
    const world = deliveryWorld();
    const many = world.delivery(
      firstBatch,
      Array.from({ length: 12 }, (_, i) => `device ${i}`),
    );
    await expect(writeDelivery(many.on(files, "/stick"))).rejects.toMatchObject({ code: "STICK_FULL" });
    expect(committed(files)).toEqual([]);
    const again = deliveryWorld().delivery(firstBatch, ["device 1"]);
    await writeDelivery(again.on(files, "/stick"));
    expect(committed(files)).toEqual([firstBatch, "index.json"]);
  });

  test.each(["vfat", "exfat", "ext"] as const)("a pull, whatever a %s volume calls it", async (fileSystem) => {
    const files = stick();
    files.putOther("/sys/block/sda", "other");
    const ready = deliveryWorld().delivery(firstBatch, ["pump", "valve"]);
    const content: typeof ready.content = (device) => {
      files.pull(fileSystem);
      return ready.content(device);
    };
    const { inode = 0 } = (await files.stat("/stick")) ?? {};
    const mark = { device: 1, inode, blockDevice: "/sys/block/sda" };
    await expect(writeDelivery({ ...ready.on(files, "/stick"), content, mark })).rejects.toMatchObject({
      code: "STICK_GONE",
    });
  });

  test("an index.json that is a link", async () => {
    const files = stick();
    files.putOther(`${base}/index.json`, "link");
    const options = deliveryWorld().delivery(firstBatch, ["pump"]).on(files, "/stick");
    await expect(writeDelivery(options)).rejects.toMatchObject({ code: "STICK_UNSAFE" });
  });
});

describe("a delivery that is repeated", () => {
  test("after its commit changes nothing and gives the same result", async () => {
    const files = stick();
    const ready = deliveryWorld().delivery(firstBatch, ["pump", "valve"]);
    const first = await writeDelivery(ready.on(files, "/stick"));
    const tree = files.tree("/stick");
    expect(await writeDelivery(ready.on(files, "/stick"))).toEqual(first);
    expect(files.tree("/stick")).toEqual(tree);
    expect(ready.verified).toHaveLength(2);
  });

  test("over a folder of its name that lost bytes writes it anew", async () => {
    const files = stick();
    const ready = deliveryWorld().delivery(firstBatch, ["pump"]);
    await writeDelivery(ready.on(files, "/stick"));
    const tree = files.tree("/stick");
    files.corrupt(`${base}/${firstBatch}/README.txt`, () => new Uint8Array());
    expect(await inspectCommitted(files, "/stick", firstBatch, keys)).toMatchObject({
      state: "damaged",
      problems: [{ code: "VERIFY_DIGEST", path: `PROVISIONING/${firstBatch}/README.txt` }],
    });
    await writeDelivery(ready.on(files, "/stick"));
    expect(files.tree("/stick")).toEqual(tree);
  });

  test("with other devices under the same batch is refused", async () => {
    const files = stick();
    const world = deliveryWorld();
    await writeDelivery(world.delivery(firstBatch, ["pump"]).on(files, "/stick"));
    await expect(writeDelivery(world.delivery(firstBatch, ["valve"]).on(files, "/stick"))).rejects.toMatchObject({
      code: "STICK_BUSY",
    });
  });
});

describe("inspecting what became of a batch", () => {
  test("tells absent from committed, and gives what the ledger needs", async () => {
    const files = stick();
    const ready = deliveryWorld().delivery(firstBatch, ["pump"]);
    expect(await inspectCommitted(files, "/stick", firstBatch, keys)).toEqual({ state: "absent" });
    const result = await writeDelivery(ready.on(files, "/stick"));
    expect(await inspectCommitted(files, "/stick", firstBatch, keys)).toEqual({
      state: "committed",
      result,
      fileDigests: new Map(ready.plan.devices.map((device) => [device.fingerprintSha256, device.fileSha256])),
    });
    expect(await inspectCommitted(files, "/stick", secondBatch, keys)).toEqual({ state: "absent" });
  });

  test("takes a fault of the stick for what it is and not for damage", async () => {
    const files = stick();
    await writeDelivery(deliveryWorld().delivery(firstBatch, ["pump"]).on(files, "/stick"));
    const read: MemoryFiles["read"] = () => Promise.reject(new StationError("STICK_IO", "Input or output fault."));
    await expect(inspectCommitted({ ...files, read }, "/stick", firstBatch, keys)).rejects.toMatchObject({
      code: "STICK_IO",
    });
  });
});

describe("the index", () => {
  test("is rebuilt from the batches when it is lost or damaged, other stations' batches left out and named", async () => {
    const files = stick();
    const foreign = deliveryWorld("somebody else");
    await writeDelivery(foreign.delivery(secondBatch, ["pump"]).on(files, "/stick"));
    await writeDelivery(deliveryWorld().delivery(firstBatch, ["pump"]).on(files, "/stick"));
    const good = files.tree(base)["index.json"];
    expect(good).toContain(firstBatch);
    expect(good).not.toContain(secondBatch);
    files.corrupt(`${base}/index.json`, () => new Uint8Array());
    expect(await refreshIndex(files, "/stick", keys)).toEqual({ devices: 1, notOurs: [secondBatch] });
    expect(files.tree(base)["index.json"]).toBe(good);
    await files.remove(`${base}/index.json`);
    await refreshIndex(files, "/stick", keys);
    expect(files.tree(base)["index.json"]).toBe(good);
  });

  test("is not made where there is nothing to point to", async () => {
    const files = stick();
    expect(await refreshIndex(files, "/stick", keys)).toEqual({ devices: 0, notOurs: [] });
    expect(files.tree("/stick")).toEqual({});
  });
});

describe("planning", () => {
  test("refuses no device, and one device twice", () => {
    const { plan } = deliveryWorld().delivery(firstBatch, ["pump"]);
    expect(() => planDelivery({ ...plan, devices: [] })).toThrow(StationError);
    expect(() => planDelivery({ ...plan, devices: [...plan.devices, ...plan.devices] })).toThrow(StationError);
  });

  test("the README names the batch and lets no control or direction-changing character through", () => {
    const { plan } = deliveryWorld().delivery(firstBatch, ["pump"]);
    const { readme } = planDelivery({ ...plan, station: "dock\n7\u202e\u001b[31m" });
    expect(readme).toContain(`Batch:    ${firstBatch}\nStation:  dock?7??[31m\n`);
    expect(/^[\n\x20-\x7e]*$/.test(readme)).toBe(true);
  });
});

function stick(): MemoryFiles {
  const files = memoryFiles();
  files.putFolder("/stick");
  return files;
}

function committed(files: MemoryFiles): readonly string[] {
  const names = Object.keys(files.tree("/stick")).filter((name) => !name.startsWith("PROVISIONING/."));
  const inside = names.map((name) => name.split("/")[1] ?? "").filter((name) => name !== "");
  return [...new Set(inside)];
}
