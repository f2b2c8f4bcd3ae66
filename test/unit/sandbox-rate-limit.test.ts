import { describe, expect, test } from "vitest";
import { createRateLimiter } from "../../electron/sandbox/rate-limit.ts";

describe("window", () => {
  test("opens with the first request, not with the clock's minute", () => {
    const limiter = createRateLimiter(2, "window");
    const at = (ms: number) => limiter.take("a", ms);
    expect(at(30_000)).toEqual({ allowed: true, limit: 2, remaining: 1, resetAtMs: 90_000, waitMs: 0 });
    expect(at(70_000)).toMatchObject({ allowed: true, remaining: 0 });
    expect(at(70_000)).toEqual({ allowed: false, limit: 2, remaining: 0, resetAtMs: 90_000, waitMs: 20_000 });
    expect(at(89_999)).toMatchObject({ allowed: false, waitMs: 1 });
    expect(at(95_000)).toMatchObject({ allowed: true, remaining: 1, resetAtMs: 155_000 });
  });

  test("counts each client apart, and a clock set back opens a new window", () => {
    const limiter = createRateLimiter(1, "window");
    expect([limiter.take("a", 100_000).allowed, limiter.take("b", 100_000).allowed]).toEqual([true, true]);
    expect(limiter.take("a", 100_001).allowed).toBe(false);
    expect(limiter.take("a", 0).allowed).toBe(true);
  });
});

describe("bucket", () => {
  test("lets the allowance flow evenly and saves up one second's worth", () => {
    const limiter = createRateLimiter(120, "bucket");
    const allowed = (ms: number) => limiter.take("a", ms).allowed;
    expect([allowed(0), allowed(0), allowed(0)]).toEqual([true, true, false]);
    expect(limiter.take("a", 100)).toEqual({ allowed: false, limit: 120, remaining: 0, resetAtMs: 1000, waitMs: 400 });
    expect([allowed(500), allowed(500)]).toEqual([true, false]);
    expect([allowed(60_000), allowed(60_000), allowed(60_000)]).toEqual([true, true, false]);
  });

  test("a client that waits as told passes, as often as the allowance says", () => {
    const limiter = createRateLimiter(600, "bucket");
    let now = 0;
    let passed = 0;
    while (now < 60_000) {
      const { allowed, waitMs } = limiter.take("a", now);
      if (allowed) passed++;
      else now += waitMs;
    }
    expect(passed).toBeGreaterThanOrEqual(609);
    expect(passed).toBeLessThanOrEqual(611);
  });
});
