import { StationError, toFailure } from "#shared/domain/errors.ts";
import { exitCodeOf } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/** The whole command line but the process around it. @returns the exit code (FORMATS section 6); never throws */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name = "help", ...rest] = argv;
  if (name === "--version") {
    io.stdout((await import("./open-station.ts")).stationVersion());
    return 0;
  }
  const load = commands.get(name);
  if (load === undefined) {
    const { helpText } = await import("./help.ts");
    const isAsked = name === "help" || name === "--help" || name === "-h";
    // What was asked for can be paged; what answers a mistake stays out of the results.
    (isAsked ? io.stdout : io.stderr)(helpText);
    return isAsked ? 0 : 2;
  }
  try {
    const command = await load();
    return await command(rest, io);
  } catch (error) {
    const failure = toFailure(error);
    if (rest.includes("--json") && failure.code !== "USAGE") io.stdout(JSON.stringify({ error: failure }));
    io.stderr(`${failure.message} [${failure.code}]`);
    // A fault of our own is worth its stack, which holds code and no data.
    if (!(error instanceof StationError) && error instanceof Error)
      io.stderr(error.stack?.split("\n").slice(1).join("\n") ?? "");
    return exitCodeOf(failure.code);
  }
}

type Command = (args: readonly string[], io: Io) => Promise<number>;

/** Each loads only what it needs: the engine takes longer to load than a small batch to run. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map<string, () => Promise<Command>>([
  ["provision", async () => (await import("./commands/provision.ts")).provisionCommand],
  ["resume", async () => (await import("./commands/resume.ts")).resumeCommand],
  ["verify", async () => (await import("./commands/verify.ts")).verifyCommand],
  ["verify-file", async () => (await import("./commands/verify-file.ts")).verifyFileCommand],
  ["slots", async () => (await import("./commands/slots.ts")).slotsCommand],
  ["drives", async () => (await import("./commands/drives.ts")).drivesCommand],
  ["arm", async () => (await import("./commands/arm.ts")).armCommand],
  ["ledger", async () => (await import("./commands/ledger.ts")).ledgerCommand],
  ["deactivate", async () => (await import("./commands/deactivate.ts")).deactivateCommand],
  ["keys", async () => (await import("./commands/keys.ts")).keysCommand],
  ["carry", async () => (await import("./commands/carry.ts")).carryCommand],
  ["licence", async () => (await import("./commands/licence.ts")).licenceCommand],
  ["witness", async () => (await import("./commands/witness.ts")).witnessCommand],
  ["operator", async () => (await import("./commands/operator.ts")).operatorCommand],
  ["approve", async () => (await import("./commands/approve.ts")).approveCommand],
  ["work-order", async () => (await import("./commands/work-order.ts")).workOrderCommand],
  ["sandbox", async () => sandboxCommand((await import("../sandbox/command.ts")).runSandboxCommand)],
]);

function sandboxCommand(serve: typeof import("../sandbox/command.ts").runSandboxCommand): Command {
  return (args, io) => serve(args, io, io.signal);
}
