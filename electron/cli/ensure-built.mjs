// Plain JavaScript on purpose: it runs on a stock Node.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pinnedNode, root } from "./ensure-installed.mjs";

const stamp = join(root, "dist", "built-from");
const sources = {
  renderer: ["renderer", "shared", "package-lock.json"],
  shell: ["electron", "shared", "package-lock.json"],
};
const builds = {
  renderer: [
    ["renderer/vite.config.ts", "production"],
    ["renderer/auditor/vite.config.ts", "production"],
  ],
  shell: [
    ["electron/vite.config.ts", "main"],
    ["electron/vite.config.ts", "preload"],
  ],
};

/** Builds those of `parts` (`renderer`, `shell`) whose sources have changed since they were last built, saying so; exits when that fails. */
export function ensureBuilt(parts) {
  const known = readStamp();
  const next = { ...known };
  for (const part of parts) {
    const state = stateOf(sources[part]);
    const isThere = existsSync(join(root, "dist", part === "shell" ? "main" : part));
    if (isThere && known[part] === state) continue;
    console.error(
      part === "renderer" ? "Building the window; this takes a few seconds." : "Building the desktop shell.",
    );
    for (const [config, mode] of builds[part]) {
      const args = ["node_modules/vite/bin/vite.js", "build", "--config", config, "--mode", mode, "--logLevel", "warn"];
      const run = spawnSync(pinnedNode, args, { cwd: root, stdio: ["ignore", 2, 2] });
      if (run.status === 0) continue;
      console.error("The build failed; what it said is above.");
      process.exit(1);
    }
    next[part] = state;
  }
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(stamp, JSON.stringify(next));
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stamp, "utf8"));
  } catch {
    return {};
  }
}

/** Changes whenever a source file comes, goes or is written. */
function stateOf(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    const stat = statSync(join(root, path));
    if (stat.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) visit(`${path}/${name}`);
    else hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`);
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}
