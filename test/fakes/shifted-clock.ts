import { type Clock, systemClock } from "../../electron/engine/platform/clock.ts";

/** The real time and the real pauses, at another date. */
export interface ShiftedClock extends Clock {
  /** The wall clock says `at` now, and runs on from there. */
  set(at: Date): void;
}

export function shiftedClock(): ShiftedClock {
  let shiftMs = 0;
  return {
    ...systemClock,
    now: () => new Date(systemClock.now().getTime() + shiftMs),
    set: (at) => {
      shiftMs = at.getTime() - systemClock.now().getTime();
    },
  };
}
