/** Columns are the members of entries that people ask after; entries.jsonl holds all of them. */
export const csvColumns = [
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

export const csvHeader = `index,${csvColumns.join(",")}\r\n`;

/** One record of RFC 4180. */
export function csvRow(index: number, entry: object): string {
  const members: Readonly<Record<string, unknown>> = { ...entry };
  let row = String(index);
  for (const name of csvColumns) row += `,${csvCell(members[name])}`;
  return `${row}\r\n`;
}

/**
 * Text that a spreadsheet could take for a formula gets an apostrophe in front; so does text that begins with one, so
 * that taking one leading apostrophe away always gives the value.
 */
export function csvCell(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return "";
  if (plain.test(value)) return value;
  const harmless = /^\s*['=+\-@|%\uff1d\uff0b\uff0d\uff20\uff07]|^\s/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

// Nearly every cell: nothing in it that the two rules below could mean.
const plain = /^[0-9A-Za-z][0-9A-Za-z .:_/+-]*$/;
