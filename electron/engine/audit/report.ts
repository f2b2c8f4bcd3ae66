import QRCode from "qrcode";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { hex } from "#shared/formats/encoding.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Count, counts } from "./answers.ts";
import { exceptionRow, exceptionsIn } from "./exceptions.ts";
import { html, raw, row, twoLines } from "./html.ts";
import { filesIssued } from "./issued-files.ts";
import { overrides } from "./overrides.ts";
import { indexRange, type Period, upTo } from "./period.ts";
import { reportStyle } from "./report-style.ts";
import { type ReportLanguage, type ReportText, reportTexts } from "./report-text.ts";

export interface ReportOptions {
  readonly period: Period;
  /** When the report is made. */
  readonly now: Date;
  readonly version: string;
  readonly language: ReportLanguage;
  /** The head that the report speaks of; what was appended after it is left out. */
  readonly checkpoint: string;
  /** Lower-case hex SHA-256 of entries.jsonl up to that head: what ties the report to its bundle. */
  readonly bundleSha256: string;
}

/**
 * The auditor's report as one HTML page, in pieces, so that a long ledger needs no more memory than a short one. It is
 * made for printing: black on white, no colour needed, every page with the hashes of the bundle that it speaks of.
 * Chromium's own print makes the PDF.
 */
export async function* reportPage(ledger: Ledger, options: ReportOptions): AsyncIterableIterator<string> {
  const { period, now, version, language, checkpoint: note, bundleSha256 } = options;
  const text = reportTexts[language];
  const { size, rootHash, origin } = parseCheckpoint(parseNote(note).text);
  const root = hex(rootHash);
  const range = upTo(size, indexRange(ledger, period));
  const { from, to } = range;
  const { byOperator, byWorkOrder } = counts(ledger, range);
  yield `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
  yield `<title>${html(`${text.title}, ${origin}`)}</title><style>${reportStyle({ root, bundleSha256, text })}</style></head><body>`;
  yield `<h1>${html(text.title)}</h1><dl>`;
  yield term(text.station, origin) + term(text.period, periodText(period, text)) + term(text.made, now.toISOString());
  yield term(text.entries, from === to ? text.noEntries(size) : text.entriesOf(from, to - 1, size));
  yield term(text.bundle, bundleSha256) + term(text.root, root);
  yield `${term(text.software, `licence-station ${version}`)}</dl><p>${html(text.intro)}</p>`;
  yield section(text.operators, text.countColumns(text.operator));
  for (const one of byOperator) yield countRow(one, text);
  yield `${closed}${section(text.workOrders, text.countColumns(text.workOrder))}`;
  for (const one of byWorkOrder) yield countRow(one, text);
  yield `${closed}${section(text.files, text.fileColumns, "files")}`;
  for await (const file of filesIssued(ledger, range)) {
    const { index, at, deviceName, serial, fingerprint, fingerprintSha256, fileSha256, expiresAt, delivered } = file;
    const device = twoLines(deviceName, serial);
    const end = delivered ? text.yes : text.no;
    yield row([index, at, device, fingerprint, fingerprintSha256, fileSha256, expiresAt, end]);
  }
  yield `${closed}${section(text.exceptions, text.exceptionColumns)}`;
  for await (const one of exceptionsIn(ledger, range)) yield row(exceptionRow(one));
  yield `${closed}${section(text.decisions, text.decisionColumns)}`;
  for (const { index, at, kind, operator, subject } of overrides(ledger, range))
    yield row([index, at, kind, operator, subject]);
  yield `${closed}<section class="checkpoint"><h2>${html(text.checkpoint)}</h2><p>${html(text.checkpointIntro)}</p>`;
  yield `<pre>${html(note)}</pre>${raw(await QRCode.toString(note, { type: "svg", errorCorrectionLevel: "M", margin: 2 }))}</section>`;
  yield `</body></html>\n`;
}

const closed = "</tbody></table></section>";

function section(title: string, columns: readonly string[], kind = "plain"): string {
  const heads = columns.map((column) => `<th scope="col">${html(column)}</th>`).join("");
  return `<section><h2>${html(title)}</h2><table class="${kind}"><thead><tr>${heads}</tr></thead><tbody>`;
}

function term(name: string, value: string): string {
  return `<dt>${html(name)}</dt><dd>${html(value)}</dd>`;
}

function countRow({ name, batches, delivered, failed, skipped }: Count, text: ReportText): string {
  return row([name ?? text.noneNamed, batches, delivered, failed, skipped]);
}

function periodText({ fromMs, toMs }: Period, text: ReportText): string {
  const [from, to] = [fromMs, toMs].map((ms) => (ms === null ? null : new Date(ms).toISOString()));
  return `${from ?? text.beginning} ${text.until} ${to === null || to === undefined ? text.end : `${text.before} ${to}`}`;
}
