import type { LedgerEntry } from "#shared/domain/ledger-entry.ts";

/** Columns are the members of entries that people ask after; entries.jsonl holds all of them. */
const columns = [
  "index",
  "at",
  "type",
  "batch",
  "device_name",
  "serial",
  "asset_tag",
  "fingerprint_sha256",
  "product",
  "license_sha256",
  "activation_id",
  "file_sha256",
  "kid",
  "issued_at",
  "expires_at",
  "operator",
  "work_order",
  "folder",
  "delivered",
  "failed",
  "skipped",
  "code",
] as const;

export const csvHeader = `${columns.join(",")}\r\n`;

/** One record of RFC 4180. */
export function csvRow(index: number, entry: LedgerEntry): string {
  const members: Readonly<Record<string, unknown>> = { ...entry, index };
  return `${columns.map((name) => csvCell(members[name])).join(",")}\r\n`;
}

/**
 * Text that a spreadsheet could take for a formula gets an apostrophe in front; so does text that begins with one, so
 * that taking one leading apostrophe away always gives the value.
 */
export function csvCell(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return "";
  const harmless = /^\s*['=+\-@|%\uff1d\uff0b\uff0d\uff20\uff07]|^\s/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
