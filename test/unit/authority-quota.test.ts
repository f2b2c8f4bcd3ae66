import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StationLicence } from "#shared/domain/station-licence.ts";
import { openLicenceStore } from "../../electron/engine/authority/licence-store.ts";
import { createSpendGate } from "../../electron/engine/authority/spend-gate.ts";
import { openAuthority, type StationAuthority } from "../../electron/engine/authority/station-authority.ts";
import type { Ledger } from "../../electron/engine/ledger/ledger.ts";
import { licenceClaims } from "../fixtures/licence-vendor.ts";
import { intended, type LedgerWorld, ledgerWorld, sha, started } from "../fixtures/ledger-world.ts";
import { testVendor } from "../fixtures/station-licence.ts";

const start = new Date("2026-07-02T12:00:00.000Z");
const day = 86_400_000;
const stationKey = "5".repeat(64);

let world: LedgerWorld;
let ledger: Ledger;
let secrets: Map<string, string>;
beforeEach(async () => {
  world = ledgerWorld();
  world.clock.setWall(start);
  ledger = await world.open();
  secrets = new Map();
});
afterEach(() => {
  ledger.close();
  world.remove();
});

const store = () =>
  openLicenceStore(world.folder, {
    put: (name, value) => void secrets.set(name, value),
    get: (name) => secrets.get(name) ?? null,
    delete: (name) => void secrets.delete(name),
  });
const open = (environment: string | null = null): Promise<StationAuthority> =>
  openAuthority({
    store: store(),
    ledger,
    clock: world.clock,
    vendorKeys: () => testVendor.keys,
    stationKeys: () => [stationKey],
    environment,
    readOnly: () => null,
  });
const gateOf = (authority: StationAuthority) => createSpendGate(authority, () => ledger.provisionings);
const names = (count: number, prefix = "d") => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};
let batches = 0;
/** What a batch does: asked and counted in one turn. @returns how many were let in */
const provision = (authority: StationAuthority, devices: readonly string[]): number => {
  const { refused } = gateOf(authority).admit(devices.map(sha));
  const batch = `batch-${String(++batches).padStart(6, "0")}`;
  const admitted = devices.filter((device) => !refused.has(sha(device)));
  ledger.append([started(batch), ...admitted.map((device) => intended(batch, device))]);
  return admitted.length;
};
const token = (claims: object = {}) =>
  testVendor.token({ ...licenceClaims, max_offline_days: 365, burst: null, ...claims });

test("exactly at the limit is refused, one below is let in; a place is free again after 24 hours to the millisecond", async () => {
  const authority = await open();
  const gate = gateOf(authority);
  expect(provision(authority, names(32))).toBe(32);
  expect(gate.allowance([sha("new")])).toEqual({ limit: 33, left: 1, wouldGet: 1, problem: null });
  expect(provision(authority, ["last"])).toBe(1);
  expect(codeOf(() => gate.admit([sha("new")]))).toBe("LICENCE_REQUIRED");
  expect(gate.allowance([sha("new"), sha("last")])).toMatchObject({ left: 0, wouldGet: 1 });
  // The same device on the same day counts no more.
  expect(provision(authority, ["last", "new"])).toBe(1);
  await world.clock.advance(day - 1);
  expect(codeOf(() => gate.admit([sha("new")]))).toBe("LICENCE_REQUIRED");
  await world.clock.advance(1);
  expect(provision(authority, names(40, "e"))).toBe(33);
});

test("16 slots that race get no more together than there is", async () => {
  const authority = await open();
  const slot = async (i: number): Promise<number> => {
    // Each prepares its stick first, and asks when that is done.
    for (let turn = 0; turn <= i % 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    try {
      return provision(authority, names(3, `slot-${i}-`));
    } catch {
      return 0;
    }
  };
  const got = await Promise.all(names(16).map((_, i) => slot(i)));
  expect(got.reduce((sum, one) => sum + one, 0)).toBe(33);
});

test("whatever the interleaving of batches, days and re-issues, 24 hours never see more than the quota", async () => {
  const step = fc.record({
    devices: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 9 }),
    hours: fc.constantFrom(0, 0, 0, 1, 7, 25),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 0, max: 8 }), async (steps, quota) => {
      const each = ledgerWorld();
      each.clock.setWall(start);
      const own = await each.open();
      const kept = new Map<string, string>();
      const authority = await openAuthority({
        store: openLicenceStore(each.folder, {
          put: (name, value) => void kept.set(name, value),
          get: (name) => kept.get(name) ?? null,
          delete: (name) => void kept.delete(name),
        }),
        ledger: own,
        clock: each.clock,
        vendorKeys: () => testVendor.keys,
        stationKeys: () => [],
        environment: token({ daily_quota: quota, max_devices: 20 }),
        readOnly: () => null,
      });
      const gate = createSpendGate(authority, () => own.provisionings);
      const counted: { at: number; device: number }[] = [];
      const seen = new Set<number>();
      for (const [i, { devices, hours }] of steps.entries()) {
        await each.clock.advance(hours * 3_600_000);
        const now = each.clock.now().getTime();
        const refused = new Set<string>();
        try {
          for (const one of gate.admit(devices.map((device) => sha(`d${device}`))).refused.keys()) refused.add(one);
        } catch {
          continue;
        }
        const admitted = devices.filter((device) => !refused.has(sha(`d${device}`)));
        const batch = `batch-${String(i).padStart(6, "0")}`;
        own.append([started(batch), ...admitted.map((device) => intended(batch, `d${device}`))]);
        for (const device of admitted) {
          seen.add(device);
          const today = Math.floor(now / day);
          if (!counted.some((one) => one.device === device && Math.floor(one.at / day) === today))
            counted.push({ at: now, device });
        }
        expect(counted.filter(({ at }) => at > now - day).length).toBeLessThanOrEqual(quota);
        expect(seen.size).toBeLessThanOrEqual(20);
      }
      own.close();
      each.remove();
    }),
    { numRuns: 40 },
  );
});

test("devices of a licence are those ever provisioned under it; among them any may come again, however many are left", async () => {
  const authority = await open(token({ max_devices: 3, daily_quota: 100 }));
  expect(provision(authority, ["a", "b"])).toBe(2);
  await world.clock.advance(3 * day);
  expect(provision(authority, ["c", "a", "x", "b"])).toBe(3);
  expect(codeOf(() => gateOf(authority).admit([sha("x")]))).toBe("STATION_DEVICES_REACHED");
  await world.clock.advance(300 * day);
  await authority.install(token({ max_devices: 4, expires_at: "2029-06-30T23:59:59Z" }), "pasted");
  expect(provision(authority, ["x", "y"])).toBe(1);
});

test("more batches than the burst limit wait, whatever their size, and not a second longer than needed", async () => {
  const authority = await open(token({ burst: { count: 3, seconds: 60 } }));
  for (const one of ["a", "b", "c"]) {
    provision(authority, [one]);
    await world.clock.advance(1000);
  }
  expect(codeOf(() => gateOf(authority).admit([sha("d")]))).toBe("STATION_BURST_REACHED");
  await world.clock.advance(56_999);
  expect(codeOf(() => gateOf(authority).admit([sha("d")]))).toBe("STATION_BURST_REACHED");
  await world.clock.advance(1);
  expect(provision(authority, ["d"])).toBe(1);
});

test("what comes after expiry: intents made before the edge are finished, nothing new is let in", async () => {
  const authority = await open(
    token({ expires_at: "2026-07-02T12:00:10Z", grace_period_days: 0, issued_at: "2026-07-01T00:00:00Z" }),
  );
  await world.clock.advance(9999);
  expect(provision(authority, ["a"])).toBe(1);
  await world.clock.advance(1);
  expect(codeOf(() => gateOf(authority).admit([sha("b")]))).toBe("LICENCE_READ_ONLY");
  // Not even a device that would not count.
  expect(codeOf(() => gateOf(authority).admit([sha("a")]))).toBe("LICENCE_READ_ONLY");
  expect(codeOf(() => gateOf(authority).mayFinish())).toBeNull();
  expect(codeOf(() => authority.remove())).toBe("LICENCE_KEPT");
  await world.clock.advance(31 * day);
  expect(codeOf(() => gateOf(authority).admit([sha("b")]))).toBe("LICENCE_LOCKED");
  expect(codeOf(() => gateOf(authority).mayFinish())).toBeNull();
});

test("a clock set back is tampering under a licence, and only refused without one", async () => {
  const anonymous = await open();
  provision(anonymous, names(33));
  world.clock.setWall(new Date(start.getTime() - 30 * day));
  expect(codeOf(() => gateOf(anonymous).admit([sha("new")]))).toBe("LICENCE_REQUIRED");
  world.clock.setWall(start);
  expect(ledger.entriesOfType("tamper.detected")).toEqual([]);

  const authority = await open(token({ daily_quota: 100 }));
  world.clock.setWall(new Date(start.getTime() - 300_000));
  expect(provision(authority, ["x"])).toBe(1);
  world.clock.setWall(new Date(start.getTime() - 300_001));
  expect(codeOf(() => gateOf(authority).admit([sha("y")]))).toBe("STATION_TAMPERED");
  expect(codeOf(() => gateOf(authority).mayFinish())).toBe("STATION_TAMPERED");
  expect(ledger.entriesOfType("tamper.detected")).toMatchObject([{ entry: { kind: "clock-behind" } }]);
  world.clock.setWall(new Date(start.getTime() + day));
  expect(codeOf(() => gateOf(authority).admit([sha("y")]))).toBe("STATION_TAMPERED");
  expect((await open()).standing().state).toBe("tampered");

  const [event] = authority.tampering;
  const recovery = (claims: object = {}) =>
    testVendor.token(
      { station: stationKey, event: event?.sha256, issued_at: "2026-07-03T00:00:00Z", ...claims },
      "recovery",
    );
  expect(codeOf(() => authority.recover(recovery({ event: "0".repeat(64) })))).toBe("LICENCE_RECOVERY_REFUSED");
  authority.recover(recovery());
  expect(provision(authority, ["y"])).toBe(1);
  expect(ledger.entriesOfType("licence.recovered")).toHaveLength(1);
});

test("the offline limit ends work to the second, can't be stretched by the clock, and a fresh answer begins it anew", async () => {
  const authority = await open(token({ max_offline_days: 2, daily_quota: 100 }));
  await world.clock.advance(2 * day - 1);
  expect(provision(authority, ["a"])).toBe(1);
  await world.clock.advance(1);
  expect(codeOf(() => gateOf(authority).admit([sha("b")]))).toBe("LICENCE_OFFLINE_TOO_LONG");
  // Putting the same token in once more proves nothing; nor does taking it out first.
  await authority.install(token({ max_offline_days: 2, daily_quota: 100 }), "pasted");
  authority.remove();
  await authority.install(token({ max_offline_days: 2, daily_quota: 100 }), "pasted");
  expect(codeOf(() => gateOf(authority).admit([sha("b")]))).toBe("LICENCE_OFFLINE_TOO_LONG");
  authority.noteContact(new Date(start.getTime() + 2 * day));
  expect(provision(authority, ["b"])).toBe(1);
  await world.clock.advance(2 * day);
  expect(codeOf(() => gateOf(authority).admit([sha("c")]))).toBe("LICENCE_OFFLINE_TOO_LONG");
  // An issuer's clock that is ahead of ours gives no more than now.
  authority.noteContact(new Date(start.getTime() + 300 * day));
  await world.clock.advance(2 * day);
  expect(codeOf(() => gateOf(authority).admit([sha("c")]))).toBe("LICENCE_OFFLINE_TOO_LONG");
});

test("a crash anywhere in taking up or removing a licence leaves one of the two, and no suspicion", async () => {
  const first = token({ licence_id: "one" });
  const second = token({ licence_id: "two" });
  await (await open()).install(first, "pasted");
  for (let puts = 0; puts < 6; puts++) {
    let left = puts;
    const failing = store();
    const crash = () => {
      if (left-- === 0) throw new Error("crash");
    };
    const authority = await openAuthority({
      store: {
        ...failing,
        putToken: (record) => {
          crash();
          failing.putToken(record);
          crash();
        },
        putClaims: (licence: StationLicence) => {
          crash();
          failing.putClaims(licence);
          crash();
        },
      },
      ledger,
      clock: world.clock,
      vendorKeys: () => testVendor.keys,
      stationKeys: () => [stationKey],
      environment: null,
      readOnly: () => null,
    });
    await authority.install(second, "pasted").catch(() => {});
    const again = await open();
    expect(["one", "two"]).toContain(again.licence?.id);
    expect(again.standing().state).toBe("active");
    await again.install(first, "pasted");
  }
  const authority = await open();
  const record = secrets.get("station-licence") ?? "";
  authority.remove();
  // The store's part of it was lost.
  secrets.set("station-licence", record);
  expect((await open()).licence).toBeNull();
  expect((await open()).tampering).toEqual([]);
});

test("a token of another station is not taken, one bound to this station is", async () => {
  const authority = await open();
  await expect(authority.install(token({ station: "6".repeat(64) }), "pasted")).rejects.toMatchObject({
    code: "LICENCE_OTHER_STATION",
  });
  await authority.install(token({ station: stationKey }), "pasted");
  expect(authority.licence?.station).toBe(stationKey);
});

test("a token taken out of the store behind the station's back is tampering", async () => {
  await (await open()).install(token(), "pasted");
  secrets.clear();
  const authority = await open();
  expect(authority.standing().state).toBe("tampered");
  expect(authority.tampering).toMatchObject([{ kind: "stored-claims" }]);
});

test("what writes a stick or changes a server is let in, and owed work finished, in the states that say so", async () => {
  ledger.append([{ type: "licence.policy", expired: "hard-fail" }]);
  const authority = await open(
    token({ expires_at: "2026-07-03T12:00:00Z", grace_period_days: 1, read_only_period_days: 1 }),
  );
  const gate = gateOf(authority);
  const codes = () => [authority.standing().state, codeOf(() => gate.mayWrite()), codeOf(() => gate.mayFinish())];
  expect(codes()).toEqual(["active", null, null]);
  await world.clock.advance(day);
  expect(codes()).toEqual(["grace", null, null]);
  await world.clock.advance(day - 1);
  expect(codes()).toEqual(["grace", null, null]);
  await world.clock.advance(1);
  expect(codes()).toEqual(["read-only", "LICENCE_READ_ONLY", null]);
  await world.clock.advance(day);
  expect(codes()).toEqual(["locked-out", "LICENCE_LOCKED", null]);
  authority.witnessed("a checkpoint", "seen in a test");
  expect(codes()).toEqual(["tampered", "STATION_TAMPERED", "STATION_TAMPERED"]);
});

test("writing stops with the offline limit and with a token that does not verify, but not for want of a licence", async () => {
  const none = await open();
  expect(codeOf(() => gateOf(none).mayWrite())).toBe(null);
  const bad = await open(`${token().slice(0, -4)}AAAA`);
  expect(codeOf(() => gateOf(bad).mayWrite())).toBe("LICENCE_TOKEN_SIGNATURE");
  const offline = await open(token({ max_offline_days: 1, issued_at: "2026-07-01T12:00:00Z" }));
  await world.clock.advance(day);
  expect(codeOf(() => gateOf(offline).mayWrite())).toBe("LICENCE_OFFLINE_TOO_LONG");
  expect(codeOf(() => gateOf(offline).mayFinish())).toBe(null);
});
