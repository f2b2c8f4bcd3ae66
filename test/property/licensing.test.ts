import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import { apiKey, fingerprint, json, licenseKey, licensingServer } from "../contract/licensing-server.ts";

let hostile: { status: number; body: unknown; headers: Record<string, string> };
let station: Awaited<ReturnType<typeof licensingServer>>;
beforeAll(async () => {
  station = await licensingServer((_, response) => json(response, hostile.status, hostile.body, hostile.headers), {
    pathFamily: "body",
  });
});
afterAll(() => station.stop());

const secret = fc.constantFrom(
  licenseKey,
  licenseKey.toLowerCase(),
  apiKey,
  `Bearer ${apiKey}`,
  encodeURIComponent(licenseKey),
);
const text = fc.oneof(
  fc.string(),
  secret,
  fc.tuple(fc.string(), secret, fc.string()).map((parts) => parts.join("")),
);
const code = fc.oneof(secret, fc.constantFrom("license_expired", "server_error", "x"));
const body = fc.oneof(
  fc.record({ error: fc.record({ code, message: text }) }),
  fc.record({ errors: fc.array(fc.record({ code, title: text, detail: text }), { maxLength: 2 }) }),
  fc.record({ code, message: text }),
  text,
  fc.dictionary(text, text, { maxKeys: 3 }),
);

test("whatever the server writes, no error of ours holds the licence key or the API key", async () => {
  const answers = fc.record({
    status: fc.constantFrom(200, 307, 400, 401, 403, 404, 422, 501),
    body,
    headers: fc.constant({}),
  });
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      hostile = answer;
      const error: unknown = await station.client
        .activate({ licenseKey, fingerprint, deviceName: null })
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StationError);
      const { message, details, stack, cause } = error as StationError;
      const shown = JSON.stringify([message, details, stack, String(cause)]).toLowerCase();
      expect(shown).not.toContain(licenseKey.toLowerCase());
      expect(shown).not.toContain(apiKey.toLowerCase());
    }),
    { numRuns: 200 },
  );
});

test("instants are read as Date reads them, whatever the zone", () => {
  const instant = fc.date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-30T00:00:00Z"),
    noInvalidDate: true,
  });
  const zone = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
  fc.assert(
    fc.property(instant, zone, (date, minutes) => {
      const local = new Date(date.getTime() + minutes * 60_000).toISOString();
      fc.pre(local.length === 24);
      const two = (value: number) => String(value).padStart(2, "0");
      const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
      expect(parseInstant(local.replace("Z", offset))).toBe(date.getTime());
    }),
  );
});

test.each([
  "2026-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T00:60:00Z",
  "2026-01-01T23:59:60Z",
  "2026-01-01T00:00:00",
  "2026-01-01 00:00:00Z",
  "2026-01-01T00:00:00.Z",
  "2026-01-01T00:00:00+24:00",
  "2026-01-01T00:00:00+0100",
  "+002026-01-01T00:00:00Z",
  "2026-1-1T00:00:00Z",
  "2026-01-01T00:00:00Z\n",
])("%j is no instant", (instant) => {
  expect(parseInstant(instant)).toBe(null);
});

test("the leap day is there in leap years only", () => {
  expect(parseInstant("2024-02-29T12:00:00.25Z")).toBe(Date.UTC(2024, 1, 29, 12, 0, 0, 250));
  expect(parseInstant("1900-02-29T00:00:00Z")).toBe(null);
  expect(parseInstant("2000-02-29T00:00:00Z")).not.toBe(null);
});
