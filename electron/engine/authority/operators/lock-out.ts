/** Wrong PINs in a row that cost nothing; from the next on, each doubles the wait. */
const freeFailures = 4;
const firstWaitMs = 30_000;
const longestWaitMs = 8 * 3_600_000;

/** Until when an account waits after its `failures`-th wrong PIN in a row; null: it need not. */
export function lockedUntil(failures: number, now: Date): Date | null {
  if (failures <= freeFailures) return null;
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - freeFailures - 1));
  return new Date(now.getTime() + waitMs);
}
