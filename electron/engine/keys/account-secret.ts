import { createSecretKey, type KeyObject } from "node:crypto";
import { realpathSync } from "node:fs";
import { basename, dirname, join, posix, resolve, sep, win32 } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import type { Random } from "../platform/random.ts";
import { createOwnFile, makeOwnFolder, type OwnFile, readOwnFile } from "../platform/durable-file.ts";

/**
 * A random secret in the user's profile, outside every station home, so that a copied home opens nothing. One serves
 * all homes of the account.
 */

/** Where the secret lies. @param userHome the account's home directory, used where the environment names no better place */
export function accountSecretFile(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  userHome: string,
): string {
  if (platform === "win32") {
    const appData = env["APPDATA"] ?? "";
    const base = win32.isAbsolute(appData) ? appData : win32.join(userHome, "AppData", "Roaming");
    return win32.join(base, folderName, fileName);
  }
  const state = env["XDG_STATE_HOME"] ?? "";
  // The XDG base directory specification wants a relative path ignored.
  const base = posix.isAbsolute(state) ? state : posix.join(userHome, ".local", "state");
  return posix.join(base, folderName, fileName);
}

/** Makes it at first use. @throws StationError KEYS_UNREADABLE, HOME_UNREADABLE, USAGE when it would lie in the home */
export function makeAccountSecret(file: string, home: string, random: Random): KeyObject {
  refuseInside(file, home);
  makeOwnFolder(dirname(file));
  const bytes = random.bytes(secretBytes);
  createOwnFile(file, bytes);
  bytes.fill(0);
  return readAccountSecret(file, home);
}

/** @throws StationError KEYS_UNREADABLE, HOME_UNREADABLE */
export function readAccountSecret(file: string, home: string): KeyObject {
  const found = readOwnFile(file, 4096, "KEYS_UNREADABLE");
  if (found === null) {
    throw refused(
      `The keys belong to the account that made them, and its secret ${file} is not there. Work from that account, or restore the file.`,
    );
  }
  try {
    refuseInside(file, home);
    refuseShared(found, file);
    if (found.bytes.length !== secretBytes) {
      throw refused(`The account's secret ${file} is damaged. Restore it from a backup.`);
    }
    return createSecretKey(found.bytes);
  } finally {
    found.bytes.fill(0);
  }
}

const folderName = "licence-station";
const fileName = "account.key";
const secretBytes = 32;

function refuseShared({ owner, mode }: OwnFile, file: string): void {
  // Windows has neither; there the profile's own access list protects the file.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (owner !== user) throw refused(`The account's secret ${file} belongs to another user. Give it back to its owner.`);
  if ((mode & 0o077) !== 0) {
    throw refused(`Other users may read the account's secret ${file}. Take that away (chmod 600) and rotate the keys.`);
  }
}

function refuseInside(file: string, home: string): void {
  const folder = real(dirname(file));
  const inside = real(home);
  if (folder === inside || folder.startsWith(inside.endsWith(sep) ? inside : inside + sep)) {
    throw new StationError(
      "USAGE",
      "The account's secret must not lie in the station's own folder. Choose another folder.",
    );
  }
}

/** With every link resolved, as far as the path is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const whole = resolve(path);
    const parent = dirname(whole);
    return parent === whole ? whole : join(real(parent), basename(whole));
  }
}

function refused(message: string): StationError {
  return new StationError("KEYS_UNREADABLE", message);
}
