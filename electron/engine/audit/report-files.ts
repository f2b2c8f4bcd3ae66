import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { PrintPdf } from "../platform/chromium.ts";
import { bundleHash } from "./bundle-hash.ts";
import { mustBeNew, putFile, type Sink } from "./put-file.ts";
import { reportPage, type ReportOptions } from "./report.ts";

export type ReportOrder = Omit<ReportOptions, "checkpoint" | "bundleSha256">;

/** Above this a browser would need more memory and patience than anybody has: some 25,000 files. */
const longestPrint = 16 * 1024 * 1024;

/**
 * Writes the report and puts it at `path` by one rename. A name that ends in `.pdf` is printed, the page is what else it is.
 * @throws StationError USAGE when something is there already, when the PDF cannot be made here, or is too long to print;
 * or as the file system failed
 */
export async function writeReport(ledger: Ledger, order: ReportOrder, path: string, print: PrintPdf): Promise<void> {
  const file = resolve(path);
  mustBeNew(file);
  const checkpoint = ledger.checkpoint();
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  const options = { ...order, checkpoint, bundleSha256: await bundleHash(ledger, size) };
  if (!/\.pdf$/i.test(file)) {
    await putFile(file, (sink) => writePage(ledger, options, sink));
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), "station-report-"));
  try {
    const page = join(scratch, "report.html");
    await putFile(page, (sink) => writePage(ledger, options, sink));
    const pdf = await printed(page, print);
    if (typeof pdf === "string") throw new StationError("USAGE", whyNot[pdf], { details: { print: pdf } });
    await putFile(file, async (sink) => sink.append(pdf));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** False where the report could not be printed, for want of a Chromium or for its length. */
export async function printsOrNot(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof StationError && error.details?.["print"] !== undefined) return false;
    throw error;
  }
}

const whyNot = {
  "too-long": "The report is too long to print. Ask for a shorter period, or for .html.",
  "no-printer":
    "No Chromium was found that prints a PDF here. Ask for .html and print it from any browser, or name a Chromium in STATION_CHROMIUM.",
} as const;

/** report.html and, where it can be printed, report.pdf, as files of an export. */
export function exportReports(ledger: Ledger, order: ReportOrder, print: PrintPdf) {
  return async (
    bundle: { readonly checkpoint: string; readonly entriesSha256: string },
    folder: { open(name: string): Sink & { close(): void }; pathOf(name: string): string },
  ): Promise<void> => {
    const page = folder.open("report.html");
    await writePage(ledger, { ...order, checkpoint: bundle.checkpoint, bundleSha256: bundle.entriesSha256 }, page);
    page.close();
    const pdf = await printed(folder.pathOf("report.html"), print);
    if (typeof pdf === "string") return;
    const file = folder.open("report.pdf");
    file.append(pdf);
    file.close();
  };
}

async function printed(page: string, print: PrintPdf): Promise<Uint8Array | "too-long" | "no-printer"> {
  if (statSync(page).size > longestPrint) return "too-long";
  return (await print(page)) ?? "no-printer";
}

async function writePage(ledger: Ledger, options: ReportOptions, sink: Sink): Promise<void> {
  let waiting = "";
  for await (const piece of reportPage(ledger, options)) {
    waiting += piece;
    if (waiting.length < pieceLength) continue;
    sink.append(utf8(waiting));
    waiting = "";
  }
  sink.append(utf8(waiting));
}

const pieceLength = 65_536;
