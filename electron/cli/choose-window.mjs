import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Path of the Electron program, or null where it is not installed. Asking the package itself would start a download.
 */
export function electronBinary(root, env) {
  const folder = join(root, "node_modules", "electron");
  const pathFile = join(folder, "path.txt");
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  const name = existsSync(pathFile)
    ? readFileSync(pathFile, "utf8").trim()
    : override === undefined
      ? null
      : "electron";
  if (name === null) return null;
  const binary = join(override ?? join(folder, "dist"), name);
  return existsSync(binary) ? binary : null;
}

/**
 * The desktop app where it can run as it should, else the same window in a browser; and the sentence that says which,
 * and why. Pure.
 */
export function chooseWindow({ binary, args, env, platform, uid }) {
  const wantsBrowser = args.includes("--browser");
  const hostArgs = args.filter((arg) => arg !== "--browser" && arg !== "--no-open");
  const hasDisplay = platform !== "linux" || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
  const openArgs = hasDisplay && !args.includes("--no-open") && !hostArgs.includes("--open") ? ["--open"] : [];
  const host = (why) => ({
    kind: "browser",
    args: [...hostArgs, ...openArgs],
    said: `${why} The station opens in a browser instead.`,
  });
  if (wantsBrowser) return { ...host(""), said: "The station opens in a browser, as asked." };
  if (binary === null) return host("The desktop app's program (Electron) is not installed here.");
  if (!hasDisplay) return host("There is no display for the desktop app.");
  // Chromium's sandbox does not run as root, and without it the window is not opened at all.
  if (platform === "linux" && uid === 0)
    return host("The desktop app does not run as root, since its sandbox could not.");
  const home = args.indexOf("--home");
  const named = home >= 0 && args[home + 1] !== undefined ? { STATION_HOME: args[home + 1] } : {};
  return { kind: "electron", env: named, said: "Opening the desktop app." };
}
