import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { systemDriveLister } from "../../electron/engine/platform/drive-lister.ts";
import { parseLsblk } from "../../electron/engine/platform/lsblk.ts";

const workbench = readFileSync(join(import.meta.dirname, "../fixtures/lsblk/workbench.json"), "utf8");

test("of a full workbench only mounted, writable, removable volumes away from the system are offered", () => {
  expect(parseLsblk(workbench).map(({ mountPoint, label }) => [mountPoint, label])).toEqual([
    ["/media/op/FIELD-07", "FIELD-07"],
    ["/run/media/op/77D0-1C2B", "Mass Storage"],
    ["/media/op/ARCHIVE", "ARCHIVE"],
    ["/media/op/CAM", "CAM\\u202eERA"],
  ]);
});

test("a whole volume is described", () => {
  expect(parseLsblk(workbench)[0]).toEqual({
    id: "/dev/sdb1 4C1F-9A02 /media/op/FIELD-07",
    mountPoint: "/media/op/FIELD-07",
    label: "FIELD-07",
    sizeBytes: 15_727_591_424,
    fileSystem: "vfat",
  });
});

test.each([
  "",
  "{",
  "null",
  "[]",
  "{}",
  '{"blockdevices":null}',
  '{"blockdevices":[{"path":7}]}',
  '{"blockdevices":[],"blockdevices":[]}',
])("output of another shape offers nothing: %s", (text) => expect(parseLsblk(text)).toEqual([]));

test("no text whatever throws", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseLsblk(text))));
});

test("the real system can be asked, and elsewhere nothing is offered", async () => {
  expect(Array.isArray(await systemDriveLister().list())).toBe(true);
  expect(await systemDriveLister("darwin").list()).toEqual([]);
});
