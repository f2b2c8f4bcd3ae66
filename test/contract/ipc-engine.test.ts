import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { calls } from "../../shared/ipc/contract.ts";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";
import { finishedBatch } from "../fakes/window-waits.ts";

let station: WindowStation;
afterEach(() => station.close());

describe("one device", () => {
  test("is issued without a stick, shown whole and recorded like any other", async () => {
    station = await windowStation();
    const issued = await station.call("single.issue", { fingerprint: "fp-pasted-1", name: " Gate ", stickId: null });
    expect(issued).toMatchObject({ fileName: expect.stringMatching(/^Gate-[0-9a-f]{8}\.lic$/), deliveredTo: null });
    expect(issued.certificate).toMatch(/^-----BEGIN MACHINE FILE-----\n[^]*-----END MACHINE FILE-----$/);
    expect((await station.call("devices.receipt", { index: issued.ledgerIndex })).content).toContain("tlog-proof");
    expect((await station.call("batch.list", { offset: 0, limit: 5 })).rows).toMatchObject([
      { id: issued.batch, stickId: null, delivered: 1 },
    ]);
  });

  test("is issued onto a stick that asks for others, without touching them", async () => {
    station = await windowStation();
    const stickId = await station.stick(someDevices(3));
    const issued = await station.call("single.issue", { fingerprint: "fp-pasted-2", name: "", stickId });
    expect(issued.deliveredTo).toBe("stick-1");
    expect(station.sandbox.activations().map(({ fingerprint }) => fingerprint)).toEqual(["fp-pasted-2"]);
    expect(readdirSync(join(station.folder, "sticks", "stick-1", "PROVISIONING"))).toContain(issued.batch);
  });

  test.each([
    ["short", "", "FINGERPRINT_LENGTH"],
    [" fp-blank-around", "", "FINGERPRINT_CHARACTERS"],
    ["fp-control\u0007-char", "", "FINGERPRINT_CHARACTERS"],
    ["fp-good-enough", "a\u0000b", "NAME_CHARACTERS"],
  ])("%j named %j is refused with %s and nothing is spent", async (fingerprint, name, code) => {
    station = await windowStation();
    expect(await station.reply("single.issue", { fingerprint, name, stickId: null })).toMatchObject({
      ok: false,
      error: { code },
    });
    expect(station.sandbox.activations()).toEqual([]);
  });
});

describe("a new station", () => {
  test("makes no ledger before it is needed, so its name can be chosen", async () => {
    station = await windowStation({ isSetUp: false });
    expect(await station.call("licenses.list", {})).toEqual([]);
    expect(await station.call("policies.list", {})).toHaveLength(3);
    expect(await station.call("job.get", {})).toMatchObject({ product: "", policyId: null });
    expect(await station.call("batch.list", { offset: 0, limit: 10 })).toEqual({ total: 0, rows: [] });
    expect(await station.call("ledger.page", { before: null, limit: 10, type: null, query: "" })).toEqual({
      size: 0,
      rows: [],
    });
    expect(await station.call("devices.search", { query: "", offset: 0, limit: 10 })).toEqual({ total: 0, rows: [] });
    expect(await station.call("stats.summary", {})).toEqual({ throughput: [], pools: [], expiring: [] });
    for (const name of ["ledger.verify", "ledger.checkpoint", "ledger.export"] as const) {
      expect(await station.reply(name, {})).toMatchObject({ ok: false, error: { code: "USAGE" } });
    }
    expect(existsSync(join(station.folder, "home", "ledger.db"))).toBe(false);
    await station.call("settings.update", { stationName: "gate-4" });
    await station.call("licenses.add", {
      label: "",
      product: station.sandbox.product,
      pool: "",
      secret: station.sandbox.licenseKey,
    });
    expect((await station.call("ledger.checkpoint", {})).checkpoint).toMatch(/^gate-4\n/);
    expect(await station.reply("settings.update", { stationName: "gate-5" })).toMatchObject({
      ok: false,
      error: { code: "USAGE", details: { place: "stationName" } },
    });
    expect(await station.call("settings.update", { stationName: "gate-4" })).toMatchObject({ stationName: "gate-4" });
  });

  test("rehearses on a server of its own, in a ledger of its own, and comes back to an untouched home", async () => {
    station = await windowStation({ isSetUp: false });
    expect(await station.call("rehearsal.begin", {})).toMatchObject({ rehearsal: true, apiKeySet: true });
    const [stick] = await station.call("rehearsal.make-stick", { devices: 9 });
    const { id } = await station.call("batch.start", { stickId: stick?.id ?? "", onConflict: "refuse" });
    expect(await finishedBatch(station, id)).toMatchObject({ delivered: 9, rejected: 1, rehearsal: true });
    expect(await station.until("status", ({ rehearsal }) => rehearsal)).toMatchObject({
      station: expect.stringMatching(/-rehearsal$/),
    });
    expect(await station.reply("settings.set-api-key", { secret: "pk_x" })).toMatchObject({
      ok: false,
      error: { code: "USAGE" },
    });
    expect(station.sandbox.activations()).toEqual([]);
    await station.call("rehearsal.end", {});
    expect(existsSync(join(station.folder, "home", "ledger.db"))).toBe(false);
    expect(await station.call("batch.list", { offset: 0, limit: 10 })).toEqual({ total: 0, rows: [] });
    expect(await station.reply("rehearsal.make-stick", { devices: 3 })).toMatchObject({ ok: false });
    await station.call("rehearsal.begin", {});
    expect((await station.call("batch.list", { offset: 0, limit: 10 })).rows).toMatchObject([{ id, delivered: 9 }]);
  });

  test("a rehearsal that was cut off is there again after a restart and can be continued", async () => {
    station = await windowStation({ isSetUp: false, rehearsalLatencyMs: 30 });
    await station.call("rehearsal.begin", {});
    await station.call("settings.update", { concurrency: 1 });
    const [stick] = await station.call("rehearsal.make-stick", { devices: 6 });
    const stickId = stick?.id ?? "";
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    await station.until("batches", ([batch]) => (batch?.issued ?? 0) >= 2);
    await station.reopen();
    expect(await station.call("settings.get", {})).toMatchObject({ rehearsal: true });
    await station.call("job.get", {});
    await station.until("sticks", ([one]) => one?.unfinished === true);
    await station.call("batch.continue", { stickId, acceptSigningKey: false, giveUp: false });
    expect(await finishedBatch(station, id)).toMatchObject({ phase: "finished", delivered: 6, rehearsal: true });
  });

  test("with a passphrase is locked until it is given, feeds included", async () => {
    station = await windowStation({ isSetUp: false, engine: { sealing: null } });
    expect(await station.call("lock.state", {})).toEqual({ needs: "new-passphrase" });
    expect(await station.reply("job.get", {})).toMatchObject({ ok: false, error: { code: "SECRET_MISSING" } });
    const first = station.until("status", () => true);
    await station.call("lock.open", { secret: "correct horse battery" });
    expect(await first).toMatchObject({ busy: false });
    await station.call("licenses.add", {
      label: "",
      product: station.sandbox.product,
      pool: "",
      secret: station.sandbox.licenseKey,
    });
    await station.reopen();
    expect(await station.call("lock.state", {})).toEqual({ needs: "passphrase" });
    expect(await station.reply("lock.open", { secret: "wrong horse battery" })).toMatchObject({
      ok: false,
      error: { code: "KEYS_UNREADABLE" },
    });
    expect(await station.call("lock.open", { secret: "correct horse battery" })).toEqual({ needs: null });
    expect(await station.call("licenses.list", {})).toHaveLength(1);
  });
});

describe("exports", () => {
  test("keys and ledger go into new folders of the chosen one; nothing chosen exports nothing", async () => {
    station = await windowStation();
    await station.call("single.issue", { fingerprint: "fp-export-1", name: "", stickId: null });
    expect(await station.call("keys.export", {})).toEqual({ folder: null, files: [] });
    expect(await station.call("ledger.export", {})).toEqual({ folder: null, entries: 0 });
    const out = join(station.folder, "out");
    mkdirSync(out);
    station.chosen.folder = out;
    const keys = await station.call("keys.export", {});
    expect(keys.files).toEqual(["minisign.pub", "manifest.pem", "ledger.pem", "ledger.vkey", "licensing-keys.json"]);
    expect(JSON.parse(readFileSync(join(keys.folder ?? "", "licensing-keys.json"), "utf8"))).toEqual({
      [station.sandbox.keyId]: station.sandbox.publicKey,
    });
    const { folder, entries } = await station.call("ledger.export", {});
    expect(
      readFileSync(join(folder ?? "", "entries.jsonl"), "utf8")
        .trimEnd()
        .split("\n"),
    ).toHaveLength(entries);
  });
});

test("every call of the contract is served by the real engine", async () => {
  station = await windowStation();
  for (const name of Object.keys(calls)) {
    const reply = await station.engine.dispatch.call(name, { not: "an input" });
    expect(reply, name).toMatchObject({ ok: false, error: { code: "USAGE" } });
    // Hostile input proves the name and the schema; that a handler stands behind it is what the type of the table says.
  }
  for (const name of [
    "settings.get",
    "licenses.list",
    "policies.list",
    "job.get",
    "ledger.checkpoint",
    "stats.summary",
    "ledger.verify",
    "lock.state",
  ]) {
    expect(await station.engine.dispatch.call(name, {}), name).toMatchObject({ ok: true });
  }
});
