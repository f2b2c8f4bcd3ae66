import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isSameStick } from "#shared/domain/drive.ts";
import { StationError } from "#shared/domain/errors.ts";
import { fileSystemName } from "../../electron/engine/platform/file-systems.ts";
import { parseMountInfo } from "../../electron/engine/platform/mount-info.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { stickStillThere } from "../../electron/engine/platform/os-errors.ts";
import { identifyStick, type SystemPlaces } from "../../electron/engine/platform/stick-identity.ts";
import { checkStickPlace, isSystemFolder } from "../../electron/engine/platform/stick-place.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "platform-stick-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StationError) return error.code;
    throw error;
  }
  return "done";
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A stand-in for /proc, /dev and /sys of a machine with one USB stick mounted at `stick 1`. */
function systemWithStick(options: { mountedFolder?: string; serial?: string } = {}): SystemPlaces & { stick: string } {
  const at = (...parts: string[]) => join(folder, ...parts);
  const stick = at("media", "stick 1");
  mkdirSync(stick, { recursive: true });
  write(at("dev", "sdb1"), "");
  mkdirSync(at("dev", "by-uuid"));
  symlinkSync("../sdb1", at("dev", "by-uuid", "1C2B-04FE"));
  symlinkSync("../gone", at("dev", "by-uuid", "0000-0000"));
  const usb = at("sys", "devices", "pci0", "usb2", "2-1");
  const disk = join(usb, "2-1:1.0", "host3", "block", "sdb");
  write(join(usb, "idVendor"), "0951\n");
  write(join(usb, "serial"), options.serial ?? "E0D55EA5\n");
  write(join(usb, "..", "idVendor"), "1d6b\n");
  write(join(usb, "..", "serial"), "the hub's own\n");
  write(join(disk, "sdb1", "size"), "62517248\n");
  mkdirSync(at("sys", "block"));
  symlinkSync(join(disk, "sdb1"), at("sys", "block", "sdb1"));
  const line = `36 25 8:17 ${options.mountedFolder ?? "/"} ${stick.replaceAll(" ", "\\040")} rw - vfat ${at("dev", "sdb1")} rw`;
  write(at("mountinfo"), `25 0 0:21 / / rw shared:1 - ext4 /dev/root rw\n${line}\n`);
  return { mountInfo: at("mountinfo"), uuidFolder: at("dev", "by-uuid"), blockFolder: at("sys", "block"), stick };
}

test("a mounted stick is known by its volume, its USB serial and its size", async () => {
  const system = systemWithStick();
  const found = await identifyStick(system.stick, system);
  expect(found.identity).toEqual({
    folder: null,
    volumeUuid: "1C2B-04FE",
    usbSerial: "E0D55EA5",
    sizeBytes: 62_517_248 * 512,
    fileSystem: (await nodeFiles.space(system.stick)).fileSystem,
  });
  expect(found.root).toBe(system.stick);
  expect(await nodeFiles.stat(system.stick)).toMatchObject({ device: found.device, inode: found.inode });
  expect(await stickStillThere(nodeFiles, found.root, found)).toBe(true);
  // Unplugged: the mount goes on answering, the device is no more.
  rmSync(found.blockDevice ?? "", { recursive: true });
  expect(await stickStillThere(nodeFiles, found.root, found)).toBe(false);
});

test("a folder of a volume, a bind mount and a place nothing is known of stand for a stick by their path", async () => {
  const system = systemWithStick();
  mkdirSync(join(system.stick, "folder"));
  const byPath = { volumeUuid: null, usbSerial: null, sizeBytes: null };
  const inside = await identifyStick(join(system.stick, "folder"), system);
  expect(inside.identity).toMatchObject({ ...byPath, folder: join(system.stick, "folder") });
  expect((await identifyStick(system.stick, null)).identity).toMatchObject({ ...byPath, folder: system.stick });
  expect(isSameStick(inside.identity, (await identifyStick(system.stick, null)).identity)).toBe(false);
  write(system.mountInfo, `36 25 8:17 /sub ${system.stick.replaceAll(" ", "\\040")} rw - vfat /dev/sdb1 rw\n`);
  expect((await identifyStick(system.stick, system)).identity).toMatchObject(byPath);
});

test("a serial that would spoil a screen is left out", async () => {
  const system = systemWithStick({ serial: "\u001b[2J\n" });
  expect((await identifyStick(system.stick, system)).identity.usbSerial).toBe(null);
});

test("a link to a stick is the stick; nothing and a file are refused", async () => {
  mkdirSync(join(folder, "stick"));
  symlinkSync(join(folder, "stick"), join(folder, "link"));
  expect((await identifyStick(join(folder, "link"))).root).toBe(join(folder, "stick"));
  expect(await codeOf(identifyStick(join(folder, "nothing")))).toBe("STICK_GONE");
  write(join(folder, "file"), "x");
  expect(await codeOf(identifyStick(join(folder, "file")))).toBe("STICK_UNSAFE");
});

test("mount tables are read as the kernel writes them, and nonsense is passed over", () => {
  const text = [
    "36 35 98:0 /mnt1 /mnt\\040two\\134 rw,noatime master:1 shared:2 - ext3 /dev/sdb1 rw,errors=continue",
    "garbage",
    "1 2 0:1 / /proc rw - proc proc rw",
    "",
  ].join("\n");
  expect(parseMountInfo(text)).toEqual([
    { volumeFolder: "/mnt1", mountPoint: "/mnt two\\", fileSystem: "ext3", source: "/dev/sdb1" },
    { volumeFolder: "/", mountPoint: "/proc", fileSystem: "proc", source: "proc" },
  ]);
});

test.each([
  ["/", true],
  ["/etc", true],
  ["/etc/station", true],
  ["/usr/local/share", true],
  ["/tmp", true],
  ["/tmp/stick", false],
  ["/home", true],
  ["/home/kim/stick", false],
  ["/dev/shm", true],
  ["/dev/shm/stick", false],
  ["/run/media/kim/STICK", false],
  ["/media/STICK", false],
  ["/Volumes/STICK", false],
])("%s is the system's own: %s", (path, expected) => {
  expect(isSystemFolder(path, "linux")).toBe(expected);
});

test.each([
  ["C:\\", true],
  ["C:\\Windows\\Temp", true],
  ["c:\\users", true],
  ["C:\\Users\\kim\\stick", false],
  ["E:\\", false],
])("on Windows %s is the system's own: %s", (path, expected) => {
  expect(isSystemFolder(path, "win32")).toBe(expected);
});

test("a stick beside the home is taken; one that holds it, lies in it or is it is not", async () => {
  const home = join(folder, "home");
  const stick = join(folder, "stick");
  mkdirSync(stick);
  const check = (root: string) => codeOf(checkStickPlace(nodeFiles, root, { home }));
  expect(await check(stick)).toBe("done");
  // The home is not made yet.
  expect(await check(folder)).toBe("STICK_UNSAFE");
  mkdirSync(join(home, "inner"), { recursive: true });
  expect(await check(folder)).toBe("STICK_UNSAFE");
  expect(await check(home)).toBe("STICK_UNSAFE");
  expect(await check(join(home, "inner"))).toBe("STICK_UNSAFE");
  expect(await check(homedir())).toBe("STICK_UNSAFE");
  expect(await check("/")).toBe("STICK_UNSAFE");
  expect(await check(join(folder, "nothing"))).toBe("STICK_GONE");
});

test("a home behind a link is found out", async () => {
  mkdirSync(join(folder, "stick"));
  symlinkSync(join(folder, "stick"), join(folder, "link"));
  const home = join(folder, "link", "not", "made", "yet");
  expect(await codeOf(checkStickPlace(nodeFiles, join(folder, "stick"), { home }))).toBe("STICK_UNSAFE");
});

test("a PROVISIONING that is a link or a file is refused, a folder is not", async () => {
  const home = join(folder, "home");
  for (const name of ["linked", "filed", "plain"]) mkdirSync(join(folder, name));
  symlinkSync("/tmp", join(folder, "linked", "PROVISIONING"));
  write(join(folder, "filed", "PROVISIONING"), "x");
  mkdirSync(join(folder, "plain", "PROVISIONING"));
  const check = (name: string) => codeOf(checkStickPlace(nodeFiles, join(folder, name), { home }));
  expect(await check("linked")).toBe("STICK_UNSAFE");
  expect(await check("filed")).toBe("STICK_UNSAFE");
  expect(await check("plain")).toBe("done");
});

test("file systems are named by their numbers on Linux only", () => {
  expect(
    [0xef53, 0x4d44, 0x01021994, 0x9123683e, -0x6edc97c2, 1].map((magic) => fileSystemName(magic, "linux")),
  ).toEqual(["ext", "vfat", "tmpfs", "btrfs", "btrfs", "unknown"]);
  expect(fileSystemName(0xef53, "darwin")).toBe("unknown");
});
