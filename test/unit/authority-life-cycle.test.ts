import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import { type LifeCycleFacts, lifeCycle } from "../../electron/engine/authority/life-cycle.ts";

const licence = (change: Partial<StationLicence> = {}): StationLicence => ({
  form: "ed25519",
  id: "NW-1",
  tokenSha256: "a".repeat(64),
  keySha256: "b".repeat(64),
  customer: { name: "Northwind", email: null },
  tier: "field",
  sku: null,
  issuedAt: new Date("2026-01-01T00:00:00Z"),
  expiresAt: new Date("2028-02-28T23:59:59Z"),
  graceDays: 1,
  readOnlyDays: 2,
  maxOfflineDays: 365,
  maxDevices: null,
  dailyQuota: 10,
  burst: null,
  station: null,
  ...change,
});
const facts = (change: Partial<LifeCycleFacts> = {}): LifeCycleFacts => ({
  licence: licence(),
  problem: null,
  now: new Date("2028-01-01T00:00:00Z"),
  lastContactAt: new Date("2028-01-01T00:00:00Z"),
  expired: "as-none",
  tampered: false,
  ...change,
});
const stateAt = (now: string | number, change: Partial<StationLicence> = {}, more: Partial<LifeCycleFacts> = {}) => {
  const { state, refusal, governing } = lifeCycle(facts({ licence: licence(change), now: new Date(now), ...more }));
  return [state, refusal?.code ?? null, governing?.id ?? null];
};
/** One second before, at, one after. */
const around = (edge: string, change: Partial<StationLicence> = {}, more: Partial<LifeCycleFacts> = {}) =>
  [-1000, 0, 1000].map((ms) => stateAt(Date.parse(edge) + ms, change, more).slice(0, 2));

const active = ["active", null];
const grace = ["grace", null];
const readOnly = ["read-only", "LICENCE_READ_ONLY"];
const locked = ["locked-out", "LICENCE_LOCKED"];

test.each<[string, string, Partial<StationLicence>, readonly unknown[]]>([
  ["expiry begins grace", "2028-02-28T23:59:59Z", {}, [active, grace, grace]],
  ["grace ends over a leap day", "2028-02-29T23:59:59Z", {}, [grace, readOnly, readOnly]],
  ["read-only ends", "2028-03-02T23:59:59Z", {}, [readOnly, locked, locked]],
  [
    "grace ends over no leap day",
    "2027-03-01T23:59:59Z",
    { expiresAt: new Date("2027-02-28T23:59:59Z") },
    [grace, readOnly, readOnly],
  ],
  ["no grace", "2028-02-28T23:59:59Z", { graceDays: 0 }, [active, readOnly, readOnly]],
  ["no read-only", "2028-02-29T23:59:59Z", { readOnlyDays: 0 }, [grace, locked, locked]],
  ["neither", "2028-02-28T23:59:59Z", { graceDays: 0, readOnlyDays: 0 }, [active, locked, locked]],
  [
    "an expiry at midnight of the year's end",
    "2027-01-01T00:00:00Z",
    { expiresAt: new Date("2027-01-01T00:00:00Z") },
    [active, grace, grace],
  ],
])("%s, to the second", (_name, edge, change, expected) => {
  const lastContactAt = new Date(Date.parse(edge) - 86_400_000);
  expect(around(edge, change, { lastContactAt })).toEqual(expected);
  // To the millisecond, too.
  const at = Date.parse(edge);
  expect(stateAt(at - 1, change, { lastContactAt }).slice(0, 2)).toEqual(expected[0]);
});

test("an expired JWT is as none, or locked out by policy; an Ed25519 token is locked out whatever the policy", () => {
  const jwt = { form: "jwt", graceDays: 0, readOnlyDays: 0 } as const;
  const edge = "2028-02-28T23:59:59Z";
  const asNone = ["none", null];
  expect(around(edge, jwt, { expired: "as-none" })).toEqual([active, asNone, asNone]);
  expect(around(edge, jwt, { expired: "hard-fail" })).toEqual([active, locked, locked]);
  expect(stateAt("2028-03-01T00:00:00Z", jwt)).toEqual(["none", null, null]);
  expect(lifeCycle(facts({ licence: licence(jwt), now: new Date("2028-03-01T00:00:00Z") })).notices).toMatchObject([
    { code: "LICENCE_RUN_OUT" },
  ]);
  for (const expired of ["as-none", "hard-fail"] as const)
    expect(stateAt("2029-01-01T00:00:00Z", {}, { expired }).slice(0, 2)).toEqual(locked);
});

test("writing stops when the last contact is as old as the licence allows, and in grace too", () => {
  const lastContactAt = new Date("2028-02-27T10:00:00Z");
  const offline = (state: string) => [state, "LICENCE_OFFLINE_TOO_LONG"];
  expect(around("2028-02-28T10:00:00Z", { maxOfflineDays: 1 }, { lastContactAt })).toEqual([
    active,
    offline("active"),
    offline("active"),
  ]);
  expect(around("2028-02-29T10:00:00Z", { maxOfflineDays: 2 }, { lastContactAt })).toEqual([
    grace,
    offline("grace"),
    offline("grace"),
  ]);
  // Never reached: the token's own issue counts.
  expect(stateAt("2028-01-01T00:00:00Z", { maxOfflineDays: 30 }, { lastContactAt: null })[1]).toBe(
    "LICENCE_OFFLINE_TOO_LONG",
  );
});

test("tampering outranks every state, and a token that does not verify leaves nothing", () => {
  const { state, refusal } = lifeCycle(facts({ tampered: true }));
  expect([state, refusal?.code]).toEqual(["tampered", "STATION_TAMPERED"]);
  expect(lifeCycle(facts({ licence: null, tampered: true })).state).toBe("tampered");
  const problem = { code: "LICENCE_TOKEN_SIGNATURE", message: "forged" } as const;
  expect(lifeCycle(facts({ licence: null, problem }))).toMatchObject({ state: "none", refusal: problem });
  expect(lifeCycle(facts({ licence: null }))).toMatchObject({ state: "none", refusal: null, governing: null });
});

const anyFacts = fc.record({
  graceDays: fc.integer({ min: 0, max: 40 }),
  readOnlyDays: fc.integer({ min: 0, max: 40 }),
  maxOfflineDays: fc.integer({ min: 1, max: 365 }),
  form: fc.constantFrom("ed25519" as const, "jwt" as const),
  expired: fc.constantFrom("as-none" as const, "hard-fail" as const),
  contactDaysAgo: fc.integer({ min: 0, max: 400 }),
});
const order = ["active", "grace", "read-only", "locked-out", "none"];

test("time only ever moves a licence on, and the same facts always say the same", () => {
  fc.assert(
    fc.property(anyFacts, fc.array(fc.integer({ min: -100_000, max: 10_000_000 })), (given, seconds) => {
      const { expired, contactDaysAgo, ...change } = given;
      const base = Date.parse("2028-02-28T23:59:59Z");
      const lastContactAt = new Date(base - contactDaysAgo * 86_400_000);
      let last = 0;
      for (const s of seconds.sort((a, b) => a - b)) {
        const each = facts({ licence: licence(change), now: new Date(base + s * 1000), lastContactAt, expired });
        const found = lifeCycle(each);
        expect(lifeCycle(structuredClone(each))).toEqual(found);
        const place = order.indexOf(found.state);
        expect(place).toBeGreaterThanOrEqual(last);
        last = place;
        // Work goes on only while a licence governs, or as without one.
        if (found.refusal === null) expect(["active", "grace", "none"]).toContain(found.state);
      }
    }),
  );
});
