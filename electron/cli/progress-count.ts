import { type Clock, systemClock } from "../engine/platform/clock.ts";
import type { Io } from "./io.ts";

/** Follows a count on standard error: how many there are, then every two seconds how many are done. */
export function countLines(io: Io, first: (total: number) => string): (done: number, total: number) => void {
  const clock: Clock = io.clock ?? systemClock;
  let last: number | null = null;
  return (done, total) => {
    const now = clock.now().getTime();
    if (last === null) io.stderr(first(total));
    else if (now - last < everyMs) return;
    else io.stderr(`  ${done} of ${total}`);
    last = now;
  };
}

const everyMs = 2000;
