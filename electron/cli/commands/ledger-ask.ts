import { answer, type Question } from "../../engine/audit/answer.ts";
import { writeAnswerCsv } from "../../engine/audit/answer-csv.ts";
import { parsePeriod } from "../../engine/audit/period.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { tableLines } from "../answer-table.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, withReader } from "../open-station.ts";

const options = {
  ...homeOptions,
  from: { type: "string" },
  to: { type: "string" },
  "work-order": { type: "string" },
  days: { type: "string" },
  by: { type: "string" },
  csv: { type: "string" },
} as const;

/** `station ledger ask …`: answers as a table, one JSON document, or a CSV file; reads beside a station that works. */
export async function ledgerAskCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options, { min: 1, max: 2 });
  const question = questionOf(args);
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      const found = answer(ledger, question, systemClock.now());
      const csv = args.text("csv");
      if (csv !== null) {
        const rows = await writeAnswerCsv(found, csv);
        if (args.flag("json")) io.stdout(JSON.stringify({ question: question.kind, csv, rows }));
        io.stderr(`${rows} rows in ${csv}.`);
        return 0;
      }
      if (args.flag("json")) {
        // One document in many writes: a long ledger's answer need not fit into one string.
        io.stdout(`{"question":${JSON.stringify(question.kind)},"size":${ledger.size},"rows":[`);
        let comma = "";
        for await (const row of found.rows) {
          io.stdout(`${comma}${JSON.stringify(row)}`);
          comma = ",";
        }
        io.stdout("]}");
        return 0;
      }
      let isEmpty = true;
      for await (const line of tableLines(found)) {
        isEmpty = false;
        io.stdout(line);
      }
      if (isEmpty) io.stderr("The ledger has nothing of this.");
      return 0;
    } finally {
      ledger.close();
    }
  });
}

/** @throws StationError USAGE */
function questionOf(args: Args): Question {
  const [kind, device] = args.positionals;
  if (kind === "device") {
    only(args, []);
    if (device === undefined || device === "") throw usage("Which device? Give its fingerprint or its name.");
    return { kind, device };
  }
  if (device !== undefined) throw usage("There is an argument too many; options begin with two hyphens.");
  if (kind === "devices") {
    only(args, ["from", "to", "work-order"]);
    return { kind, period: periodOf(args), workOrder: args.text("work-order") };
  }
  if (kind === "overrides") {
    only(args, ["from", "to"]);
    return { kind, period: periodOf(args) };
  }
  if (kind === "expiring") {
    only(args, ["days"]);
    args.need("days");
    return { kind, days: args.integer("days", 0, 36_600) ?? 0 };
  }
  if (kind === "counts") {
    only(args, ["from", "to", "by"]);
    const by = args.need("by");
    if (by !== "operator" && by !== "work-order") throw usage("--by takes operator or work-order.");
    return { kind, period: periodOf(args), by };
  }
  throw usage("The ledger can be asked for devices, device, overrides, expiring and counts.");
}

function periodOf(args: Args) {
  return parsePeriod(args.text("from"), args.text("to"));
}

/** An option that the question does not know would silently change nothing. */
function only(args: Args, known: readonly string[]): void {
  const strange = ["from", "to", "work-order", "days", "by"].find(
    (name) => args.text(name) !== null && !known.includes(name),
  );
  if (strange !== undefined) throw usage(`--${strange} has no meaning for this question.`);
}
