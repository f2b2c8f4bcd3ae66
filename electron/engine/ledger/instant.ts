import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";

/** How far the clock may fall behind the last entry before somebody must look at it. */
const longestLagMs = 300_000;

/**
 * The instant of the next entry: the clock's, or the last entry's again while the clock is a little behind it.
 * @param isAboutClock the last entry's instant again, however far the clock is behind it
 * @throws StationError CLOCK_BEHIND
 */
export function nextInstant(clock: Clock, lastAt: string, isAboutClock = false): string {
  const now = clock.now();
  const lagMs = Date.parse(lastAt) - now.getTime();
  if (lagMs <= 0) return now.toISOString();
  if (lagMs <= longestLagMs || isAboutClock) return lastAt;
  throw new StationError(
    "CLOCK_BEHIND",
    `This computer's clock says ${now.toISOString()}, but the ledger's last entry is of ${lastAt}. Set the clock right and try again.`,
    { details: { lastAt, now: now.toISOString() } },
  );
}
