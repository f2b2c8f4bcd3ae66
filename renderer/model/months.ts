export interface MonthFiles {
  /** `YYYY-MM` */
  readonly month: string;
  readonly files: number;
}

const leastMonths = 12;
const mostMonths = 36;

/** Every month from now to the last one with files, at least a year and at most three: gaps tell as much as columns. */
export function fillMonths(known: readonly MonthFiles[], now: Date): readonly MonthFiles[] {
  const files = new Map(known.map((each) => [each.month, each.files]));
  const last = known.map((each) => each.month).reduce((a, b) => (a > b ? a : b), "");
  const months: MonthFiles[] = [];
  for (let step = 0; step < mostMonths; step += 1) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + step, 1)).toISOString().slice(0, 7);
    if (step >= leastMonths && month > last) break;
    months.push({ month, files: files.get(month) ?? 0 });
  }
  return months;
}
