import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { batchOf, type CliWorld, inWorld } from "./cli-world.ts";

const ask = (world: CliWorld, count: number, prefix = "dev") => {
  for (let i = 0; i < count; i++) {
    const name = `${prefix}-${String(i).padStart(3, "0")}`;
    world.ask(`${name}.fingerprint.txt`, `fp-${name}-0001\n${name}\n`);
  }
};
const statusCounts = (run: Awaited<ReturnType<CliWorld["provision"]>>) => {
  const counts: Record<string, number> = {};
  for (const { status, error } of batchOf(run).devices) {
    const what = error?.code ?? status;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
};
const show = async (world: CliWorld) => JSON.parse((await world.station(["licence", "show", "--json"])).stdout);
const believe = async (world: CliWorld) => {
  const { key } = licenceFiles(join(world.home, ".."), "");
  expect((await world.station(["licence", "key", "add", key])).code).toBe(0);
};
const add = async (world: CliWorld, token: string) => {
  const file = join(world.home, "..", "token.txt");
  writeFileSync(file, `${token}\n`);
  return await world.station(["licence", "add", "--token-file", file, "--json"]);
};

test("without a licence 33 devices are provisioned in 24 hours; the 34th is left out, and the next batch refused", () =>
  inWorld(async (world) => {
    ask(world, 34);
    const dry = await world.provision(["--dry-run"]);
    expect([dry.code, JSON.parse(dry.stdout).allowance]).toMatchObject([
      1,
      { limit: 33, left: 33, would_get: 33, problem: { code: "STATION_QUOTA_REACHED" } },
    ]);
    const first = await world.provision();
    expect([first.code, statusCounts(first)]).toEqual([1, { delivered: 33, STATION_QUOTA_REACHED: 1 }]);
    expect(first.stderr).toContain("The quota of 33 provisionings in 24 hours");
    expect(world.seats()).toHaveLength(33);
    expect(world.entries("device.skipped")).toMatchObject([{ code: "STATION_QUOTA_REACHED", device_name: "dev-033" }]);

    // The 33 may be issued anew on the same day; alone, the 34th stops the batch.
    const again = await world.provision();
    expect([again.code, statusCounts(again)]).toEqual([1, { delivered: 33, STATION_QUOTA_REACHED: 1 }]);
    const other = join(world.stick, "..", "other");
    mkdirSync(other);
    writeFileSync(join(other, "new.fingerprint.txt"), "fp-dev-new-0001\n");
    const alone = await world.provision(["--stick", other]);
    expect([alone.code, batchOf(alone).error?.code]).toEqual([3, "LICENCE_REQUIRED"]);
    expect([readdirSync(other), world.seats().length]).toEqual([["new.fingerprint.txt"], 33]);
    expect(await show(world)).toMatchObject({
      state: "none",
      writes: false,
      quota: { limit: 33, last_24_hours: 33, today: 33 },
      notices: [{ code: "STATION_QUOTA_REACHED" }],
    });
  }));

test("a pasted token makes the station active, with the token's own quota and device limit", () =>
  inWorld(async (world) => {
    expect((await add(world, testVendor.token(unlimited))).stderr).toContain("LICENCE_TOKEN_KEY");
    await believe(world);
    const token = testVendor.token({ ...unlimited, licence_id: "NW-1", daily_quota: 40, max_devices: 36 });
    const added = await add(world, token);
    expect([added.code, JSON.parse(added.stdout)]).toMatchObject([0, { state: "active", licence_id: "NW-1" }]);
    ask(world, 45);
    const run = await world.provision();
    expect([run.code, statusCounts(run)]).toEqual([1, { delivered: 36, STATION_DEVICES_REACHED: 9 }]);
    expect(await show(world)).toMatchObject({ state: "active", devices: { limit: 36, used: 36 } });
    expect(world.entries("licence.activated")).toMatchObject([{ licence_id: "NW-1", daily_quota: 40 }]);
    for (const text of [JSON.stringify(world.entries()), run.stdout, run.stderr, added.stdout, added.stderr])
      expect(text).not.toContain(token.slice(-40));
    expect(readFileSync(join(world.home, "licence.json"), "utf8")).not.toContain(token.slice(-40));
  }));

test("a token that does not verify changes nothing; from the environment, with no good one, nothing may be spent", () =>
  inWorld(async (world) => {
    await believe(world);
    ask(world, 1);
    const forged = `${testVendor.token(unlimited).slice(0, -4)}AAAA`;
    expect((await add(world, forged)).code).toBe(3);
    expect(await show(world)).toMatchObject({ state: "none", writes: true });
    const env = { STATION_LICENCE: forged };
    const run = await world.provision([], { env });
    expect([run.code, batchOf(run).error?.code]).toEqual([3, "LICENCE_TOKEN_SIGNATURE"]);
    expect([world.seats(), world.batches()]).toEqual([[], []]);
    const good = { STATION_LICENCE: testVendor.token(unlimited) };
    expect((await world.provision([], { env: good })).code).toBe(0);
    // A good one in force is not lost to a bad one.
    const kept = await world.station(["licence", "show", "--json"], { env });
    expect(JSON.parse(kept.stdout)).toMatchObject({
      state: "active",
      source: "environment",
      notices: [{ code: "LICENCE_TOKEN_SIGNATURE" }],
    });
  }));

test("a watched file is taken up when it changes; half of one is not", () =>
  inWorld(async (world) => {
    await believe(world);
    const { token: file } = licenceFiles(
      join(world.home, ".."),
      testVendor.token({ ...unlimited, licence_id: "one", daily_quota: 5 }),
    );
    expect((await world.station(["licence", "watch", file])).code).toBe(0);
    expect(await show(world)).toMatchObject({ licence_id: "one", source: "file", watched_file: file });
    const next = testVendor.token({ ...unlimited, licence_id: "two", daily_quota: 7 });
    writeFileSync(file, next.slice(0, 100));
    expect(await show(world)).toMatchObject({ licence_id: "one", notices: [{ code: "LICENCE_TOKEN_FORMAT" }] });
    writeFileSync(`${file}.new`, `${next}\n`);
    renameSync(`${file}.new`, file);
    expect(await show(world)).toMatchObject({ licence_id: "two", quota: { limit: 7 }, notices: [] });
    expect((await world.station(["licence", "watch", "--stop"])).code).toBe(0);
    expect(await show(world)).toMatchObject({ licence_id: "two", watched_file: null });
  }));

test("stored claims changed by hand stop the station until the vendor's recovery key, and the ledger tells it", () =>
  inWorld(async (world) => {
    await believe(world);
    ask(world, 1);
    await add(world, testVendor.token({ ...unlimited, licence_id: "NW-1", daily_quota: 5 }));
    const stored = join(world.home, "licence.json");
    writeFileSync(stored, readFileSync(stored, "utf8").replace('"daily_quota":5', '"daily_quota":5000'));
    const run = await world.provision();
    expect([run.code, batchOf(run).error?.code]).toEqual([3, "STATION_TAMPERED"]);
    expect([world.seats(), world.batches()]).toEqual([[], []]);
    const seen = await show(world);
    expect(seen).toMatchObject({
      state: "tampered",
      writes: false,
      tampering: [{ kind: "stored-claims", message: expect.stringContaining("daily_quota") }],
    });
    // Putting it right again by hand does not help.
    writeFileSync(stored, readFileSync(stored, "utf8").replace('"daily_quota":5000', '"daily_quota":5'));
    expect((await world.provision()).code).toBe(3);

    const event = /Event ([0-9a-f]{64})/.exec(seen.tampering[0].message)?.[1] ?? "";
    const keys = join(world.home, "..", "keys");
    const exported = await world.station(["keys", "export", "--out", keys, "--json"]);
    const station = JSON.parse(exported.stdout).fingerprints["ledger.pem"];
    const recovery = (claims: object) =>
      testVendor.token({ station, event, issued_at: "2026-11-22T00:00:00Z", ...claims }, "recovery");
    const recover = async (token: string) =>
      await world.station(["licence", "recover"], { env: { STATION_RECOVERY: token } });
    expect((await recover(recovery({ event: "0".repeat(64) }))).stderr).toContain("LICENCE_RECOVERY_REFUSED");
    expect((await recover(recovery({ station: "0".repeat(64) }))).stderr).toContain("LICENCE_RECOVERY_REFUSED");
    expect((await recover(testVendor.token(unlimited))).stderr).toContain("LICENCE_TOKEN_PURPOSE");
    expect((await recover(recovery({}))).code).toBe(0);
    expect(await show(world)).toMatchObject({ state: "active", tampering: [] });
    expect((await world.provision()).code).toBe(0);
    expect((await recover(recovery({}))).stderr).toContain("LICENCE_RECOVERY_REFUSED");
    expect(world.entries("tamper.detected")).toHaveLength(1);
    expect(world.entries("licence.recovered")).toMatchObject([{ event_sha256: event }]);
  }));

test("a ledger put back to an older copy is caught by a stick, and then no stick is written to", () =>
  inWorld(async (world) => {
    await believe(world);
    await add(world, testVendor.token({ ...unlimited, licence_id: "NW-1" }));
    ask(world, 1);
    await world.provision();
    const copy = join(world.home, "..", "older.db");
    cpSync(join(world.home, "ledger.db"), copy);
    ask(world, 1, "later");
    await world.provision();
    for (const beside of ["", "-wal", "-shm"]) rmSync(join(world.home, `ledger.db${beside}`), { force: true });
    cpSync(copy, join(world.home, "ledger.db"));

    const caught = await world.provision();
    expect([caught.code, batchOf(caught).error?.code]).toEqual([5, "LEDGER_REWOUND"]);
    const other = join(world.stick, "..", "other");
    mkdirSync(other);
    writeFileSync(join(other, "new.fingerprint.txt"), "fp-dev-new-0001\n");
    const elsewhere = await world.provision(["--stick", other]);
    expect([elsewhere.code, batchOf(elsewhere).error?.code]).toEqual([3, "STATION_TAMPERED"]);
    expect(world.entries("tamper.detected")).toMatchObject([{ kind: "ledger-behind-witness" }]);

    const { tampering } = await show(world);
    const event = /Event ([0-9a-f]{64})/.exec(tampering[0].message)?.[1];
    const exported = await world.station(["keys", "export", "--out", join(world.home, "..", "keys"), "--json"]);
    const station = JSON.parse(exported.stdout).fingerprints["ledger.pem"];
    const token = testVendor.token({ station, event, issued_at: "2026-11-22T00:00:00Z" }, "recovery");
    expect((await world.station(["licence", "recover"], { env: { STATION_RECOVERY: token } })).code).toBe(0);
    // The vendor has answered for that stick, too.
    expect((await world.provision()).code).toBe(0);
    expect((await world.provision(["--stick", other])).code).toBe(0);
  }));
