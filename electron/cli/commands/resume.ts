import { type ErrorCode, errorMeanings, StationError, toFailure } from "#shared/domain/errors.ts";
import type { Rejection } from "#shared/domain/request.ts";
import type { BatchOutcome } from "../../engine/batch/run-batch.ts";
import { readArgs, usage } from "../args.ts";
import { defaultConcurrency } from "../api-access.ts";
import { batchExit, batchJson, batchText, nothingJson } from "../batch-report.ts";
import { type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, secretFrom, withStation } from "../open-station.ts";
import { terminalHooks } from "../progress.ts";
import { signIn } from "../sign-in.ts";

const options = {
  ...homeOptions,
  stick: { type: "string" },
  "api-key-file": { type: "string" },
  concurrency: { type: "string" },
  "accept-signing-key": { type: "string" },
  "give-up": { type: "boolean" },
  abandon: { type: "boolean" },
} as const;

/** `station resume`: finishes what a crash, a pulled stick or a lost connection left on this stick. */
export async function resumeCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const stick = args.need("stick");
  if (args.flag("give-up") && args.flag("abandon")) throw usage("--give-up and --abandon exclude each other.");
  const ending = args.flag("abandon") ? "abandon" : args.flag("give-up") ? "give-up" : "finish";
  const apiKey = secretFrom(args.text("api-key-file"), "LICENSESEAT_API_KEY", io);
  const concurrency = args.integer("concurrency", 1, 128) ?? defaultConcurrency;
  const isJson = args.flag("json");
  return withStation(args, io, async (station) => {
    try {
      await signIn(station.operators, args, io, "batch.continue");
      const outcomes = await station.resume(
        stick,
        { apiKey, concurrency, acceptSigningKey: args.text("accept-signing-key"), ending },
        terminalHooks(io),
      );
      // One stick owes more than one batch only when each was cut off in turn; the last tells where things stand.
      const reports = outcomes.map((outcome) => batchJson(outcome, rejectedOf(outcome), []));
      const last = reports.at(-1) ?? nothingJson(null);
      if (isJson) io.stdout(JSON.stringify({ ...last, batches: reports.map(({ batch }) => batch) }));
      for (const report of reports) io.stderr(batchText(report, stick));
      return reports.map(batchExit).reduce<ExitCode>((worst, code) => (code > worst ? code : worst), 0);
    } catch (error) {
      if (isNothingOwed(error, station.ledger.openBatches().length)) {
        if (isJson) io.stdout(JSON.stringify({ ...nothingJson(null), batches: [] }));
        io.stderr("Nothing to resume: no batch of this station is unfinished.");
        return 0;
      }
      const failure = toFailure(error);
      if (isJson) io.stdout(JSON.stringify(nothingJson(failure)));
      io.stderr(`${failure.message} [${failure.code}]`);
      return exitCodeOf(failure.code);
    }
  });
}

/** The ledger keeps path and code of what intake refused; the sentence is the code's meaning. */
function rejectedOf({ state }: BatchOutcome): readonly Rejection[] {
  return state.rejected.map(({ path, line, code }) => {
    const known = Object.hasOwn(errorMeanings, code) ? (code as ErrorCode) : "INTERNAL";
    return { path, line, code: known, message: `Refused: ${errorMeanings[known]}.` };
  });
}

/** With a batch open for another stick, the wrong one is plugged in, and that must be said. */
function isNothingOwed(error: unknown, openBatches: number): boolean {
  return error instanceof StationError && error.code === "NOTHING_TO_RESUME" && openBatches === 0;
}
