// `npm run demo`: plain JavaScript, so that a stock Node can run it before anything is installed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, pinnedNode, root } from "./ensure-installed.mjs";

ensureInstalled();
const run = spawnSync(pinnedNode, [join(root, "electron", "cli", "demo.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(run.status ?? 1);
