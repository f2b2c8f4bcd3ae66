import type { ReportLanguage } from "../engine/audit/report-text.ts";
import { type Args, usage } from "./args.ts";
import type { Io } from "./io.ts";

/** `--language`, else what the terminal's locale says. @throws StationError USAGE */
export function reportLanguage(args: Args, io: Io): ReportLanguage {
  const named = args.text("language");
  if (named === "en" || named === "de") return named;
  if (named !== null) throw usage("--language takes en or de.");
  const locale = io.env["LC_ALL"] || io.env["LC_MESSAGES"] || io.env["LANG"] || "";
  return /^de(?:$|[_.@-])/i.test(locale) ? "de" : "en";
}
