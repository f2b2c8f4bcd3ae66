import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
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
  if (!/\.pdf$/i.test(file)) {
    const options = await optionsOf(ledger, order);
    await putFile(file, (sink) => writePage(ledger, options, sink));
    return;
  }
  await withPage(ledger, order, async (page) => {
    const pdf = await printed(page, print);
    if (typeof pdf === "string") throw new StationError("USAGE", whyNot[pdf], { details: { print: pdf } });
    await putFile(file, async (sink) => sink.append(pdf));
  });
}

/**
 * As {@link writeReport}, with `.pdf` behind the name; with `.html`, and not printed, where there is no Chromium or the
 * report is too long to print.
 * @param path without an ending
 */
export async function writePrintedReport(
  ledger: Ledger,
  order: ReportOrder,
  path: string,
  print: PrintPdf,
): Promise<{ readonly file: string; readonly printed: boolean }> {
  const [pdfFile, htmlFile] = [`${resolve(path)}.pdf`, `${resolve(path)}.html`];
  mustBeNew(pdfFile);
  mustBeNew(htmlFile);
  return await withPage(ledger, order, async (page) => {
    const pdf = await printed(page, print);
    if (typeof pdf !== "string") {
      await putFile(pdfFile, async (sink) => sink.append(pdf));
      return { file: pdfFile, printed: true };
    }
    await putFile(htmlFile, async (sink) => {
      for await (const piece of createReadStream(page)) sink.append(piece as Uint8Array);
    });
    return { file: htmlFile, printed: false };
  });
}

/** The page in a folder of its own, for as long as `use` takes. */
async function withPage<T>(ledger: Ledger, order: ReportOrder, use: (page: string) => Promise<T>): Promise<T> {
  const options = await optionsOf(ledger, order);
  const scratch = mkdtempSync(join(tmpdir(), "station-report-"));
  try {
    const page = join(scratch, "report.html");
    await putFile(page, (sink) => writePage(ledger, options, sink));
    return await use(page);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function optionsOf(ledger: Ledger, order: ReportOrder): Promise<ReportOptions> {
  const checkpoint = ledger.checkpoint();
  const { size } = parseCheckpoint(parseNote(checkpoint).text);
  return { ...order, checkpoint, bundleSha256: await bundleHash(ledger, size) };
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
