import type { Entropy } from "./entropy.ts";
import { createMisbehaviour, type Fault, type Misbehaviour } from "./misbehaviour.ts";
import { createRateLimiter, type RateLimiter, type RateLimitKind } from "./rate-limit.ts";

/** The weather a client meets; control may change all of it while the server runs. */
export interface Settings {
  readonly latencyMs: number;
  /** Up to this much is added to the latency, evenly spread. */
  readonly jitterMs: number;
  /** Null: no limit. */
  readonly rateLimitPerMinute: number | null;
  readonly rateLimitKind: RateLimitKind;
  readonly rules: readonly Fault[];
}

export interface Conditions {
  readonly misbehaviour: Misbehaviour;
  limiter(): RateLimiter | null;
  /** How long the next request is held back. */
  nextDelayMs(): number;
  change(change: Partial<Settings>): Settings;
  reset(): void;
}

export function createConditions(initial: Settings, entropy: Entropy): Conditions {
  const misbehaviour = createMisbehaviour(entropy);
  let settings = initial;
  let limiter: RateLimiter | null = null;
  const change = (wanted: Partial<Settings>) => {
    settings = { ...settings, ...wanted };
    if (wanted.rules !== undefined) misbehaviour.set(wanted.rules);
    if (wanted.rateLimitPerMinute !== undefined) {
      const { rateLimitPerMinute, rateLimitKind } = settings;
      limiter = rateLimitPerMinute === null ? null : createRateLimiter(rateLimitPerMinute, rateLimitKind);
    }
    return settings;
  };
  change(initial);
  return {
    misbehaviour,
    limiter: () => limiter,
    nextDelayMs: () =>
      settings.latencyMs + (settings.jitterMs === 0 ? 0 : entropy.chance("jitter") * settings.jitterMs),
    change,
    reset: () => change(initial),
  };
}

/** Timers that end with the server: what still waits then is never woken. */
export interface Delays {
  wait(ms: number): Promise<void>;
  close(): void;
}

export function createDelays(): Delays {
  const timers = new Set<NodeJS.Timeout>();
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        if (ms <= 0) {
          resolve();
          return;
        }
        const timer = setTimeout(() => {
          timers.delete(timer);
          resolve();
        }, ms);
        timers.add(timer);
      }),
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
