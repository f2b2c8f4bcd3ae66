/** One line of the table: two things measured side by side in one run. */
export interface Row {
  readonly name: string;
  /** For information: seconds or bytes are never the verdict. */
  readonly measured: string;
  readonly against: string;
  /** Null where a figure stands for itself. */
  readonly ratio: number | null;
  /** Such as `≤ 1.3` or `≥ 50`; empty where there is none. */
  readonly aim: string;
}

/** The table, and whether every row with an aim reached it. */
export function formatRows(rows: readonly Row[]): { readonly text: string; readonly missed: number } {
  let missed = 0;
  const lines = rows.map((row) => {
    const verdict = verdictOf(row);
    if (verdict === "missed") missed += 1;
    return [row.name, row.measured, row.against, shown(row.ratio), row.aim, verdict];
  });
  const table = [["", "measured", "against", "ratio", "aim", ""], ...lines];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  const text = table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return { text: text.join("\n"), missed };
}

function verdictOf({ ratio, aim }: Row): string {
  const [, sign, bound] = /^([≤≥]|<=|>=) ([\d.]+)×?$/.exec(aim) ?? [];
  if (bound === undefined || ratio === null) return "";
  return (sign === "≤" || sign === "<=" ? ratio <= Number(bound) : ratio >= Number(bound)) ? "reached" : "missed";
}

function shown(ratio: number | null): string {
  if (ratio === null) return "";
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)}×`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
