import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve, win32 } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { displayText } from "./display-text.ts";
import type { Files } from "./files.ts";
import { errnoOf } from "./os-errors.ts";

/**
 * Refuses places that cannot be a stick, before anything is written there: the system's own folders, the folder of
 * a user, anything that holds or lies in the station's home, and a PROVISIONING that is not a plain folder. `root`
 * is canonical, as `identifyStick` gives it. @throws StationError STICK_UNSAFE or STICK_GONE
 */
export async function checkStickPlace(files: Files, root: string, options: { readonly home: string }): Promise<void> {
  const found = await files.stat(root);
  if (found === null) {
    throw new StationError(
      "STICK_GONE",
      `There is nothing at ${displayText(root)}. Plug the stick in, or check the path.`,
    );
  }
  if (found.kind !== "directory") throw unsafe(root, "it is not a folder");
  if (isSystemFolder(root)) throw unsafe(root, "it belongs to the system");
  if (isWithin(await canonicalSoFar(homedir()), root)) throw unsafe(root, "a user's own folder is or lies in it");
  const home = await canonicalSoFar(options.home);
  if (isWithin(home, root) || isWithin(root, home)) throw unsafe(root, "the station's own data is there");
  const provisioning = await files.stat(join(root, "PROVISIONING"));
  if (provisioning !== null && provisioning.kind !== "directory") {
    throw unsafe(root, "PROVISIONING on it is not a plain folder; remove it");
  }
}

/** Exact, or with everything in it. Mounts of sticks below /run, /media, /mnt and /Volumes stay usable. */
export function isSystemFolder(root: string, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === "win32") return isWindowsSystemFolder(root);
  if (exactly.has(root)) return true;
  if (isWithin(root, "/dev/shm") && root !== "/dev/shm") return false;
  return wholly.some((folder) => isWithin(root, folder));
}

const exactly: ReadonlySet<string> = new Set(
  "/ /home /root /media /mnt /opt /run /run/media /srv /tmp /var /var/tmp /private /private/tmp /private/var /Users /Volumes".split(
    " ",
  ),
);
const wholly: readonly string[] =
  "/bin /boot /dev /etc /lib /lib32 /lib64 /proc /sbin /sys /usr /var/lib /var/log /private/etc /System /Library /Applications".split(
    " ",
  );

function isWindowsSystemFolder(root: string): boolean {
  const systemDrive = win32.parse(process.env["SystemRoot"] ?? "C:\\Windows").root.toLowerCase();
  const lower = root.toLowerCase();
  if (lower === systemDrive) return true;
  return ["windows", "program files", "program files (x86)", "programdata", "users"].some((name) => {
    const folder = systemDrive + name;
    return lower === folder || (name !== "users" && lower.startsWith(`${folder}\\`));
  });
}

/** Whether `path` is `folder` or lies in it. */
function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way !== ".." && !way.startsWith("../") && !way.startsWith("..\\"));
}

/** What is not there yet is judged by the nearest folder above it that is. */
async function canonicalSoFar(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(await canonicalSoFar(parent), basename(absolute));
  }
}

function unsafe(root: string, reason: string): StationError {
  return new StationError(
    "STICK_UNSAFE",
    `${displayText(root)} cannot be used as a stick: ${reason}. Name the stick's own folder.`,
  );
}
