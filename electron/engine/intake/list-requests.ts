import { fromUtf8 } from "#shared/formats/encoding.ts";
import { displayText } from "../platform/display-text.ts";
import { type CsvProblem, type CsvRecord, csvRecords } from "./csv-records.ts";
import { isFormula, isFormulaFingerprint } from "./formula.ts";
import { unknownMembers } from "./json-request.ts";
import type { ParsedFile, ParsedRequest, ParseRefusal, RequestFields } from "./parsed-request.ts";
import { Refusal } from "./refusal.ts";
import { encodingAdvice } from "./request-text.ts";
import { checkRequest } from "./request-values.ts";

/**
 * `fingerprints.csv`. A line that breaks a rule is refused by its number and the others go on; a header that breaks
 * one refuses the file. Stops after `maxRequests` + 1 lines, so that the caller can see that there are more.
 * @throws Refusal
 */
export function parseList(bytes: Uint8Array, maxRequests: number): ParsedFile {
  const body = withoutMark(bytes);
  const records = csvRecords(body, mostColumns);
  const header = records.next();
  if (header.done === true) return { requests: [], refusals: [empty(body)], notes: [] };
  const columns = readHeader(header.value, body);
  const requests: ParsedRequest[] = [];
  const refusals: ParseRefusal[] = [];
  const products = new Set<string>();
  for (const record of records) {
    try {
      const request = readRecord(record, columns);
      requests.push({ line: record.line, request });
      if (request.product !== null && products.size <= shownProducts) products.add(request.product);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push({ line: record.line, code: error.code, message: error.message });
    }
    if (requests.length + refusals.length > maxRequests) break;
  }
  if (requests.length + refusals.length === 0) return { requests, refusals: [empty(body)], notes: [] };
  const notes = columns.unknown.length === 0 ? [] : [unknownMembers(columns.unknown)];
  if (products.size > 0) notes.push(namedProducts([...products]));
  return { requests, refusals, notes };
}

const mostColumns = 64;
const shownProducts = 5;
const knownColumns = ["fingerprint", "device_name", "serial", "asset_tag", "license_key", "product"] as const;
type KnownColumn = (typeof knownColumns)[number];

interface Columns {
  /** By position; null is a column nobody asked for. */
  readonly byPosition: readonly (KnownColumn | null)[];
  readonly unknown: readonly string[];
}

function readHeader(record: CsvRecord, body: Uint8Array): Columns {
  if (record.problem !== null) throw new Refusal("REQUEST_SYNTAX", problemTexts[record.problem]);
  const byPosition: (KnownColumn | null)[] = [];
  const unknown: string[] = [];
  for (const cell of record.cells) {
    const name = fromUtf8(cell)?.trim() ?? null;
    if (name === null || name.includes("\0")) throw new Refusal("REQUEST_ENCODING", encodingAdvice(body));
    if (isFormula(name)) throw formula();
    const column = knownColumns.find((known) => known === name.toLowerCase()) ?? null;
    if (column === null) unknown.push(name);
    else if (byPosition.includes(column)) {
      throw new Refusal("REQUEST_SHAPE", `The list has two columns named ${column}. Remove one of them.`);
    }
    byPosition.push(column);
  }
  if (!byPosition.includes("fingerprint")) throw new Refusal("REQUEST_SHAPE", noFingerprintColumn(unknown));
  return { byPosition, unknown };
}

function noFingerprintColumn(unknown: readonly string[]): string {
  const advice = unknown.some((name) => /^"?fingerprint"?[;\t]|[;\t]"?fingerprint"?(?:[;\t]|$)/i.test(name))
    ? "Its columns are not separated by commas: save it as comma-separated values."
    : "Its first line must name the columns.";
  return `The list has no column named fingerprint. ${advice}`;
}

function readRecord(record: CsvRecord, columns: Columns): RequestFields {
  if (record.problem !== null) throw new Refusal("REQUEST_SYNTAX", problemTexts[record.problem]);
  if (record.cells.length !== columns.byPosition.length) {
    throw new Refusal(
      "REQUEST_SYNTAX",
      `The line has ${record.cells.length} cells where the first line names ${columns.byPosition.length} columns. Correct the line.`,
    );
  }
  const values: Partial<Record<KnownColumn, string>> = {};
  for (const [position, column] of columns.byPosition.entries()) {
    if (column !== null) values[column] = readCell(record.cells[position] ?? new Uint8Array(), column);
  }
  if ((values.fingerprint ?? "") === "") {
    throw new Refusal("REQUEST_SHAPE", "The line has no fingerprint. Fill it in or remove the line.");
  }
  return checkRequest({
    fingerprint: values.fingerprint ?? "",
    deviceName: values.device_name ?? null,
    serial: values.serial ?? null,
    assetTag: values.asset_tag ?? null,
    licenseKey: values.license_key ?? null,
    product: values.product ?? null,
  });
}

function readCell(cell: Uint8Array, column: KnownColumn): string {
  const value = fromUtf8(cell);
  if (value === null || value.includes("\0")) {
    throw new Refusal("REQUEST_ENCODING", "The line is not plain UTF-8 text. Correct the line and save it as UTF-8.");
  }
  if (column === "fingerprint" ? isFormulaFingerprint(value) : isFormula(value)) throw formula();
  return value;
}

function formula(): Refusal {
  return new Refusal(
    "REQUEST_FORMULA",
    "A cell begins like a spreadsheet formula (= + - @, tab or return). Check where the list came from and correct the cell.",
  );
}

const problemTexts: Readonly<Record<CsvProblem, string>> = {
  "stray-quote": "A quotation mark stands where none can be. Put the whole cell in quotes and double those inside.",
  "unclosed-quote":
    "A quotation mark opened here is never closed, so nothing after it was read. Close it and try again.",
  "too-many-cells": `The line has more than ${mostColumns} cells. Remove the columns that are not needed.`,
};

function withoutMark(bytes: Uint8Array): Uint8Array {
  // No UTF-8 text begins so; UTF-16 with a mark does.
  if ((bytes[0] ?? 0) >= 0xfe) throw new Refusal("REQUEST_ENCODING", encodingAdvice(bytes));
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

function empty(body: Uint8Array): ParseRefusal {
  const message =
    body.length === 0 ? "The list is empty. Export it again." : "The list names no device. Add a line for each device.";
  return { line: null, code: "REQUEST_EMPTY", message };
}

function namedProducts(products: readonly string[]): string {
  const shown = products.slice(0, shownProducts).map((product) => displayText(product, 40));
  const more = products.length > shown.length ? " and others" : "";
  return `The list names its product: ${shown.join(", ")}${more}. Requests for another one than the batch's are refused.`;
}
