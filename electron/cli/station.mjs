#!/usr/bin/env -S UV_THREADPOOL_SIZE=16 node --max-semi-space-size=4 --max-old-space-size=1536
// Runs the command line on the pinned Node. `npx station` already is that Node; a stock one hands over to it.
// The flags bound how much garbage Node lets lie, so that a batch of 10,000 devices stays small; the heap they allow is
// room for ten times as many. How many threads: platform/file-threads.ts.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, pinnedNode, root } from "./ensure-installed.mjs";

const entry = join(root, "electron", "cli", "main.ts");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  await import("./main.ts");
} else {
  ensureInstalled();
  const child = spawn(pinnedNode, [...process.execArgv, entry, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal !== null) process.kill(process.pid, signal);
    process.exit(code ?? 1);
  });
}
