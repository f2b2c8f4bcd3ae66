// `npm start`: plain JavaScript, so that a stock Node can run it before anything is installed.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureBuilt } from "./ensure-built.mjs";
import { ensureInstalled, pinnedNode, root } from "./ensure-installed.mjs";
import { chooseWindow, electronBinary } from "./choose-window.mjs";

ensureInstalled();
const args = process.argv.slice(2);
const binary = electronBinary(root, process.env);
const choice = chooseWindow({
  binary,
  args,
  env: process.env,
  platform: process.platform,
  uid: process.getuid?.() ?? null,
});
console.error(choice.said);
ensureBuilt(choice.kind === "electron" ? ["renderer", "shell"] : ["renderer"]);

const child =
  choice.kind === "electron"
    ? spawn(binary, [join(root, "dist", "main", "main.js")], {
        stdio: "inherit",
        env: { ...process.env, ...choice.env },
      })
    : spawn(pinnedNode, [join(root, "electron", "browser-host", "main.ts"), ...choice.args], { stdio: "inherit" });
// Ctrl+C reaches the child by itself; this one waits for it to end in order.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => process.exit(code ?? 1));
