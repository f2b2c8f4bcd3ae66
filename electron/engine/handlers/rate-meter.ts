import type { Clock } from "../platform/clock.ts";

export interface RateMeter {
  tick(): void;
  restart(): void;
  /** Over the last seconds, so that a pause or a slow server is seen soon. */
  perSecond(): number;
}

const windowMs = 10_000;
const bucketMs = 500;
/** Below this a rate would jump about. */
const shortestMs = 1000;

export function createRateMeter(clock: Clock): RateMeter {
  let startMs = clock.monotonicMs();
  let buckets: { readonly fromMs: number; count: number }[] = [];
  const trim = (now: number) => {
    buckets = buckets.filter(({ fromMs }) => now - fromMs < windowMs);
  };
  return {
    restart: () => {
      startMs = clock.monotonicMs();
      buckets = [];
    },
    tick: () => {
      const now = clock.monotonicMs();
      const last = buckets.at(-1);
      if (last !== undefined && now - last.fromMs < bucketMs) last.count += 1;
      else {
        trim(now);
        buckets.push({ fromMs: now, count: 1 });
      }
    },
    perSecond: () => {
      const now = clock.monotonicMs();
      trim(now);
      const spanMs = Math.max(shortestMs, Math.min(windowMs, now - startMs));
      return (buckets.reduce((sum, { count }) => sum + count, 0) * 1000) / spanMs;
    },
  };
}
