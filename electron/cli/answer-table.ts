import type { Answer, AnswerRow } from "../engine/audit/answer.ts";
import { displayText } from "../engine/platform/display-text.ts";

/** Rows that are held back to find out how wide the columns are. */
const rowsMeasured = 1000;
/** A longer cell pushes its row out instead of every other. */
const widest = 40;

/** An answer as lines of a table, as they are found; without rows nothing, not even a head. */
export async function* tableLines({ columns, rows }: Answer): AsyncIterable<string> {
  const shown = columns.filter((name) => !hidden.has(name));
  const held: string[][] = [];
  let widths: readonly number[] | null = null;
  const lineOf = (cells: readonly string[], of: readonly number[]): string =>
    cells
      .map((cell, at) => cell.padEnd(of[at] ?? 0))
      .join("  ")
      .trimEnd();
  const flush = (): string[] => {
    if (held.length === 0) return [];
    const all = [shown.map((name) => name.toUpperCase().replaceAll("_", " ")), ...held.splice(0)];
    const measured = shown.map((_, at) => Math.min(widest, Math.max(...all.map((cells) => cells[at]?.length ?? 0))));
    widths = measured;
    return all.map((cells) => lineOf(cells, measured));
  };
  for await (const row of rows) {
    const cells = shown.map((name) => cellOf(row, name));
    if (widths !== null) yield lineOf(cells, widths);
    else if (held.push(cells) >= rowsMeasured) yield* flush();
  }
  yield* flush();
}

/** In `--json` and `--csv`, where nobody counts the columns. */
const hidden: ReadonlySet<string> = new Set(["fingerprint_sha256", "file_sha256", "batch", "activation_id"]);

function cellOf(row: AnswerRow, name: string): string {
  const value = row[name];
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return "-";
  return displayText(/^\d{4}-\d{2}-\d{2}T/.test(value) ? value.replace(/\.\d+Z$/, "Z") : value, 120);
}
