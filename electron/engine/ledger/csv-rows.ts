import { csvRow } from "./ledger-csv.ts";

/**
 * Rows of the table, UTF-8. @param first index of the first entry
 * @param lines whole entries with a newline in front of each and one behind the last
 * @throws SyntaxError for what is not an entry
 */
export function csvRows(first: number, lines: Uint8Array): Buffer {
  const { buffer, byteOffset, length } = lines;
  const text = Buffer.from(buffer, byteOffset, length).toString("utf8", 1, length - 1);
  // In RFC 8785 form a newline is never part of an entry.
  const entries: unknown = JSON.parse(`[${text.replaceAll("\n", ",")}]`);
  if (!Array.isArray(entries)) return Buffer.alloc(0);
  return Buffer.from(entries.map((entry: object, i) => csvRow(first + i, entry)).join(""));
}
