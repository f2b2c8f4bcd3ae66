import type { Ledger } from "../ledger/ledger.ts";
import { type Counts, counts, deviceStory } from "./answers.ts";
import { findDevices } from "./find-devices.ts";
import { filesExpiring, filesIssued, type IssuedFile } from "./issued-files.ts";
import { overrides } from "./overrides.ts";
import { indexRange, type Period } from "./period.ts";

export type Question =
  | { readonly kind: "devices"; readonly period: Period; readonly workOrder: string | null }
  /** A fingerprint, its SHA-256, or a name; see {@link findDevices}. */
  | { readonly kind: "device"; readonly device: string }
  | { readonly kind: "overrides"; readonly period: Period }
  | { readonly kind: "expiring"; readonly days: number }
  | { readonly kind: "counts"; readonly period: Period; readonly by: "operator" | "work-order" };

/** What is not known is null; members beside the columns are for `--json` alone. */
export type AnswerRow = Readonly<Record<string, unknown>>;

/** Rows come as they are found, so that a long answer needs no memory. */
export interface Answer {
  /** Names of the members that make a table. */
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<AnswerRow>;
}

/** What auditors ask, as ANSWERS.md has it, for every adapter. @throws StationError USAGE, also while rows are read */
export function answer(ledger: Ledger, question: Question, now: Date): Answer {
  switch (question.kind) {
    case "devices":
      return {
        columns: fileColumns,
        rows: fileRows(filesIssued(ledger, indexRange(ledger, question.period), question.workOrder)),
      };
    case "expiring":
      return { columns: fileColumns, rows: fileRows(filesExpiring(ledger, now, question.days)) };
    case "device":
      return { columns: storyColumns, rows: storyRows(ledger, question.device) };
    case "overrides":
      return { columns: overrideColumns, rows: overrideRows(ledger, question.period) };
    case "counts":
      return { columns: countColumns, rows: countRows(ledger, question.period, question.by) };
  }
}

const fileColumns = [
  "index",
  "at",
  "device_name",
  "serial",
  "fingerprint",
  "fingerprint_sha256",
  "file_sha256",
  "expires_at",
  "delivered",
  "operator",
  "work_order",
  "batch",
] as const;
const storyColumns = [
  "index",
  "at",
  "type",
  "device_name",
  "fingerprint_sha256",
  "batch",
  "operator",
  "work_order",
  "activation_id",
  "file_sha256",
  "expires_at",
  "code",
] as const;
const overrideColumns = ["index", "at", "kind", "operator", "subject", "batch"] as const;
const countColumns = ["name", "batches", "delivered", "failed", "skipped"] as const;

async function* fileRows(
  files: AsyncIterable<IssuedFile>,
): AsyncIterable<Record<(typeof fileColumns)[number], unknown>> {
  for await (const file of files) {
    yield {
      index: file.index,
      at: file.at,
      device_name: file.deviceName,
      serial: file.serial,
      fingerprint: file.fingerprint,
      fingerprint_sha256: file.fingerprintSha256,
      file_sha256: file.fileSha256,
      expires_at: file.expiresAt,
      delivered: file.delivered,
      operator: file.operator,
      work_order: file.workOrder,
      batch: file.batch,
    };
  }
}

async function* storyRows(ledger: Ledger, device: string): AsyncIterable<AnswerRow> {
  for (const fingerprintSha256 of await findDevices(ledger, device))
    for (const { index, entry } of deviceStory(ledger, fingerprintSha256)) yield { index, ...entry };
}

async function* overrideRows(ledger: Ledger, period: Period): AsyncIterable<AnswerRow> {
  for (const one of overrides(ledger, indexRange(ledger, period))) yield { ...one };
}

async function* countRows(ledger: Ledger, period: Period, by: "operator" | "work-order"): AsyncIterable<AnswerRow> {
  const found: Counts = counts(ledger, indexRange(ledger, period));
  for (const one of by === "operator" ? found.byOperator : found.byWorkOrder) yield { ...one };
}
