import { StationError } from "#shared/domain/errors.ts";
import { describe, expect, test } from "vitest";
import { discardPartial, prepareStick, stickRoom } from "../../electron/engine/delivery/prepare-stick.ts";
import { needForDevices } from "../../electron/engine/delivery/space.ts";
import { faultyFiles } from "../fakes/faulty-files.ts";
import { memoryFiles } from "../fakes/memory-files.ts";
import { firstBatch } from "../fixtures/delivery-world.ts";

const partial = `PROVISIONING/.${firstBatch}.partial/`;

describe("preparing a stick before a seat is spent", () => {
  test("leaves an empty partial folder, durably, and discarding it leaves nothing but PROVISIONING", async () => {
    const files = memoryFiles();
    files.put("/stick/a.fingerprint.txt", "x");
    await prepareStick(files, "/stick", firstBatch, needForDevices(3));
    files.crash();
    expect(files.tree("/stick")).toEqual({ "PROVISIONING/": null, [partial]: null, "a.fingerprint.txt": "x" });
    await discardPartial(files, "/stick", firstBatch);
    expect(files.tree("/stick")).toEqual({ "PROVISIONING/": null, "a.fingerprint.txt": "x" });
  });

  test("may be repeated over what an interrupted delivery left", async () => {
    const files = memoryFiles();
    files.put(`/stick/${partial}half.lic`, "x");
    await prepareStick(files, "/stick", firstBatch, needForDevices(3));
    expect(files.tree("/stick")).toEqual({ "PROVISIONING/": null, [partial]: null });
  });

  test("refuses a stick without room, counting whole clusters, and says how much is missing", async () => {
    const files = memoryFiles({ capacityBytes: 1_100_000, fileSystem: "vfat" });
    files.putFolder("/stick");
    const need = needForDevices(10);
    expect(await stickRoom(files, "/stick", need)).toEqual({
      neededBytes: need.bytes + need.files * 32_768,
      freeBytes: 1_100_000,
      fits: true,
    });
    expect(await stickRoom(files, "/stick", needForDevices(12))).toMatchObject({ fits: false });
    await expect(prepareStick(files, "/stick", firstBatch, needForDevices(12))).rejects.toMatchObject({
      code: "STICK_FULL",
      details: { free_bytes: 1_100_000 },
    });
  });

  test.each(["link", "other"] as const)("refuses a PROVISIONING that is a %s", async (kind) => {
    const files = memoryFiles();
    files.putFolder("/stick");
    files.putOther("/stick/PROVISIONING", kind);
    await expect(prepareStick(files, "/stick", firstBatch, needForDevices(1))).rejects.toMatchObject({
      code: "STICK_UNSAFE",
    });
    expect(Object.keys(files.tree("/stick"))).toEqual(["PROVISIONING"]);
  });

  test.each(["vfat", "exfat"] as const)("tells a pulled %s stick from a full or broken one", async (fileSystem) => {
    const files = memoryFiles();
    files.putFolder("/stick");
    const mark = { device: 1, inode: (await files.stat("/stick"))?.inode ?? 0 };
    files.pull(fileSystem);
    await expect(prepareStick(files, "/stick", firstBatch, needForDevices(1), mark)).rejects.toMatchObject({
      code: "STICK_GONE",
    });
  });

  test("passes on whatever fault the stick has, at any operation", async () => {
    const once = faultyFiles(stick());
    await prepareStick(once, "/stick", firstBatch, needForDevices(1));
    for (let at = 1; at <= once.operations.length; at++) {
      const error = new StationError("STICK_READ_ONLY", "The stick is write-protected.");
      const files = faultyFiles(stick(), { at, kind: "lost", error });
      await expect(prepareStick(files, "/stick", firstBatch, needForDevices(1))).rejects.toMatchObject({
        code: "STICK_READ_ONLY",
      });
    }
  });

  test("takes no name for a batch that could lead elsewhere", async () => {
    await expect(prepareStick(stick(), "/stick", "../../outside", needForDevices(1))).rejects.toMatchObject({
      code: "INTERNAL",
    });
  });
});

function stick() {
  const files = memoryFiles();
  files.putFolder("/stick");
  return files;
}
