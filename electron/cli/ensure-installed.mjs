// Plain JavaScript on purpose: it runs on a stock Node before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Path of the Node that the lock file pins: the one that runs TypeScript directly. */
export const pinnedNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Installs what is missing or out of date with the lock file, saying so; exits when that fails. */
export function ensureInstalled() {
  const reason = staleness();
  if (reason === null) return;
  console.error(`Installing packages (${reason}); this takes about half a minute the first time.`);
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  // npm's standard output is moved to ours for people, so that a command's own standard output stays clean.
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  const result =
    npm === undefined
      ? spawnSync("npm", args, { ...options, shell: process.platform === "win32" })
      : spawnSync(process.execPath, [npm, ...args], options);
  if (result.status !== 0) {
    console.error("The packages could not be installed. Check the connection to your npm registry and try again.");
    process.exit(4);
  }
}

function staleness() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile) || !existsSync(pinnedNode)) return "none are installed yet";
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.optional === true || entry.devOptional === true) continue;
    if (installed[path]?.version !== entry.version)
      return `${path.replace("node_modules/", "")} is not at ${entry.version}`;
  }
  return null;
}
