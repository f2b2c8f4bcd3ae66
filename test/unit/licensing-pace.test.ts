import { expect, test } from "vitest";
import type { Exchange, HttpReply } from "../../electron/engine/licensing/exchange.ts";
import { createGate } from "../../electron/engine/licensing/gate.ts";
import { createPace } from "../../electron/engine/licensing/pace.ts";
import { createSend, patienceMs } from "../../electron/engine/licensing/send.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

interface Verdict {
  /** 0 when the request passes, else milliseconds until one does. */
  readonly waitMs: number;
  readonly remaining: number;
}

type Limiter = (nowMs: number) => Verdict;

/** The whole allowance at the window's first request; the next window begins with the first request after it. */
function windowLimiter(perMinute: number): Limiter {
  let endsMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  return (now) => {
    if (now >= endsMs) {
      endsMs = now + 60_000;
      used = 0;
    }
    if (used >= perMinute) return { waitMs: endsMs - now, remaining: 0 };
    used++;
    return { waitMs: 0, remaining: perMinute - used };
  };
}

/** The allowance flows in evenly; up to `capacity` is saved up. */
function bucketLimiter(perMinute: number, capacity: number): Limiter {
  const perMs = perMinute / 60_000;
  let tokens = capacity;
  let at = 0;
  return (now) => {
    tokens = Math.min(capacity, tokens + (now - at) * perMs);
    at = now;
    if (tokens < 1 - 1e-9) return { waitMs: (1 - tokens) / perMs, remaining: 0 };
    tokens--;
    return { waitMs: 0, remaining: Math.floor(tokens) };
  };
}

interface Scene {
  readonly limiter: Limiter;
  readonly calls: number;
  readonly concurrency?: number;
  readonly headers?: "retry-after" | "all" | "none";
}

const latencyMs = 40;

async function run({ limiter, calls, concurrency = 32, headers = "retry-after" }: Scene) {
  const clock = fakeClock({ auto: true });
  let refusals = 0;
  const exchange: Exchange = async () => {
    await clock.sleep(latencyMs / 2);
    const { waitMs, remaining } = limiter(clock.monotonicMs());
    await clock.sleep(latencyMs / 2);
    const told = headers === "all" ? { "x-ratelimit-remaining": String(remaining) } : {};
    if (waitMs === 0) return reply(200, told);
    refusals++;
    // Whole seconds, as the header can only say.
    const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
    return reply(429, headers === "none" ? {} : { ...told, "retry-after": seconds });
  };
  const pace = createPace(concurrency);
  const gate = createGate(pace, clock, patienceMs);
  const send = createSend({ exchange, gate, clock, random: seededRandom("pace") });
  const statuses = new Set<number>();
  let left = calls;
  const worker = async () => {
    while (left-- > 0) statuses.add((await send(request)).status);
  };
  await Promise.all(Array.from({ length: concurrency * 2 }, worker));
  expect(statuses).toEqual(new Set([200]));
  expect([pace.inFlight(), gate.waiting()]).toEqual([0, 0]);
  return { seconds: clock.monotonicMs() / 1000, refusals, perSecond: pace.perSecond(clock.monotonicMs()) };
}

const request = { method: "GET", path: "/", headers: {}, body: null } as const;

function reply(status: number, headers: Readonly<Record<string, string>>): HttpReply {
  return { status, headers, body: new Uint8Array() };
}

// The ideal: what is saved up goes out at once, the rest as fast as the server lets it.
test.each<[string, () => Scene, number, number]>([
  ["fixed window of 600", () => ({ limiter: windowLimiter(600), calls: 2000 }), 180, 40],
  ["fixed window of 600, 64 in flight", () => ({ limiter: windowLimiter(600), calls: 2000, concurrency: 64 }), 180, 80],
  [
    "fixed window of 600 that tells what is left",
    () => ({ limiter: windowLimiter(600), calls: 2000, headers: "all" }),
    180,
    6,
  ],
  ["fixed window of 60", () => ({ limiter: windowLimiter(60), calls: 250 }), 240, 40],
  ["600 flowing in, one second's worth saved up", () => ({ limiter: bucketLimiter(600, 10), calls: 2000 }), 199, 60],
  ["the same, 64 in flight", () => ({ limiter: bucketLimiter(600, 10), calls: 2000, concurrency: 64 }), 199, 100],
  ["the same, telling what is left", () => ({ limiter: bucketLimiter(600, 10), calls: 2000, headers: "all" }), 199, 60],
  ["600 flowing in, a minute's worth saved up", () => ({ limiter: bucketLimiter(600, 600), calls: 2000 }), 140, 60],
  ["6000 flowing in, five seconds' worth saved up", () => ({ limiter: bucketLimiter(6000, 500), calls: 4500 }), 40, 70],
])("%s a minute: within 5 % of the ideal, none failed, few refused", async (_, scene, idealSeconds, mostRefusals) => {
  const { seconds, refusals } = await run(scene());
  expect(seconds / idealSeconds).toBeLessThanOrEqual(1.05);
  expect(refusals).toBeLessThanOrEqual(mostRefusals);
});

test("a server that saves up nothing costs more, but not much", async () => {
  const { seconds } = await run({ limiter: bucketLimiter(60, 1), calls: 150 });
  expect(seconds / 149).toBeLessThanOrEqual(1.2);
});

test("without any word on how long to wait, all gets through all the same", async () => {
  const { seconds, refusals } = await run({ limiter: bucketLimiter(600, 10), calls: 1000, headers: "none" });
  expect(seconds / 99).toBeLessThanOrEqual(1.1);
  expect(refusals).toBeLessThanOrEqual(100);
});

test("the rate that was found out is told", async () => {
  const { perSecond } = await run({ limiter: bucketLimiter(600, 10), calls: 1000 });
  expect(perSecond).toBeGreaterThan(9);
  expect(perSecond).toBeLessThan(11.5);
});

test("a server that never refuses is never waited for", async () => {
  const { seconds, perSecond } = await run({ limiter: () => ({ waitMs: 0, remaining: 1000 }), calls: 2000 });
  // Two calls wait for each that flies, so each round trip carries as many as may fly.
  expect(seconds).toBeCloseTo(Math.ceil(2000 / 32) * (latencyMs / 1000), 5);
  expect(perSecond).toBe(null);
});

test("after a wait one call goes ahead alone, and more only as it passes", () => {
  const pace = createPace(8);
  const first = Array.from({ length: 8 }, () => pace.sent(0));
  expect(pace.next(0)).toBe(null);
  first.forEach((ticket) => pace.refused(ticket, 40, 10_000));
  expect(pace.next(40)).toBe(10_000);
  expect(pace.next(10_040)).toBe(0);
  const scout = pace.sent(10_040);
  expect(pace.next(10_040)).toBe(null);
  pace.passed(scout, null);
  const pair = [pace.sent(10_080), pace.sent(10_080)];
  expect(pace.next(10_080)).toBe(null);
  // An answer that never came says nothing.
  pair.forEach((ticket) => pace.lost(ticket));
  expect(pace.inFlight()).toBe(0);
});

test("a refusal of something sent before the last wait does not begin another", () => {
  const pace = createPace(2);
  const [early, late] = [pace.sent(0), pace.sent(0)];
  pace.refused(early, 10, 1000);
  expect(pace.next(1010)).toBe(0);
  pace.passed(pace.sent(1010), null);
  pace.refused(late, 1100, 60_000);
  expect(pace.next(1100)).toBe(0);
});
