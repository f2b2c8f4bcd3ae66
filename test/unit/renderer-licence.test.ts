import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayEnd, dayStart } from "../../renderer/model/day.ts";
import { isFileName } from "../../renderer/model/file-name.ts";
import { formatDuration, isoSecond } from "../../renderer/model/format.ts";
import { licenceAlarm, licenceEdges, lifeLine, quotaLeft, secondsUntil } from "../../renderer/model/licence-state.ts";
import type { Licence, Session } from "../../renderer/model/live.ts";
import { cleanPin, isWholePin, longestPin, pressPinKey } from "../../renderer/model/pin-pad.ts";
import { refusalOf } from "../../renderer/model/refusal.ts";
import { createFakeLicence, type FakeLicenceState } from "../fakes/window/fake-licence.ts";
import { createFakePeople } from "../fakes/window/fake-people.ts";

const now = Date.parse("2028-02-28T23:59:30Z");
const inState = (state: FakeLicenceState, part: Partial<Licence> = {}): Licence => ({
  ...createFakeLicence({ state, now }).view(),
  ...part,
});

describe("what every screen says of the licence", () => {
  test.each([
    ["active", null, null],
    ["none", null, null],
    ["few-left", "few-left", "quiet"],
    ["grace", "grace", "held"],
    ["offline-soon", "offline-soon", "held"],
    ["offline-over", "offline-over", "action"],
    ["quota-over", "quota-over", "action"],
    ["read-only", "read-only", "action"],
    ["locked-out", "locked-out", "action"],
    ["tampered", "tampered", "action"],
  ] as const)("%s", (state, kind, tone) => {
    const alarm = licenceAlarm(inState(state), now);
    expect([alarm?.kind ?? null, alarm?.tone ?? null]).toEqual([kind, tone]);
  });

  test("a station that may not write says so whatever the reason is", () => {
    expect(licenceAlarm(inState("active", { writes: false }), now)?.kind).toBe("stopped");
  });

  test("what stops the work is said before what will stop it later", () => {
    const licence = inState("grace", { quota: { limit: 5, last24Hours: 5, today: 1, freeAt: null } });
    expect(licenceAlarm(licence, now)?.kind).toBe("quota-over");
  });

  test("contact is over at the very second, and not one before", () => {
    const licence = inState("active", { offlineEndsAt: "2028-02-29T00:00:00Z", maxOfflineDays: 1 });
    const edge = Date.parse("2028-02-29T00:00:00Z");
    expect(licenceAlarm(licence, edge - 1000)?.kind).toBe("offline-soon");
    expect(licenceAlarm(licence, edge - 1)?.kind).toBe("offline-soon");
    expect(licenceAlarm(licence, edge)?.kind).toBe("offline-over");
  });
});

test("what is left is the smaller of the rolling day and the UTC day", () => {
  const quota = (last24Hours: number, today: number) => ({ limit: 33, last24Hours, today, freeAt: null });
  expect(quotaLeft(inState("none", { quota: quota(30, 4) }))).toBe(3);
  expect(quotaLeft(inState("none", { quota: quota(33, 0) }))).toBe(0);
  expect(quotaLeft(inState("none", { quota: quota(40, 40) }))).toBe(0);
  expect(quotaLeft(inState("none", { quota: { ...quota(40, 40), limit: null } }))).toBeNull();
});

describe("counting down", () => {
  test("an edge is never announced before it is there", () => {
    expect(secondsUntil("2028-02-29T00:00:00Z", now)).toBe(30);
    expect(secondsUntil("2028-02-29T00:00:00Z", now + 29_001)).toBe(1);
    expect(secondsUntil("2028-02-29T00:00:00Z", now + 30_000)).toBe(0);
    expect(secondsUntil("2028-02-29T00:00:00Z", now + 90_000)).toBe(0);
  });

  test("edges keep the order of the licence's life, and those it has not are left out", () => {
    expect(licenceEdges(inState("active"), now).map(({ name }) => name)).toEqual([
      "expiresAt",
      "graceEndsAt",
      "readOnlyEndsAt",
      "offlineEndsAt",
    ]);
    expect(licenceEdges(inState("none"), now)).toEqual([]);
  });

  test("instants are told to the second in UTC, durations as people say them", () => {
    expect(isoSecond("2028-02-29T00:00:00+01:00")).toBe("2028-02-28 23:00:00Z");
    expect(isoSecond("soon")).toBe("soon");
    expect(formatDuration(secondsUntil("2028-03-02T03:59:30Z", now), "de")).toBe("2 Tage 4 Std.");
  });

  test("the life line's parts make a whole, and now lies within it", () => {
    for (const state of ["active", "grace", "read-only", "locked-out"] as const) {
      const line = lifeLine(inState(state), now);
      expect(line?.parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
      expect(line?.at).toBeGreaterThan(0);
      expect(line?.at).toBeLessThanOrEqual(1);
    }
    expect(lifeLine(inState("none"), now)).toBeNull();
    const bare = inState("active", { graceEndsAt: null, readOnlyEndsAt: null });
    expect(lifeLine(bare, now)?.parts.map(({ name }) => name)).toEqual(["active"]);
  });
});

describe("what a button foretells", () => {
  const session = (people: Parameters<typeof createFakePeople>[0]["people"]): Session =>
    createFakePeople({ people, now }).session();

  test.each([
    ["none", "active", "batch.start", null],
    ["none", "read-only", "batch.start", "licence"],
    ["none", "tampered", "single.issue", "tampered"],
    ["none", "locked-out", "carry.deliver", "licence"],
    ["none", "locked-out", "batch.continue", null],
    ["none", "locked-out", "ledger.verify", null],
    ["none", "tampered", "licence.recover", null],
    ["signed-out", "active", "ledger.verify", "signed-out"],
    ["auditor", "active", "batch.start", "role"],
    ["auditor", "read-only", "batch.start", "role"],
    ["operator", "active", "operators.add", "role"],
    ["operator", "active", "batch.start", null],
  ] as const)("%s, %s: %s", (people, state, call, refusal) => {
    expect(refusalOf(call, session(people), inState(state), "good")).toBe(refusal);
  });

  test("a station that has not said anything yet foretells nothing", () => {
    expect(refusalOf("batch.start", null, null, null)).toBeNull();
  });

  test.each([
    ["batch.start", "broken", "ledger"],
    ["batch.continue", "broken", "ledger"],
    ["keys.rotate", "broken", "ledger"],
    ["ledger.export", "broken", null],
    ["ledger.verify", "broken", null],
    ["session.sign-in", "broken", null],
    ["batch.start", "unchecked", null],
  ] as const)("%s with a ledger that is %s", (call, health, refusal) => {
    expect(refusalOf(call, session("administrator"), inState("active"), health)).toBe(refusal);
    expect(refusalOf(call, session("none"), inState("locked-out"), health)).toBe(
      health === "unchecked" ? "licence" : refusal,
    );
  });
});

describe("the PIN pad", () => {
  test("digits add, erase takes one, clear takes all", () => {
    const keys = ["2", "8", "4", "erase", "0"] as const;
    expect(keys.reduce<string>((pin, key) => pressPinKey(pin, key), "")).toBe("280");
    expect(pressPinKey("280", "clear")).toBe("");
    expect(pressPinKey("", "erase")).toBe("");
  });

  test("whatever is typed, a PIN holds no control character and is never too long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (typed) => {
        expect(cleanPin(typed)).not.toMatch(/\p{Cc}/u);
        expect([...cleanPin(typed)].length).toBeLessThanOrEqual(longestPin);
        expect(cleanPin(cleanPin(typed))).toBe(cleanPin(typed));
      }),
    );
    expect(cleanPin("284615\r\n")).toBe("284615");
  });

  test.each([
    ["28461", false],
    ["284615", true],
    ["284615284615", true],
    ["four words for a pin", true],
    ["28461\t", false],
    ["2".repeat(65), false],
  ])("%s is whole: %s", (pin, isWhole) => {
    expect(isWholePin(pin)).toBe(isWhole);
  });
});

test.each([
  ["2028-02-29", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"],
  ["2026-12-31", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["2027-02-29", null, null],
  ["2026-11-31", null, null],
  ["31.12.2026", null, null],
  ["2026-1-1", null, null],
  ["", null, null],
])("the day %s is bounded in UTC", (day, start, end) => {
  expect([dayStart(day), dayEnd(day)]).toEqual([start, end]);
});

test.each([
  ["sentari-license.key", true],
  ["stella_ops.jwt", true],
  ["../up.key", false],
  ["a/b", false],
  ["a\\b", false],
  [".hidden", false],
  ["dot.", false],
  ["a..b", false],
  ["ümlaut.key", false],
  ["x".repeat(65), false],
])("%s may name a file: %s", (name, isGood) => {
  expect(isFileName(name)).toBe(isGood);
});
