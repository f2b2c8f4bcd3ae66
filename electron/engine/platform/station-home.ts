import { posix, win32 } from "node:path";

/** Where a station's data lies when nobody has said: the platform's place for an application's data. */
export function defaultHome(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  userHome: string,
): string {
  if (platform === "win32")
    return win32.join(env["LOCALAPPDATA"] || win32.join(userHome, "AppData", "Local"), folderName);
  if (platform === "darwin") return posix.join(userHome, "Library", "Application Support", folderName);
  return posix.join(env["XDG_DATA_HOME"] || posix.join(userHome, ".local", "share"), folderName);
}

const folderName = "licence-station";
