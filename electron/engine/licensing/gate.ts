import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import { cancelled } from "./exchange.ts";
import type { Pace, Ticket } from "./pace.ts";

/** The one door through which all calls of a client go out, in order; those that were refused go first. */
export interface Gate {
  /** Resolves when the call may go out. @throws StationError CANCELLED, or API_RATE_LIMITED when the server asks for too long a wait */
  enter(hadBeenRefused: boolean, signal?: AbortSignal): Promise<Ticket>;
  passed(ticket: Ticket, remaining: number | null): void;
  lost(ticket: Ticket): void;
  refused(ticket: Ticket, waitMs: number): void;
  waiting(): number;
}

interface Waiter {
  readonly admit: (ticket: Ticket) => void;
  readonly refuse: (error: StationError) => void;
}

export function createGate(pace: Pace, clock: Clock, longestWaitMs: number): Gate {
  // Sets keep their order and forget a cancelled caller at once.
  const returned = new Set<Waiter>();
  const fresh = new Set<Waiter>();
  let alarm: AbortController | null = null;

  return {
    enter: (hadBeenRefused, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(cancelled(signal));
          return;
        }
        const queue = hadBeenRefused ? returned : fresh;
        const onAbort = () => {
          queue.delete(waiter);
          waiter.refuse(cancelled(signal as AbortSignal));
          pump();
        };
        const done = () => signal?.removeEventListener("abort", onAbort);
        const waiter: Waiter = {
          admit: (ticket) => {
            done();
            resolve(ticket);
          },
          refuse: (error) => {
            done();
            reject(error);
          },
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        queue.add(waiter);
        pump();
      }),
    passed: (ticket, remaining) => {
      pace.passed(ticket, remaining);
      pump();
    },
    lost: (ticket) => {
      pace.lost(ticket);
      pump();
    },
    refused: (ticket, waitMs) => {
      pace.refused(ticket, clock.monotonicMs(), waitMs);
      pump();
    },
    waiting: () => returned.size + fresh.size,
  };

  function pump(): void {
    alarm?.abort();
    alarm = null;
    for (;;) {
      const queue = returned.size > 0 ? returned : fresh;
      const [waiter] = queue;
      if (waiter === undefined) return;
      const now = clock.monotonicMs();
      const wait = pace.next(now);
      if (wait === null) return;
      if (wait > longestWaitMs) {
        for (const each of [...returned, ...fresh]) each.refuse(tooLong());
        returned.clear();
        fresh.clear();
        return;
      }
      if (wait > 0) {
        wake(wait);
        return;
      }
      queue.delete(waiter);
      waiter.admit(pace.sent(now));
    }
  }

  function wake(waitMs: number): void {
    const mine = new AbortController();
    alarm = mine;
    clock.sleep(waitMs, mine.signal).then(pump, () => {});
  }
}

function tooLong(): StationError {
  return new StationError(
    "API_RATE_LIMITED",
    "The licensing server asks to wait too long before more requests. Resume later.",
  );
}
