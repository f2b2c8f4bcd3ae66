import { parsePeriod } from "../../engine/audit/period.ts";
import { writeReport } from "../../engine/audit/report-files.ts";
import { chromiumPrinter, findChromium } from "../../engine/platform/chromium.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, stationVersion, withReader } from "../open-station.ts";
import { reportLanguage } from "../report-language.ts";

const options = {
  ...homeOptions,
  out: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  language: { type: "string" },
} as const;

/**
 * `station ledger report --out FILE.html|.pdf`: for people; what it says is proved by `ledger export`. Where no Chromium
 * is found the page itself is written instead of the PDF, and the answer says so.
 */
export async function ledgerReportCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const asked = args.need("out");
  if (!/\.(?:html|pdf)$/i.test(asked)) throw usage("--out takes a name that ends in .html or .pdf.");
  const period = parsePeriod(args.text("from"), args.text("to"));
  const language = reportLanguage(args, io);
  const canPrint = !/\.pdf$/i.test(asked) || findChromium(io.env, process.platform) !== null;
  const out = canPrint ? asked : asked.replace(/\.pdf$/i, ".html");
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      const order = { period, now: systemClock.now(), version: stationVersion(), language };
      await writeReport(ledger, order, out, chromiumPrinter(io.env));
      if (args.flag("json")) io.stdout(JSON.stringify({ out, printed: canPrint, size: ledger.size }));
      if (!canPrint)
        io.stderr("No Chromium was found here that prints a PDF, so this is the page: print it from any browser.");
      io.stderr(`The report is in ${out}.`);
      return 0;
    } finally {
      ledger.close();
    }
  });
}
