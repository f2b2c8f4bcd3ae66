// Every static gate in one command; the first line of each gate says what it holds.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensureInstalled, pinnedNode, root } from "../electron/cli/ensure-installed.mjs";

ensureInstalled();
const bin = (name) => join("node_modules", ".bin", name);
const projects = ["shared", "electron", "renderer", "test"].filter((room) =>
  existsSync(join(root, room, "tsconfig.json")),
);
const gates = [
  ["format", bin("biome"), ["format", "."]],
  ["lint and walls", bin("oxlint"), ["--type-aware", "--deny-warnings"]],
  ...projects.map((room) => [`types: ${room}`, bin("tsc"), ["-p", room]]),
  ["dead code", bin("knip"), []],
  [
    "walls bite",
    pinnedNode,
    ["node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts", "test/architecture"],
  ],
];

const env = { ...process.env, PATH: `${dirname(pinnedNode)}:${process.env.PATH ?? ""}` };
const failures = [];
for (const [name, command, args] of gates) {
  const started = Date.now();
  const run = spawnSync(command, args, { cwd: root, env, encoding: "utf8", shell: process.platform === "win32" });
  const ok = run.status === 0;
  console.log(`${ok ? "ok  " : "FAIL"} ${String(name)} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (ok) continue;
  failures.push(name);
  console.log(`${run.stdout ?? ""}${run.stderr ?? ""}`.trim());
}
console.log(failures.length === 0 ? "check: all gates hold" : `check: failed: ${failures.join(", ")}`);
process.exit(failures.length === 0 ? 0 : 1);
