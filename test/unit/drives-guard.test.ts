import { describe, expect, test } from "vitest";
import { errorMeanings } from "#shared/domain/errors.ts";
import type { DriveReport, VolumeReport } from "../../electron/engine/drives/drive-report.ts";
import { fileSystemSupport } from "../../electron/engine/drives/file-system-support.ts";
import { identityOfVolume, isSamePlugging, whatChanged } from "../../electron/engine/drives/same-drive.ts";
import {
  chooseVolume,
  defaultGuardPolicy,
  failureOf,
  type GuardPolicy,
  refuseDrive,
} from "../../electron/engine/drives/suitability.ts";
import { markUses } from "../../electron/engine/drives/uses.ts";
import { driveReport, volumeReport } from "../fixtures/drives/reports.ts";

const policy: GuardPolicy = { ...defaultGuardPolicy, host: "linux" };
const codes = (drive: DriveReport, changes: Partial<GuardPolicy> = {}) =>
  refuseDrive(drive, { ...policy, ...changes }).map(({ code }) => code);

test("an ordinary stick has nothing against it, and its volume is the place to work at", () => {
  const drive = driveReport();
  expect(codes(drive)).toEqual([]);
  expect(chooseVolume(drive, policy)).toEqual({ kind: "ready", volume: drive.volumes[0], root: "/media/op/FIELD" });
});

describe("no wrong disk", () => {
  test.each<readonly [string, Partial<DriveReport>, readonly string[]]>([
    ["runs the system", { uses: [{ use: "system", by: "/" }] }, ["holds-system"]],
    ["is swapped to", { uses: [{ use: "swap", by: "/dev/sdb2" }] }, ["holds-swap"]],
    ["holds the station", { uses: [{ use: "app", by: "/opt/station" }] }, ["holds-app"]],
    ["holds the station's data", { uses: [{ use: "data", by: "/media/op/FIELD/home" }] }, ["holds-data"]],
    ["is part of a pool", { uses: [{ use: "pool", by: "/dev/sdb1" }] }, ["part-of-pool"]],
    [
      "has a second partition mounted at a system folder",
      { mountPoints: ["/media/op/FIELD", "/boot/efi"] },
      ["holds-system"],
    ],
    ["is a live system's medium", { mountPoints: ["/cdrom"] }, ["mounted-elsewhere"]],
    ["is a live system's medium, elsewhere", { mountPoints: ["/run/live/medium"] }, ["mounted-elsewhere"]],
    ["is mounted on the folder of all media itself", { mountPoints: ["/mnt"] }, ["holds-system"]],
    ["is an internal disk", { bus: "sata", isRemovable: false }, ["wrong-bus", "not-removable"]],
    ["is NVMe that calls itself removable", { bus: "nvme" }, ["wrong-bus"]],
    ["is zram that calls itself removable", { bus: "virtual" }, ["wrong-bus"]],
    ["is a network block device", { bus: "network" }, ["wrong-bus"]],
    ["is on a bus that nobody knows", { bus: "unknown" }, ["wrong-bus"]],
    ["is a USB hard disk", { isRemovable: false }, ["not-removable"]],
    ["does not say whether it is removable", { isRemovable: null }, ["not-removable"]],
    ["is larger than allowed", { sizeBytes: 256 * 1e9 + 1 }, ["too-large"]],
    ["does not say its size", { sizeBytes: null }, ["size-unknown"]],
    ["is write-protected", { isReadOnly: true }, ["read-only"]],
    ["has no card in it", { sizeBytes: 0, isRemovable: null, bus: "unknown" }, ["no-medium"]],
    [
      "is everything at once",
      { bus: "sata", isRemovable: false, sizeBytes: 4e12, uses: [{ use: "system", by: "/" }] },
      ["holds-system", "wrong-bus", "not-removable", "too-large"],
    ],
  ])("a drive that %s is refused", (_, changes, expected) => {
    const drive = driveReport(changes);
    expect(codes(drive)).toEqual(expected);
    expect(chooseVolume(drive, policy).kind).toBe("refused");
  });

  test("a supervisor allows a large stick and nothing else", () => {
    expect(codes(driveReport({ sizeBytes: 1e12 }), { supervisor: true })).toEqual([]);
    expect(
      codes(driveReport({ sizeBytes: 1e12, isRemovable: false, uses: [{ use: "data", by: "/x" }] }), {
        supervisor: true,
      }),
    ).toEqual(["holds-data", "not-removable"]);
  });

  test("on Windows every drive letter but the system's is a place for media, a folder is not", () => {
    const at = (place: string) => codes(driveReport({ mountPoints: [place] }), { host: "win32" });
    expect([at("E:\\"), at("C:\\"), at("D:\\mounts\\stick\\")]).toEqual([[], ["holds-system"], ["mounted-elsewhere"]]);
  });

  test("a system started from USB is found by what is needed of it, whatever the system calls the drive", () => {
    const live = driveReport({ device: "/dev/sda", mountPoints: ["/"], volumes: [] });
    const stick = driveReport({ device: "/dev/sdb" });
    const marked = markUses(
      [live, stick],
      [
        { use: "system", path: "/" },
        { use: "data", path: "/home/op/.station" },
      ],
      "linux",
    );
    expect(marked.map(({ uses }) => uses.map(({ use }) => use))).toEqual([["system", "data"], []]);
  });

  test("what is needed belongs to the nearest mount point, by whole names", () => {
    const root = driveReport({ device: "/dev/sda", mountPoints: ["/"] });
    const near = driveReport({ device: "/dev/sdb", mountPoints: ["/media/op/a"] });
    const other = driveReport({ device: "/dev/sdc", mountPoints: ["/media/op/ab"] });
    const marked = markUses(
      [root, near, other],
      [
        { use: "data", path: "/media/op/ab/home" },
        { use: "app", path: "/media/op/abc" },
        { use: "swap", path: "/media/op/a" },
      ],
      "linux",
    );
    expect(marked.map(({ uses }) => uses.map(({ use }) => use))).toEqual([["app"], ["swap"], ["data"]]);
  });

  test("case means nothing where the system takes it for nothing", () => {
    const drive = driveReport({ mountPoints: ["E:\\"] });
    expect(markUses([drive], [{ use: "data", path: "e:/Station" }], "win32")[0]?.uses).toEqual([
      { use: "data", by: "e:/Station" },
    ]);
  });
});

describe("volumes", () => {
  const only = (...volumes: readonly VolumeReport[]) =>
    driveReport({ volumes, mountPoints: volumes.flatMap(({ mountPoints }) => mountPoints) });
  const reasons = (drive: DriveReport, host: GuardPolicy["host"] = "linux") => {
    const choice = chooseVolume(drive, { ...policy, host });
    return choice.kind === "refused" ? choice.refusals.map(({ code }) => code) : choice.kind;
  };

  test.each<readonly [string, DriveReport, readonly string[] | string]>([
    ["one not mounted", only(volumeReport({ mountPoints: [] })), "mountable"],
    [
      "a mounted one beside one that is not",
      only(volumeReport(), volumeReport({ device: "/dev/sdb2", mountPoints: [] })),
      "ready",
    ],
    [
      "a usable one beside a foreign one",
      only(volumeReport({ device: "/dev/sdb2", fileSystem: "xfs", mountPoints: [] }), volumeReport()),
      "ready",
    ],
    [
      "two mounted ones",
      only(volumeReport(), volumeReport({ device: "/dev/sdb2", mountPoints: ["/media/op/B"] })),
      ["several-volumes"],
    ],
    [
      "two to mount",
      only(volumeReport({ mountPoints: [] }), volumeReport({ device: "/dev/sdb2", mountPoints: [] })),
      ["several-volumes"],
    ],
    ["none", only(), ["nothing-readable"]],
    ["one that nobody recognises", only(volumeReport({ fileSystem: null })), ["nothing-readable"]],
    ["a locked one", only(volumeReport({ fileSystem: "locked", mountPoints: [] })), ["locked"]],
    ["a foreign one", only(volumeReport({ fileSystem: "btrfs" })), ["file-system"]],
    [
      "one that is named like a member of every object",
      only(volumeReport({ fileSystem: "constructor" })),
      ["file-system"],
    ],
    ["a write-protected one", only(volumeReport({ isReadOnly: true })), ["read-only"]],
  ])("a drive with %s", (_, drive, expected) => {
    expect(reasons(drive)).toEqual(expected);
  });

  test.each<readonly [keyof typeof fileSystemSupport, string, string, string]>([
    ["vfat", "ready", "ready", "ready"],
    ["exfat", "ready", "ready", "ready"],
    ["ntfs", "ready", "file-system", "ready"],
    ["ext4", "ready", "file-system", "file-system"],
    ["apfs", "file-system", "ready", "file-system"],
    ["hfsplus", "file-system", "ready", "file-system"],
  ])("%s is judged on every system as the table of what works where says", (fileSystem, linux, darwin, win32) => {
    const on = (host: GuardPolicy["host"], mountPoint: string) =>
      [reasons(only(volumeReport({ fileSystem, mountPoints: [mountPoint] })), host)].flat()[0];
    expect([on("linux", "/media/a"), on("darwin", "/Volumes/a"), on("win32", "E:\\")]).toEqual([linux, darwin, win32]);
    const isUsable = (host: GuardPolicy["host"]) =>
      ["works", "with-driver"].includes(fileSystemSupport[fileSystem].on[host]);
    expect([isUsable("linux"), isUsable("darwin"), isUsable("win32")]).toEqual(
      [linux, darwin, win32].map((one) => one === "ready"),
    );
  });
});

test("every refusal is a failure with a known code, a next step, and nothing that steers a terminal", () => {
  const drive = driveReport({
    bus: "sata",
    isRemovable: false,
    sizeBytes: 4e12,
    isReadOnly: true,
    mountPoints: ["/x\u001b[2J"],
    uses: [{ use: "swap", by: "\u202e" }],
  });
  for (const one of refuseDrive(drive, policy)) {
    const failure = failureOf(one);
    expect(Object.keys(errorMeanings)).toContain(failure.code);
    expect(failure.details).toEqual({ ...one.values, reason: one.code });
    expect(Object.values(one.values ?? {}).join("")).toMatch(/^[\u0020-\u007e]*$/);
    expect(failure.message).toMatch(/^[\u0020-\u007e]+[.]$/);
  }
});

describe("the same drive", () => {
  const before = driveReport({ generation: "4" });
  const volume = before.volumes[0] ?? volumeReport();

  test.each<readonly [string, readonly DriveReport[], string | null]>([
    ["nothing changed", [before], null],
    ["it is gone", [driveReport({ device: "/dev/sdz" })], "it is not plugged in any more"],
    ["it was replugged between two looks", [driveReport({ generation: "5" })], "it was unplugged in between"],
    ["another serial", [{ ...before, serial: "OTHER" }], "its serial number is another"],
    ["another port", [{ ...before, port: "x/9:0" }], "it is at another port"],
    ["another size", [{ ...before, sizeBytes: 1 }], "its size is another"],
    [
      "another volume in its place",
      [{ ...before, volumes: [volumeReport({ uuid: "0000-0001" })] }],
      "its volume is another",
    ],
    [
      "mounted elsewhere",
      [{ ...before, volumes: [volumeReport({ mountPoints: ["/media/op/FIELD1"] })] }],
      "it is mounted at another place",
    ],
    ["the volume is gone", [{ ...before, volumes: [] }], "its volume is not there any more"],
  ])("%s", (_, now, expected) => {
    expect(whatChanged({ drive: before, volume }, now)).toBe(expected);
  });

  test("a replug of the same stick at the same port is another plugging where the system counts them", () => {
    expect(isSamePlugging(before, driveReport({ generation: "4" }))).toBe(true);
    expect(isSamePlugging(before, driveReport({ generation: "5" }))).toBe(false);
  });

  test("the identity is the one that the ledger records", () => {
    expect(identityOfVolume(before, volume)).toEqual({
      folder: null,
      volumeUuid: "5A3C-1F00",
      usbSerial: "60A44C3FAE22",
      sizeBytes: 15_727_591_424,
      fileSystem: null,
    });
  });
});
