import type { Clock } from "../../electron/engine/platform/clock.ts";

export interface FakeClock extends Clock {
  /** Lets time pass: sleepers wake in the order of their times, each seeing its own time, and get to run. */
  advance(ms: number): Promise<void>;
  /** The wall clock is set to another time, as an operator can; sleepers notice nothing. */
  setWall(time: Date): void;
  /** How many are asleep now. */
  readonly sleeping: number;
}

export interface FakeClockOptions {
  readonly start?: Date;
  /** Time jumps to the next sleeper by itself as soon as nothing else is left to run. */
  readonly auto?: boolean;
}

/** Virtual time; nothing ever waits for the real one. */
export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  let elapsedMs = 0;
  let wallOffsetMs = (options.start ?? new Date("2026-01-02T03:04:05.000Z")).getTime();
  let order = 0;
  let sleepers: Sleeper[] = [];
  let jumping = false;

  const wakeNext = (untilMs: number): boolean => {
    const next = sleepers.reduce<Sleeper | null>(
      (first, one) => (first === null || isBefore(one, first) ? one : first),
      null,
    );
    if (next === null || next.atMs > untilMs) return false;
    elapsedMs = Math.max(elapsedMs, next.atMs);
    sleepers = sleepers.filter((one) => one !== next);
    next.wake();
    return true;
  };
  const jump = async (): Promise<void> => {
    if (jumping) return;
    jumping = true;
    await settle();
    jumping = false;
    if (wakeNext(Number.POSITIVE_INFINITY) && sleepers.length > 0) void jump();
  };

  return {
    now: () => new Date(wallOffsetMs + elapsedMs),
    monotonicMs: () => elapsedMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason);
          return;
        }
        const onAbort = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        };
        const sleeper: Sleeper = { atMs: elapsedMs + Math.max(0, ms), order: order++, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
        if (options.auto === true) void jump();
      }),
    advance: async (ms) => {
      const untilMs = elapsedMs + ms;
      await settle();
      while (wakeNext(untilMs)) await settle();
      elapsedMs = untilMs;
    },
    setWall: (time) => {
      wallOffsetMs = time.getTime() - elapsedMs;
    },
    get sleeping() {
      return sleepers.length;
    },
  };
}

interface Sleeper {
  readonly atMs: number;
  readonly order: number;
  readonly wake: () => void;
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Two turns of the event loop: every promise chain and every setImmediate that is ready has run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
