import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { StickIdentity } from "#shared/domain/drive.ts";
import { StationError } from "#shared/domain/errors.ts";
import { displayText, hasUnprintable } from "./display-text.ts";
import { parseMountInfo } from "./mount-info.ts";
import { nodeFiles } from "./node-files.ts";
import { errnoOf, foldOsError, type StickMark } from "./os-errors.ts";

/** Where a stick is and which one it is; serves as `StickMark` and as `StickPlace` too. */
export interface FoundStick extends StickMark {
  readonly identity: StickIdentity;
  /** Canonical path. */
  readonly root: string;
  readonly blockDevice: string | null;
}

/** Where the system describes itself; other places only in tests. */
export interface SystemPlaces {
  readonly mountInfo: string;
  readonly uuidFolder: string;
  readonly blockFolder: string;
}

const linuxPlaces: SystemPlaces = {
  mountInfo: "/proc/self/mountinfo",
  uuidFolder: "/dev/disk/by-uuid",
  blockFolder: "/sys/class/block",
};

/**
 * Reads what the system knows about the volume whose root this is: its UUID, the serial of the USB device under it
 * and its size. A folder inside a volume stands in for a stick by its path; so does a volume about which neither
 * UUID nor serial is known, and every place on systems other than Linux.
 * @throws StationError STICK_GONE or STICK_UNSAFE
 */
export async function identifyStick(path: string, places: SystemPlaces | null = systemPlaces()): Promise<FoundStick> {
  const root = await canonical(path);
  const found = await nodeFiles.stat(root);
  if (found === null) throw gone(path);
  if (found.kind !== "directory") {
    throw new StationError("STICK_UNSAFE", `${displayText(path)} is not a folder. Name the folder of the stick.`);
  }
  const { fileSystem } = await nodeFiles.space(root);
  const device = places === null ? null : await mountedDevice(root, places);
  const volume = device === null || places === null ? null : await describeDevice(device, places);
  const isKnown = volume !== null && (volume.volumeUuid !== null || volume.usbSerial !== null);
  return {
    identity: {
      folder: isKnown ? null : root,
      volumeUuid: volume?.volumeUuid ?? null,
      usbSerial: volume?.usbSerial ?? null,
      sizeBytes: volume?.sizeBytes ?? null,
      fileSystem,
    },
    root,
    device: found.device,
    inode: found.inode,
    blockDevice: volume?.blockDevice ?? null,
  };
}

function systemPlaces(): SystemPlaces | null {
  return process.platform === "linux" ? linuxPlaces : null;
}

async function canonical(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw gone(path);
    throw foldOsError(error, "look at", path);
  }
}

function gone(path: string): StationError {
  return new StationError(
    "STICK_GONE",
    `There is nothing at ${displayText(path)}. Plug the stick in, or check the path.`,
  );
}

/** The device whose whole volume is mounted at exactly this place, else null. */
async function mountedDevice(root: string, places: SystemPlaces): Promise<string | null> {
  const text = await orNull(readFile(places.mountInfo, "utf8"));
  const mount = parseMountInfo(text ?? "").findLast((one) => one.mountPoint === root);
  if (mount === undefined || mount.volumeFolder !== "/" || !mount.source.startsWith("/")) return null;
  return await orNull(realpath(mount.source));
}

interface VolumeFacts {
  readonly volumeUuid: string | null;
  readonly usbSerial: string | null;
  readonly sizeBytes: number | null;
  readonly blockDevice: string | null;
}

async function describeDevice(device: string, places: SystemPlaces): Promise<VolumeFacts> {
  // The canonical path below /sys/devices names the USB port, so it ends with this very device, not with its letter.
  const blockDevice = await orNull(realpath(join(places.blockFolder, basename(device))));
  return {
    volumeUuid: await uuidOf(device, places.uuidFolder),
    usbSerial: blockDevice === null ? null : await usbSerialAbove(blockDevice),
    sizeBytes: blockDevice === null ? null : await sizeOf(blockDevice),
    blockDevice,
  };
}

async function uuidOf(device: string, uuidFolder: string): Promise<string | null> {
  for (const name of ((await orNull(readdir(uuidFolder))) ?? []).sort()) {
    if ((await orNull(realpath(join(uuidFolder, name)))) === device) return plain(name);
  }
  return null;
}

/** Only a USB device's folder has `idVendor` in it, which tells its serial from a disk's or a hub's. */
async function usbSerialAbove(blockDevice: string): Promise<string | null> {
  for (let folder = blockDevice; folder !== dirname(folder); folder = dirname(folder)) {
    if ((await orNull(stat(join(folder, "idVendor")))) === null) continue;
    return plain(await orNull(readFile(join(folder, "serial"), "utf8")));
  }
  return null;
}

/** The kernel counts in sectors of 512 bytes, whatever the device's own are. */
async function sizeOf(blockDevice: string): Promise<number | null> {
  const text = (await orNull(readFile(join(blockDevice, "size"), "utf8")))?.trim() ?? "";
  return /^[0-9]{1,12}$/.test(text) ? Number(text) * 512 : null;
}

/** A serial is the stick's own words: taken only when it is short and clean. */
function plain(text: string | null): string | null {
  const value = text?.trim() ?? "";
  return value === "" || value.length > 255 || hasUnprintable(value) ? null : value;
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (errnoOf(error) !== null) return null;
    throw error;
  }
}
