import QRCode from "qrcode";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { hex } from "#shared/formats/encoding.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { counts, filesIssued, overrides } from "./answers.ts";
import { exceptionRow, exceptionsIn } from "./exceptions.ts";
import { html, raw, row } from "./html.ts";
import { indexRange, type Period } from "./period.ts";
import { reportStyle } from "./report-style.ts";

export interface ReportOptions {
  readonly period: Period;
  /** When the report is made. */
  readonly now: Date;
  readonly version: string;
}

/**
 * The auditor's report as one HTML page, in pieces, so that a long ledger needs no more memory than a short one. It is
 * made for printing: black on white, no colour needed, every page with the root hash that it speaks of. Chromium's own
 * print makes the PDF.
 */
export async function* reportPage(ledger: Ledger, { period, now, version }: ReportOptions): AsyncIterable<string> {
  const note = ledger.checkpoint();
  const { size, rootHash, origin } = parseCheckpoint(parseNote(note).text);
  const root = hex(rootHash);
  const { from, to } = indexRange(ledger, period);
  const { byOperator, byWorkOrder } = counts(ledger, period);
  yield `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${html(`Provisioning report, ${origin}`)}</title>`;
  yield `<style>${reportStyle(root)}</style></head><body>`;
  yield `<h1>Provisioning report</h1><dl>`;
  yield term("Station", origin) + term("Period", periodText(period)) + term("Made", now.toISOString());
  yield term("Entries", `${from} to ${to - 1} of ${size}${from === to ? " (none in the period)" : ""}`);
  yield `${term("Ledger root (SHA-256)", root)}${term("Software", `licence-station ${version}`)}</dl>`;
  yield `<p>Every line below is copied from the station's ledger. The export this report belongs to proves it: its root is the one at the foot of every page.</p>`;
  yield section("Operators", ["Operator", "Batches", "Files delivered", "Failed", "Skipped"]);
  for (const one of byOperator) yield countRow(one);
  yield `${closed}${section("Work orders", ["Work order", "Batches", "Files delivered", "Failed", "Skipped"])}`;
  for (const one of byWorkOrder) yield countRow(one);
  yield `${closed}${section("Devices and files", ["Entry", "Time", "Device", "Serial", "Fingerprint (SHA-256)", "File (SHA-256)", "Expires", "Delivered"])}`;
  for (const file of filesIssued(ledger, period)) {
    const { index, at, deviceName, serial, fingerprintSha256, fileSha256, expiresAt, delivered } = file;
    yield row([index, at, deviceName, serial, fingerprintSha256, fileSha256, expiresAt, delivered ? "yes" : "no"]);
  }
  yield `${closed}${section("Exceptions", ["Entry", "Time", "What", "Device or batch", "Code or reason"])}`;
  for (const one of exceptionsIn(ledger, { from, to })) yield row(exceptionRow(one));
  yield `${closed}${section("Decisions by people", ["Entry", "Time", "What", "Operator", "About"])}`;
  for (const { index, at, kind, operator, subject } of overrides(ledger, period))
    yield row([index, at, kind, operator, subject]);
  yield `${closed}<section class="checkpoint"><h2>Checkpoint</h2>`;
  yield `<p>The signed head of the ledger when this report was made. Keep this page: any later export must contain it.</p>`;
  yield `<pre>${html(note)}</pre>${raw(await QRCode.toString(note, { type: "svg", errorCorrectionLevel: "M", margin: 2 }))}</section>`;
  yield `</body></html>\n`;
}

const closed = "</tbody></table></section>";

function section(title: string, columns: readonly string[]): string {
  const heads = columns.map((column) => `<th scope="col">${html(column)}</th>`).join("");
  return `<section><h2>${html(title)}</h2><table><thead><tr>${heads}</tr></thead><tbody>`;
}

function term(name: string, value: string): string {
  return `<dt>${html(name)}</dt><dd>${html(value)}</dd>`;
}

function countRow({
  name,
  batches,
  delivered,
  failed,
  skipped,
}: ReturnType<typeof counts>["byOperator"][number]): string {
  return row([name ?? "(none named)", batches, delivered, failed, skipped]);
}

function periodText({ fromMs, toMs }: Period): string {
  const [from, to] = [fromMs, toMs].map((ms) => (ms === null ? null : new Date(ms).toISOString()));
  return `${from ?? "the beginning"} to ${to === null || to === undefined ? "the end" : `before ${to}`}`;
}
