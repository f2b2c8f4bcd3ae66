/**
 * `window`: a client's first request opens a window of 60 s with its full allowance; the next window opens with the
 * first request after that. `bucket`: the allowance flows in evenly, and one second's worth can be saved up.
 */
export type RateLimitKind = "window" | "bucket";

interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  /** Requests that would still pass right now. */
  readonly remaining: number;
  /** When the allowance is whole again, milliseconds since the epoch. */
  readonly resetAtMs: number;
  /** 0 when allowed, else how long until one request passes. */
  readonly waitMs: number;
}

export interface RateLimiter {
  /** Refused requests cost nothing. */
  take(client: string, nowMs: number): RateVerdict;
}

const minuteMs = 60_000;

export function createRateLimiter(perMinute: number, kind: RateLimitKind): RateLimiter {
  return kind === "window" ? windowLimiter(perMinute) : bucketLimiter(perMinute);
}

function windowLimiter(limit: number): RateLimiter {
  const windows = new Map<string, { endsMs: number; used: number }>();
  return {
    take: (client, nowMs) => {
      let window = windows.get(client);
      // A clock that was set back must not lock the client out for longer than a window.
      if (window === undefined || nowMs >= window.endsMs || nowMs < window.endsMs - minuteMs) {
        window = { endsMs: nowMs + minuteMs, used: 0 };
        windows.set(client, window);
      }
      const allowed = window.used < limit;
      if (allowed) window.used++;
      const resetAtMs = window.endsMs;
      return { allowed, limit, remaining: limit - window.used, resetAtMs, waitMs: allowed ? 0 : resetAtMs - nowMs };
    },
  };
}

function bucketLimiter(limit: number): RateLimiter {
  const perMs = limit / minuteMs;
  const capacity = Math.max(1, limit / 60);
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    take: (client, nowMs) => {
      const bucket = buckets.get(client) ?? { tokens: capacity, atMs: nowMs };
      buckets.set(client, bucket);
      bucket.tokens = Math.min(capacity, bucket.tokens + Math.max(0, nowMs - bucket.atMs) * perMs);
      bucket.atMs = nowMs;
      // What ten thousand additions may have lost must not cost a whole request.
      const allowed = bucket.tokens >= 1 - 1e-9;
      if (allowed) bucket.tokens -= 1;
      return {
        allowed,
        limit,
        remaining: Math.max(0, Math.floor(bucket.tokens + 1e-9)),
        resetAtMs: nowMs + (capacity - bucket.tokens) / perMs,
        waitMs: allowed ? 0 : (1 - bucket.tokens) / perMs,
      };
    },
  };
}
