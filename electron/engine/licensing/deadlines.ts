import type { Clock } from "../platform/clock.ts";

/** One time limit for many calls under way, with one timer for all: a timer a call costs more than the call. */
export interface Deadlines {
  /** `onLate` is called once when the limit has passed, unless the returned function was called before. */
  start(onLate: () => void): () => void;
}

interface Entry {
  readonly lateAt: number;
  readonly onLate: () => void;
}

export function createDeadlines(clock: Clock, limitMs: number): Deadlines {
  // All have the same limit, so the first to start is the first to be late.
  const entries = new Set<Entry>();
  let alarm: AbortController | null = null;

  return {
    start: (onLate) => {
      const entry = { lateAt: clock.monotonicMs() + limitMs, onLate };
      entries.add(entry);
      if (alarm === null) sleep(limitMs);
      return () => {
        entries.delete(entry);
        // A sleep with nobody to wake would keep the process alive.
        if (entries.size === 0) silence();
      };
    },
  };

  function sleep(ms: number): void {
    const mine = new AbortController();
    alarm = mine;
    clock.sleep(ms, mine.signal).then(ring, () => {});
  }

  function ring(): void {
    alarm = null;
    const now = clock.monotonicMs();
    for (const entry of entries) {
      if (entry.lateAt > now) {
        sleep(entry.lateAt - now);
        return;
      }
      entries.delete(entry);
      entry.onLate();
    }
  }

  function silence(): void {
    alarm?.abort();
    alarm = null;
  }
}
