import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { BodyOf, LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import type { Ledger } from "../../electron/engine/ledger/ledger.ts";
import { intended, type LedgerWorld, ledgerWorld, sha, started, vkey } from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

const hour = 3_600_000;
const day = 24 * hour;
const failed = (batch: string, device: string, seat: BodyOf<"device.failed">["seat"]): BodyOf<"device.failed"> => ({
  type: "device.failed",
  batch,
  fingerprint_sha256: sha(device),
  device_name: null,
  stage: "activate",
  code: "LICENSE_REVOKED",
  message: "why",
  seat,
});
const activated = (licence_id: string): BodyOf<"licence.activated"> => ({
  type: "licence.activated",
  licence_id,
  token_sha256: sha(licence_id),
  vendor_key_sha256: sha("vendor"),
  form: "ed25519",
  source: "pasted",
  customer: "Northwind",
  tier: "field",
  issued_at: "2026-01-01T00:00:00Z",
  expires_at: "2027-01-01T00:00:00Z",
  grace_days: 14,
  read_only_days: 30,
  max_offline_days: 30,
  max_devices: 500,
  daily_quota: 200,
  burst_count: null,
  burst_seconds: null,
  station: null,
});
const removed = (licence_id: string): LedgerEntryBody => ({
  type: "licence.removed",
  licence_id,
  token_sha256: sha(licence_id),
});
const counted = ({ provisionings }: Ledger) => provisionings.countAfter(world.clock.now().getTime() - day);
const isSound = async () => (await verifyLedger({ path: world.path, vkey })).problems;

test("a device counts when it is intended, once a UTC day, whatever its batches", async () => {
  world.clock.setWall(new Date("2026-03-01T22:00:00.000Z"));
  const ledger = await world.open();
  ledger.append([started("batch-0001"), intended("batch-0001", "a"), intended("batch-0001", "b")]);
  expect(counted(ledger)).toBe(2);
  ledger.append([started("batch-0002"), intended("batch-0002", "a")]);
  expect(counted(ledger)).toBe(2);
  world.clock.setWall(new Date("2026-03-02T00:00:00.000Z"));
  // The pool's next key, after midnight: the batch has counted it.
  ledger.append([intended("batch-0002", "a")]);
  expect([counted(ledger), ledger.provisionings.countOnDayOf(world.clock.now().getTime())]).toEqual([2, 0]);
  ledger.append([started("batch-0003"), intended("batch-0003", "a")]);
  expect([counted(ledger), ledger.provisionings.countOnDayOf(world.clock.now().getTime())]).toEqual([3, 1]);
  ledger.close();
  expect(await isSound()).toEqual([]);
});

test("24 hours end to the millisecond, also over a leap day", async () => {
  for (const start of ["2028-02-28T12:00:00.000Z", "2027-02-28T12:00:00.000Z", "2026-12-31T23:59:59.999Z"]) {
    const each = ledgerWorld();
    each.clock.setWall(new Date(start));
    const ledger = await each.open();
    ledger.append([started("batch-0001"), intended("batch-0001", "a")]);
    const at = Date.parse(start);
    expect([at + day - 1, at + day].map((now) => ledger.provisionings.countAfter(now - day))).toEqual([1, 0]);
    ledger.close();
    each.remove();
  }
});

test("a failure without a seat gives back, one with a seat or with an unknown one does not", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), ...["a", "b", "c"].map((device) => intended("batch-0001", device))]);
  ledger.append([failed("batch-0001", "a", "none"), failed("batch-0001", "b", "taken")]);
  ledger.append([failed("batch-0001", "c", "unknown")]);
  expect(counted(ledger)).toBe(2);
  // Tried once more in the same batch, it counts again.
  ledger.append([intended("batch-0001", "a")]);
  expect(counted(ledger)).toBe(3);
  ledger.close();
  expect(await isSound()).toEqual([]);
});

test("a batch that comes to nothing does not give back what another batch of the same day stands for", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), intended("batch-0001", "a")]);
  await world.clock.advance(hour);
  ledger.append([started("batch-0002"), intended("batch-0002", "a")]);
  ledger.append([failed("batch-0001", "a", "none")]);
  expect([counted(ledger), ledger.provisionings.after(0, 0)]).toEqual([1, world.clock.now().getTime()]);
  ledger.append([failed("batch-0002", "a", "none")]);
  expect(counted(ledger)).toBe(0);
  ledger.close();
  expect(await isSound()).toEqual([]);
});

test("devices are told apart by the licence in force, which a renewal under the same id continues", async () => {
  const ledger = await world.open();
  const batch = (id: string, ...devices: readonly string[]) =>
    ledger.append([started(id), ...devices.map((device) => intended(id, device))]);
  batch("batch-0001", "a");
  ledger.append([activated("NW-1")]);
  batch("batch-0002", "a", "b");
  ledger.append([activated('NW-"2"')]);
  batch("batch-0003", "b");
  ledger.append([activated("NW-1")]);
  expect(ledger.provisionings.devicesOf("NW-1")).toBe(2);
  batch("batch-0004", "b", "c");
  ledger.append([failed("batch-0002", "a", "none"), failed("batch-0002", "b", "none"), removed("NW-1")]);
  batch("batch-0005", "d");
  const seen = ({ provisionings }: Ledger) => [
    provisionings.devicesOf("NW-1"),
    provisionings.devicesOf('NW-"2"'),
    provisionings.devicesOf("NW-3"),
    ["a", "b", "c", "d"].filter((device) => provisionings.isDeviceOf("NW-1", sha(device))).join(""),
  ];
  expect(seen(ledger)).toEqual([2, 1, 0, "bc"]);
  ledger.close();
  const again = await world.open();
  expect(seen(again)).toEqual([2, 1, 0, "bc"]);
  again.close();
  expect(await isSound()).toEqual([]);
});

test("batches are counted by their beginnings, also after opening again", async () => {
  let ledger = await world.open();
  const now = () => world.clock.now().getTime();
  ledger.append([started("batch-0001")]);
  await world.clock.advance(59_999);
  ledger.append([started("batch-0002")]);
  const first = now() - 59_999;
  for (let round = 0; round < 2; round++) {
    expect([now() - 60_000, now() - 59_999, now()].map((ms) => ledger.provisionings.startsAfter(ms))).toEqual([
      2, 1, 0,
    ]);
    expect(ledger.provisionings.startAfter(now() - 60_000, 0)).toBe(first);
    ledger.close();
    ledger = await world.open();
  }
  ledger.close();
});

const step = fc.record({
  kind: fc.constantFrom("intend", "intend", "intend", "fail", "taken", "activate", "remove", "reopen"),
  batch: fc.constantFrom("batch-0001", "batch-0002", "batch-0003"),
  device: fc.constantFrom("a", "b", "c", "d"),
  hours: fc.integer({ min: 0, max: 30 }),
});

test("whatever happens in whatever order, the tally is what the entries say, after any opening, and fsck agrees", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const each = ledgerWorld();
      let ledger = await each.open();
      for (const { kind, batch, device, hours } of steps) {
        await each.clock.advance(hours * hour);
        if (kind === "intend") ledger.append([intended(batch, device)]);
        else if (kind === "fail") ledger.append([failed(batch, device, "none")]);
        else if (kind === "taken") ledger.append([failed(batch, device, "taken")]);
        else if (kind === "activate") ledger.append([activated(`licence ${device}`)]);
        else if (kind === "remove") ledger.append([removed("licence a")]);
        else {
          ledger.close();
          ledger = await each.open();
        }
        const now = each.clock.now().getTime();
        expect(ledger.provisionings.countAfter(now - day)).toBe(slowCount(ledger, now - day));
      }
      for (const licence of ["licence a", "licence b"]) {
        expect(ledger.provisionings.devicesOf(licence)).toBe(slowDevices(ledger, licence));
      }
      ledger.close();
      expect(await verifyLedger({ path: each.path, vkey })).toMatchObject({ problems: [] });
      each.remove();
    }),
    { numRuns: 60 },
  );
});

/** The intents that stand, found the slow way. */
function standing(ledger: Ledger) {
  const live = new Map<string, { at: number; device: string; licence: string | null }>();
  let licence: string | null = null;
  for (const { entry } of ledger.entries()) {
    if (entry.type === "licence.activated") licence = entry.licence_id;
    if (entry.type === "licence.removed") licence = null;
    if (entry.type !== "activation.intended" && entry.type !== "device.failed") continue;
    const key = `${entry.batch} ${entry.fingerprint_sha256}`;
    if (entry.type === "device.failed") {
      if (entry.seat === "none") live.delete(key);
    } else if (!live.has(key)) live.set(key, { at: Date.parse(entry.at), device: entry.fingerprint_sha256, licence });
  }
  return [...live.values()];
}

function slowCount(ledger: Ledger, afterMs: number): number {
  const firsts = new Map<string, number>();
  for (const { at, device } of standing(ledger).sort((a, b) => a.at - b.at)) {
    const key = `${device} ${new Date(at).toISOString().slice(0, 10)}`;
    if (!firsts.has(key)) firsts.set(key, at);
  }
  return [...firsts.values()].filter((at) => at > afterMs).length;
}

function slowDevices(ledger: Ledger, wanted: string): number {
  return new Set(standing(ledger).flatMap(({ device, licence }) => (licence === wanted ? [device] : []))).size;
}

test.each([
  ["a row taken out", "DELETE FROM provisionings WHERE idx = 2", 2],
  ["a row put in", "INSERT INTO provisionings VALUES (1, 0, 'batch-0001', 0, x'00')", 1],
  ["a row beyond the end", "INSERT INTO provisionings VALUES (99, 0, 'batch-0001', 0, x'00')", 99],
  ["another instant", "UPDATE provisionings SET at = at - 86400000 WHERE idx = 3", 3],
  ["another licence", "UPDATE provisionings SET licence = 1 WHERE idx = 2", 2],
  ["another device", "UPDATE provisionings SET device = x'00112233445566778899aabbccddeeff' WHERE idx = 2", 2],
  ["another batch", "UPDATE provisionings SET batch = 'batch-0009' WHERE idx = 2", 2],
  [
    "what was given back",
    `INSERT INTO provisionings SELECT 4, at, batch, licence, x'${sha("c").slice(0, 32)}' FROM provisionings WHERE idx = 3`,
    4,
  ],
])("%s among the provisionings is a ledger that does not verify", async (_name, sql, index) => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), ...["a", "b", "c"].map((device) => intended("batch-0001", device))]);
  ledger.append([failed("batch-0001", "c", "none")]);
  ledger.close();
  expect(await isSound()).toEqual([]);
  const database = new DatabaseSync(world.path);
  database.exec(sql);
  database.close();
  expect(await isSound()).toContainEqual(expect.objectContaining({ kind: "lookup", index }));
  await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
});

test("an older ledger is counted when it is opened", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), activated("NW-1"), intended("batch-0001", "a"), intended("batch-0001", "b")]);
  ledger.append([failed("batch-0001", "b", "none")]);
  ledger.close();
  const database = new DatabaseSync(world.path);
  database.exec("DROP TABLE provisionings; DROP TABLE expiry_runs; PRAGMA user_version = 3");
  database.close();
  const again = await world.open();
  expect([counted(again), again.provisionings.devicesOf("NW-1")]).toEqual([1, 1]);
  again.close();
  expect(await isSound()).toEqual([]);
});
