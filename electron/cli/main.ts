import { StationError, toFailure } from "#shared/domain/errors.ts";
import { runSandboxCommand } from "../sandbox/command.ts";
import { keysCommand } from "./commands/keys.ts";
import { ledgerCommand } from "./commands/ledger.ts";
import { provisionCommand } from "./commands/provision.ts";
import { resumeCommand } from "./commands/resume.ts";
import { verifyFileCommand } from "./commands/verify-file.ts";
import { verifyCommand } from "./commands/verify.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { helpText } from "./help.ts";
import type { Io } from "./io.ts";
import { stationVersion } from "./open-station.ts";

type Command = (args: readonly string[], io: Io) => Promise<number>;

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["provision", provisionCommand],
  ["resume", resumeCommand],
  ["verify", verifyCommand],
  ["verify-file", verifyFileCommand],
  ["ledger", ledgerCommand],
  ["keys", keysCommand],
  ["sandbox", (args, io) => runSandboxCommand(args, io, io.signal)],
]);

process.exitCode = await run(process.argv.slice(2), processIo());

async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name = "help", ...rest] = argv;
  if (name === "--version") {
    io.stdout(stationVersion());
    return 0;
  }
  const command = commands.get(name);
  if (command === undefined) {
    io.stderr(helpText);
    return name === "help" || name === "--help" ? 0 : 2;
  }
  try {
    return await command(rest, io);
  } catch (error) {
    const failure = toFailure(error);
    if (rest.includes("--json") && failure.code !== "USAGE") io.stdout(JSON.stringify({ error: failure }));
    io.stderr(`${failure.message} [${failure.code}]`);
    // A fault of our own is worth its stack, which holds code and no data.
    if (!(error instanceof StationError) && error instanceof Error) io.stderr(error.stack?.split("\n").slice(1).join("\n") ?? "");
    return exitCodeOf(failure.code);
  }
}

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
  };
}
