import { describe, expect, test } from "vitest";
import { batchFigures, batchProgress } from "../../renderer/model/batch-figures.ts";
import { toCsv } from "../../renderer/model/csv.ts";
import {
  baseName,
  daysUntil,
  formatBytes,
  formatDuration,
  formatNumber,
  formatRate,
  isoDay,
  isoMinute,
  localTime,
  shortFingerprint,
} from "../../renderer/model/format.ts";
import { historyFacts } from "../../renderer/model/history.ts";
import { fillMonths } from "../../renderer/model/months.ts";
import { readPasted } from "../../renderer/model/pasted-request.ts";
import { joinPoints, niceCeiling } from "../../renderer/model/plot-scale.ts";
import { seatsByPool } from "../../renderer/model/pools.ts";
import { prettyJson } from "../../renderer/model/pretty-json.ts";
import { readWhole } from "../../renderer/model/read-whole.ts";
import { formatRoute, parseRoute, railEntry, type Route } from "../../renderer/model/route.ts";
import { createFakeBench } from "../fakes/window/fake-bench.ts";
import { soundingOf, soundOf, statesEntered } from "../../renderer/model/sounds.ts";
import { createFakeBatch } from "../fakes/window/fake-batch.ts";
import { fakeStick } from "../fakes/window/fake-sticks.ts";

describe("values as people read them", () => {
  test("instants are ISO in UTC, and the reader's own time in words", () => {
    expect(isoMinute("2026-11-22T13:05:59+01:00")).toBe("2026-11-22 12:05Z");
    expect(isoDay("2026-11-22T23:30:00-05:00")).toBe("2026-11-23");
    expect(isoMinute("someday")).toBe("someday");
    expect(isoDay("someday")).toBe("someday");
    expect(localTime("2026-11-22T13:05:00Z", "de")).toContain("2026");
    expect(localTime("someday", "de")).toBe("someday");
  });

  test.each([
    [0, "0 s", "0 s"],
    [59.4, "59 s", "59 s"],
    [60, "1 min", "1 Min."],
    [3600, "1 h", "1 Std."],
    [4800, "1 h 20 min", "1 Std. 20 Min."],
    [86_400, "1 day", "1 Tag"],
    [187_200, "2 days 4 h", "2 Tage 4 Std."],
    [-5, "0 s", "0 s"],
  ])("%d seconds", (seconds, english, german) => {
    expect(formatDuration(seconds, "en")).toBe(english);
    expect(formatDuration(seconds, "de")).toBe(german);
  });

  test("numbers follow the language", () => {
    expect(formatNumber(1234.56, "en")).toBe("1,234.6");
    expect(formatNumber(1234.56, "de")).toBe("1.234,6");
    expect(formatBytes(0, "en")).toBe("0 B");
    expect(formatBytes(15_441_035_264, "de")).toBe("15,4 GB");
    expect(formatBytes(999_600, "en")).toBe("1 MB");
    expect(formatRate(38.24, "en")).toBe("38.2/s");
    expect(formatRate(0.5, "en")).toBe("30/min");
  });

  test("a fingerprint keeps both ends, a short one stays whole", () => {
    expect(shortFingerprint("fp-0123456789abcdef")).toBe("fp-0…cdef");
    expect(shortFingerprint("fp-12345")).toBe("fp-12345");
    expect(shortFingerprint("😀😀😀😀😀😀😀😀😀😀")).toBe("😀😀😀😀…😀😀😀😀");
    expect(baseName("PROVISIONING/b/x.lic")).toBe("x.lic");
  });

  test("days are whole and go below zero", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    expect(daysUntil("2026-11-23T11:00:00Z", now)).toBe(0);
    expect(daysUntil("2026-12-22T12:00:00Z", now)).toBe(30);
    expect(daysUntil("2026-11-22T11:00:00Z", now)).toBe(-1);
  });
});

describe("routes", () => {
  const routes: readonly Route[] = [
    { screen: "station" },
    { screen: "batch", batch: null },
    { screen: "batch", batch: "b/1 #%" },
    { screen: "devices", device: "ab12" },
    { screen: "devices", device: null },
    { screen: "check", stick: "s 1" },
    { screen: "first-run" },
    { screen: "single" },
  ];
  test.each(routes)("%o survives the address", (route) => expect(parseRoute(formatRoute(route))).toEqual(route));
  test("anything else is the station", () => {
    for (const hash of ["", "#", "#/nowhere", "#token=abc", "#/__proto__", "#/constructor", "#/check", "#/check/%zz"]) {
      expect(parseRoute(hash)).toEqual({ screen: "station" });
    }
  });
  test("the check belongs to the station's entry of the rail", () => {
    expect(railEntry({ screen: "check", stick: "s" })).toBe("station");
    expect(railEntry({ screen: "first-run" })).toBe("settings");
    expect(railEntry({ screen: "ledger" })).toBe("ledger");
  });
});

describe("one pasted or scanned request", () => {
  test.each([
    ["", { kind: "empty" }],
    ["  \r\n ", { kind: "empty" }],
    ["fp-12345678", { kind: "request", fingerprint: "fp-12345678", name: null }],
    ["\uFEFFfp-12345678\r\npress 1\r\n", { kind: "request", fingerprint: "fp-12345678", name: "press 1" }],
    [
      '{"fingerprint":"fp-12345678","device_name":"press"}',
      { kind: "request", fingerprint: "fp-12345678", name: "press" },
    ],
    ["short", { kind: "wrong", reason: "length" }],
    ["ä".repeat(128), { kind: "wrong", reason: "length" }],
    ["fp-1234\u202e5678", { kind: "wrong", reason: "characters" }],
    ["one-line-1\ntwo\nthree", { kind: "wrong", reason: "shape" }],
    ["{", { kind: "wrong", reason: "shape" }],
    ['{"fingerprint":12345678}', { kind: "wrong", reason: "shape" }],
    ['{"fingerprint":"fp-12345678","device_name":7}', { kind: "wrong", reason: "shape" }],
    ["x".repeat(70_000), { kind: "wrong", reason: "length" }],
  ])("%j", (text, expected) => expect(readPasted(text)).toEqual(expected));
});

test("a batch's figures add up to its devices and never go below zero", () => {
  const batch = createFakeBatch({
    id: "b",
    stickId: null,
    stickLabel: "x",
    devices: 200,
    startedAt: "2026-11-22T08:00:00Z",
    perSecond: 50,
    rehearsal: false,
  });
  batch.advance(2000);
  const view = batch.view();
  const figures = batchFigures(view);
  expect(Object.values(figures).reduce((sum, count) => sum + count, 0)).toBe(200);
  expect(batchProgress(view)).toBe(0.5);
  expect(batchProgress({ ...view, devices: 0 })).toBe(0);
  expect(batchFigures({ ...view, devices: 3, issued: 0, delivered: 5, failed: 0 })).toMatchObject({
    issued: 0,
    waiting: 0,
  });
});

test("a saved table holds no cell that a spreadsheet would run", () => {
  expect(
    toCsv([
      ["a", 'say "x"', "=1+1"],
      ["-2", "b,c", "@x"],
    ]),
  ).toBe('a,"say ""x""",\'=1+1\r\n\'-2,"b,c",\'@x\r\n');
});

test("a device's facts are the newest ones its entries tell", () => {
  const row = (index: number, deviceName: string | null, json: string) => ({ index, deviceName, json });
  expect(
    historyFacts([
      row(9, "new name", '{"fingerprint":"fp-2","serial":7}'),
      row(2, "old name", '{"fingerprint":"fp-1","serial":"SN1"}'),
      row(5, null, "no json"),
    ]),
  ).toEqual({ name: "new name", serial: "SN1", fingerprint: "fp-2" });
  expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyJson("no json")).toBe("no json");
});

test("seats are summed by pool; one licence without limit takes the limit off its pool", () => {
  const license = (pool: string, seatLimit: number | null, activeSeats: number | null) => ({
    pool,
    seatLimit,
    activeSeats,
  });
  expect(
    seatsByPool([
      license("b", 10, 4),
      license("a", 5, 5),
      license("b", 20, 6),
      license("c", 1, null),
      license("d", null, 3),
    ]),
  ).toEqual([
    { pool: "a", taken: 5, limit: 5 },
    { pool: "b", taken: 10, limit: 30 },
    { pool: "d", taken: 3, limit: null },
  ]);
});

test("axes end on round numbers and long series are joined without losing a device", () => {
  expect([0, 1, 7, 103, 420, 1000].map(niceCeiling)).toEqual([1, 1, 8, 120, 500, 1000]);
  const joined = joinPoints(
    Array.from({ length: 500 }, () => 1),
    60,
    (a, b) => a + b,
  );
  expect(joined.length).toBeLessThanOrEqual(60);
  expect(joined.reduce((sum, value) => sum + value, 0)).toBe(500);
});

test("months without files are shown too, a year at least and three at most", () => {
  const now = new Date("2026-11-22T12:00:00Z");
  const filled = fillMonths([{ month: "2027-05", files: 512 }], now);
  expect(filled).toHaveLength(12);
  expect(filled[0]).toEqual({ month: "2026-11", files: 0 });
  expect(filled[6]).toEqual({ month: "2027-05", files: 512 });
  expect(fillMonths([{ month: "2036-01", files: 1 }], now)).toHaveLength(36);
  expect(fillMonths([{ month: "2028-02", files: 1 }], now).at(-1)).toEqual({ month: "2028-02", files: 1 });
});

test("a typed number is whole, within bounds, or nothing", () => {
  expect(["1", " 30 ", "0", "31", "1.5", "-1", "", "1e2", "9999999999"].map((text) => readWhole(text, 1, 30))).toEqual([
    1,
    30,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("an armed slot sounds like a stick worked on by hand, and like nothing once the bench is disarmed", () => {
  const bench = createFakeBench({ slots: 2, isArmed: true });
  const armed = bench.view();
  const done = bench.change({ slots: armed.slots.map((slot) => ({ ...slot, state: "held" as const })) });
  expect(soundingOf(null, armed)).toBe(null);
  expect(statesEntered(soundingOf([], armed), soundingOf([], armed))).toEqual([]);
  expect(statesEntered(soundingOf([], armed), soundingOf([], done))).toEqual(["held", "held"]);
  expect(soundingOf([], bench.change({ armed: false, order: null }))).toEqual([]);
});

test("a sound is made for states that sticks come into, not for those they were in", () => {
  const before = [fakeStick({ id: "a", label: "A" }), fakeStick({ id: "b", label: "B", state: "writing" })];
  const after = [fakeStick({ id: "a", label: "A" }), fakeStick({ id: "b", label: "B", state: "remove" })];
  expect(statesEntered(null, after)).toEqual([]);
  expect(statesEntered(before, after)).toEqual(["remove"]);
  const tunes = Object.values(soundOf).map((notes) =>
    JSON.stringify(notes.map(({ at, length, hertz }) => [at, length, hertz])),
  );
  expect(new Set(tunes).size).toBe(tunes.length);
});
