import type { BatchState } from "../batch/batch-state.ts";
import { allRowsOf, type DeviceRow, type IsRenewal, rejectedRowsOf } from "./device-rows.ts";

export interface Report {
  /** Of the file it would be saved as. */
  readonly name: string;
  readonly content: string;
}

/** A batch on paper: for people as text, for a spreadsheet as a list. */
export function batchReport(state: BatchState, form: "text" | "csv", isRenewal: IsRenewal): Report {
  return form === "csv"
    ? { name: `batch-${state.id}.csv`, content: csvReport(state, isRenewal) }
    : { name: `batch-${state.id}.txt`, content: textReport(state, isRenewal) };
}

const columns = [
  "device_name",
  "fingerprint",
  "serial",
  "status",
  "renewal",
  "file",
  "activation_id",
  "expires_at",
  "error_code",
  "error",
] as const;

function csvReport(state: BatchState, isRenewal: IsRenewal): string {
  const lines = allRowsOf(state, isRenewal).map((row) => [
    row.name,
    row.fingerprint === "" ? row.fingerprintSha256 : row.fingerprint,
    row.serial,
    row.status,
    row.renewal ? "yes" : "no",
    row.file,
    row.activationId,
    row.expiresAt,
    row.error?.code,
    row.error?.message,
  ]);
  return [columns, ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** RFC 4180; what a spreadsheet would run as a formula gets an apostrophe before it, which it shows as text. */
function cell(value: string | null | undefined): string {
  const text = value ?? "";
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textReport(state: BatchState, isRenewal: IsRenewal): string {
  const { started } = state;
  const rows = allRowsOf(state, isRenewal);
  const count = (status: DeviceRow["status"]) => rows.filter((row) => row.status === status).length;
  const failed = rows.filter(({ status }) => status === "failed" || status === "skipped");
  const rejected = rejectedRowsOf(state);
  const sections = [
    [
      `Batch        ${state.id}`,
      `Started      ${started.at}`,
      `Product      ${started.product}`,
      `Work order   ${started.work_order ?? "none"}`,
      `Operator     ${started.operator ?? "not given"}`,
      `Policy       ${started.policy.ttl_days} days, ${started.policy.grace_days} days' grace`,
      ...(started.rehearsal ? ["Rehearsal    yes: these files open nothing real"] : []),
      `State        ${stateWord(state)}`,
      `Devices      ${rows.length}: ${count("delivered")} delivered, ${count("failed")} failed, ${count("skipped")} skipped`,
      `Refused      ${rejected.length} requests`,
    ],
    titled(
      "Not delivered",
      failed.map((row) => `${nameOf(row)}  ${row.error?.code ?? ""}  ${row.error?.message ?? ""}`),
    ),
    titled(
      "Requests refused",
      rejected.map(
        ({ path, line, code, message }) => `${path}${line === null ? "" : ` line ${line}`}  ${code}  ${message}`,
      ),
    ),
    titled(
      "Delivered",
      rows
        .filter(({ status }) => status === "delivered")
        .map((row) => `${nameOf(row)}  ${row.file ?? ""}  until ${row.expiresAt ?? "unknown"}`),
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function stateWord({ finished, abandoned, committed }: BatchState): string {
  if (finished !== null) return `finished${finished.resumed ? ", after an interruption" : ""}`;
  if (abandoned) return "closed without delivery";
  return committed === null ? "not finished; it can be continued" : "delivered, not closed yet";
}

function nameOf({ name, fingerprint, fingerprintSha256 }: DeviceRow): string {
  const shown = fingerprint === "" ? `sha256:${fingerprintSha256.slice(0, 16)}` : fingerprint;
  return name === null ? shown : `${name} (${shown})`;
}
