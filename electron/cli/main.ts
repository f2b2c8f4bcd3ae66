import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { StationError } from "#shared/domain/errors.ts";
import type { Io } from "./io.ts";
import { run } from "./run.ts";

// Beside the packages and never in a shared temporary folder: what lies there is run.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/station", import.meta.url)));

process.exitCode = await run(process.argv.slice(2), processIo());

/** The first interrupt stops in order; a second one, the process. */
function processIo(): Io {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new StationError("CANCELLED", "Stopped by the operator.")));
  }
  return {
    stdout: (text) => void process.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
    stderr: (line) => void process.stderr.write(line.endsWith("\n") ? line : `${line}\n`),
    env: process.env,
    signal: controller.signal,
    stdin: () => process.stdin,
  };
}
