import { describe, expect, test } from "vitest";
import { createApiHealth, isUnreachable } from "../../electron/engine/handlers/api-health.ts";
import { createRateMeter } from "../../electron/engine/handlers/rate-meter.ts";
import { seatsLeft, seatsOfPools } from "../../electron/engine/handlers/seats.ts";
import { createThroughput } from "../../electron/engine/handlers/throughput.ts";
import { createVerification } from "../../electron/engine/handlers/verification.ts";
import type { LicenseRecord } from "../../electron/engine/settings/license-store.ts";
import { StationError } from "../../shared/domain/errors.ts";
import { fakeClock } from "../fakes/fake-clock.ts";

const hash = (i: number) => i.toString(16).padStart(64, "0");

describe("figures", () => {
  test("the rate is that of the last seconds", async () => {
    const clock = fakeClock();
    const rate = createRateMeter(clock);
    for (let i = 0; i < 100; i++) {
      rate.tick();
      await clock.advance(100);
    }
    // The oldest half second may have left the window already.
    expect(rate.perSecond()).toBeGreaterThanOrEqual(9.5);
    expect(rate.perSecond()).toBeLessThanOrEqual(10);
    await clock.advance(20_000);
    expect(rate.perSecond()).toBe(0);
    rate.restart();
    rate.tick();
    expect(rate.perSecond()).toBe(1);
  });

  test("throughput has a point a minute, quiet minutes included, and forgets after a day", () => {
    const throughput = createThroughput();
    expect(throughput.points()).toEqual([]);
    throughput.record("issued", new Date("2026-11-22T10:00:59Z"));
    throughput.record("failed", new Date("2026-11-22T10:03:00Z"));
    expect(throughput.points()).toEqual([
      { at: "2026-11-22T10:00:00Z", issued: 1, failed: 0 },
      { at: "2026-11-22T10:01:00Z", issued: 0, failed: 0 },
      { at: "2026-11-22T10:02:00Z", issued: 0, failed: 0 },
      { at: "2026-11-22T10:03:00Z", issued: 0, failed: 1 },
    ]);
    throughput.record("issued", new Date("2026-11-23T10:03:00Z"));
    expect(throughput.points()).toEqual([{ at: "2026-11-23T10:03:00Z", issued: 1, failed: 0 }]);
  });

  test("seats add up by pool; one without limit makes its pool so, one that was never asked about is left out", () => {
    const license = (
      pool: string,
      seatLimit: number | null,
      activeSeats: number | null,
      checkedAt: string | null = "2026",
    ): LicenseRecord => ({
      id: `${pool}${seatLimit}`,
      label: "",
      product: "p",
      last4: "",
      pool,
      state: "active",
      seatLimit,
      activeSeats,
      expiresAt: null,
      checkedAt,
      sha256: hash(1),
    });
    const all = [
      license("a", 10, 4),
      license("a", 5, 5),
      license("b", null, 7),
      license("b", 3, 1),
      license("c", null, null, null),
    ];
    expect(seatsOfPools(all)).toEqual([
      { pool: "a", seatLimit: 15, activeSeats: 9 },
      { pool: "b", seatLimit: null, activeSeats: 8 },
    ]);
    expect([
      seatsLeft(all, "p", "a"),
      seatsLeft(all, "p", "b"),
      seatsLeft(all, "p", "c"),
      seatsLeft(all, "q", "a"),
    ]).toEqual([6, null, null, null]);
  });

  test("the server's state is told with the time since when, and only when it turns", async () => {
    const clock = fakeClock();
    let changes = 0;
    const health = createApiHealth(clock, () => void (changes += 1));
    health.note(false);
    await clock.advance(5000);
    health.note(false);
    expect([health.reachable, health.since, changes]).toEqual([false, "2026-01-02T03:04:05.000Z", 1]);
    health.note(true);
    expect(health.since).toBe("2026-01-02T03:04:10.000Z");
    health.forget();
    expect([health.reachable, health.since]).toEqual([null, null]);
    expect([
      isUnreachable(new StationError("API_TIMEOUT", "")),
      isUnreachable(new StationError("API_UNAUTHORIZED", "")),
      isUnreachable(new Error("x")),
    ]).toEqual([true, false, false]);
  });
});

describe("verification", () => {
  test("tells how far it is, joins one that runs, and keeps what it found", async () => {
    const clock = fakeClock();
    const end = Promise.withResolvers<readonly string[]>();
    let progress: (done: number, total: number) => void = () => {};
    let runs = 0;
    const verification = createVerification(
      (given) => {
        runs += 1;
        progress = given;
        return end.promise;
      },
      clock,
      () => {},
    );
    expect(verification.start().running).toBe(true);
    expect(verification.start().running).toBe(true);
    progress(50, 100);
    expect([runs, verification.view()]).toMatchObject([1, { done: 50, total: 100, ok: null }]);
    end.resolve(Array.from({ length: 5000 }, (_, i) => `Entry ${i} is wrong.`));
    await verification.ended;
    expect(verification.view()).toMatchObject({ running: false, ok: false, finishedAt: "2026-01-02T03:04:05.000Z" });
    expect(verification.view().problems).toHaveLength(200);
  });

  test("that fails by itself is not a good ledger", async () => {
    const verification = createVerification(
      () => Promise.reject(new StationError("HOME_UNREADABLE", "Cannot read.")),
      fakeClock(),
      () => {},
    );
    verification.start();
    await verification.ended;
    expect(verification.view()).toMatchObject({ ok: false, problems: ["Cannot read."] });
  });
});
