// The one test command: installs what is missing, runs every suite, and ends with a line of plain counts.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureInstalled, pinnedNode, root } from "../electron/cli/ensure-installed.mjs";

ensureInstalled();
const env = {
  ...process.env,
  PATH: `${dirname(pinnedNode)}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}`,
};
const args = process.argv.slice(2);
if (args[0] === "--bench") {
  process.exit(
    spawnSync(pinnedNode, ["--expose-gc", "test/bench/bench.ts", ...args.slice(1)], {
      cwd: root,
      stdio: "inherit",
      env,
    }).status ?? 1,
  );
}

const scratch = mkdtempSync(join(tmpdir(), "station-tests-"));
/** The long part of the USB bench, which emulates a machine and takes minutes. */
const mediaConfig = "test/media/vitest.config.ts";
const counts = { passed: 0, failed: 0, skipped: 0 };
// The window's suite drives one real Chromium, so it has the machine to itself.
const isMedia = args[0] === "--media";
if (isMedia) args.shift();
let suite = null;
// Cut off, it waits for the suite, which has folders and an emulator of its own to clear away.
let cutOff = null;
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
  process.on(signal, () => {
    cutOff = signal;
    suite?.kill(signal);
  });
}
for (const config of isMedia ? [mediaConfig] : ["test/vitest.config.ts", "test/e2e/vitest.config.ts"]) {
  if (cutOff === null) await runSuite(config);
}
rmSync(scratch, { recursive: true, force: true });
if (cutOff !== null) {
  process.removeAllListeners(cutOff);
  process.kill(process.pid, cutOff);
}

async function runSuite(config) {
  const report = join(scratch, "vitest.json");
  rmSync(report, { force: true });
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", config, "--passWithNoTests"];
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  suite = spawn(pinnedNode, [...vitest, ...reporters, ...args], { cwd: root, stdio: "inherit", env });
  const status = await new Promise((resolve) => suite.once("close", resolve));
  if (cutOff !== null) return;
  try {
    const totals = JSON.parse(readFileSync(report, "utf8"));
    counts.passed += totals.numPassedTests;
    counts.failed += totals.numFailedTests;
    counts.skipped += totals.numPendingTests + totals.numTodoTests;
    // A suite that could not even load has no failed test to count.
    if (status !== 0 && totals.numFailedTests === 0) counts.failed += Math.max(1, totals.numFailedTestSuites);
  } catch (error) {
    console.error(`The test run left no report: ${error instanceof Error ? error.message : String(error)}`);
    counts.failed += 1;
  }
}

const { passed, failed, skipped } = counts;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
