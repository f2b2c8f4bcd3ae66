import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";
import { finishedBatch, readStick } from "../fakes/window-waits.ts";

let station: WindowStation;
afterEach(() => station.close());

const allRows = { offset: 0, limit: 500, status: [], query: "" };

describe("the main job through the window's contract", () => {
  test("two calls take a stick from requests to a proved delivery, and every later question has its answer", async () => {
    station = await windowStation();
    const stickId = await station.stick(someDevices(12));
    expect(await readStick(station, stickId)).toMatchObject({
      state: "ready",
      requests: 12,
      alreadyProvisioned: 0,
      slot: 1,
      kind: "folder",
    });

    expect(await station.call("batch.preflight", { stickId })).toMatchObject({
      found: 12,
      files: 12,
      duplicates: 0,
      rejected: [],
      conflicts: [],
      renewals: 0,
      onServer: 0,
      seatsNeeded: 12,
      seatsLeft: 100_000,
      policy: { ttlDays: 180, graceDays: 14, warnings: ["slow-revocation"] },
      problem: null,
    });
    expect(station.sandbox.activations()).toEqual([]);

    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    expect(await finishedBatch(station, id)).toMatchObject({
      stickId,
      phase: "finished",
      step: "done",
      devices: 12,
      issued: 12,
      delivered: 12,
      failed: 0,
      operator: "Ada",
      rehearsal: false,
      problem: null,
    });
    expect(station.sandbox.activations()).toHaveLength(12);
    expect(await station.until("sticks", ([stick]) => stick?.alreadyProvisioned === 12)).toMatchObject([
      { state: "remove", batch: id, unfinished: false },
    ]);

    const { rows, total } = await station.call("batch.rows", { batch: id, ...allRows, limit: 5, offset: 3 });
    expect([total, rows.length, rows[0]?.name, rows[0]?.status]).toEqual([12, 5, "device 3", "delivered"]);
    expect(existsSync(join(station.folder, "sticks", "stick-1", rows[0]?.file ?? ""))).toBe(true);
    expect(
      (await station.call("batch.rows", { batch: id, ...allRows, query: "DEVICE 7" })).rows.map(({ name }) => name),
    ).toEqual(["device 7"]);
    expect((await station.call("batch.rows", { batch: id, ...allRows, status: ["failed"] })).total).toBe(0);

    const proof = await station.call("batch.proof", { batch: id });
    expect(proof).toMatchObject({ batch: id, folder: `PROVISIONING/${id}` });
    expect(JSON.parse(proof?.manifest ?? "")).toMatchObject({ payloadType: "application/vnd.in-toto+json" });
    expect((await station.call("batch.report", { batch: id, form: "text" })).content).toContain(
      "12 delivered, 0 failed",
    );
    expect((await station.call("batch.report", { batch: id, form: "csv" })).content.split("\r\n")).toHaveLength(14);

    const [hit] = (await station.call("devices.search", { query: "fp-device-000007", offset: 0, limit: 10 })).rows;
    expect(hit).toMatchObject({ name: "device 7", files: 1 });
    const history = await station.call("devices.history", { fingerprintSha256: hit?.fingerprintSha256 ?? "" });
    expect(history.map(({ type }) => type)).toEqual([
      "activation.intended",
      "activation.recorded",
      "machine-file.issued",
    ]);
    const receipt = await station.call("devices.receipt", { index: history[2]?.index ?? 0 });
    expect(receipt.content).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);

    const page = await station.call("ledger.page", { before: null, limit: 3, type: null, query: "" });
    expect(page.rows.map(({ index }) => index)).toEqual([page.size - 1, page.size - 2, page.size - 3]);
    expect(
      (
        await station.call("ledger.page", { before: null, limit: 500, type: "machine-file.issued", query: "device 1" })
      ).rows
        .map(({ deviceName }) => String(deviceName))
        .toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(["device 1", "device 10", "device 11"]);
    await station.call("ledger.verify", {});
    expect(
      await station.until("verification", ({ running, finishedAt }) => !running && finishedAt !== null),
    ).toMatchObject({ ok: true, problems: [] });
    expect(await station.call("stats.summary", {})).toMatchObject({
      throughput: [{ issued: 12, failed: 0 }],
      pools: [{ pool: "main", activeSeats: 12 }],
      expiring: [{ files: 12 }],
    });
  });

  test("after a restart the same answers come from the ledger alone", async () => {
    station = await windowStation();
    const stickId = await station.stick(someDevices(5));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    await finishedBatch(station, id);
    const before = await station.call("batch.rows", { batch: id, ...allRows });
    await station.reopen();
    const after = await station.call("batch.rows", { batch: id, ...allRows });
    expect({ ...after, revision: 0 }).toEqual({ ...before, revision: 0 });
    expect((await station.call("batch.list", { offset: 0, limit: 10 })).rows).toMatchObject([
      { id, phase: "finished", delivered: 5, stickLabel: "stick-1" },
    ]);
    expect(await station.call("batch.report", { batch: id, form: "csv" })).toMatchObject({ name: `batch-${id}.csv` });
    expect(await readStick(station, stickId)).toMatchObject({ state: "ready", requests: 5, alreadyProvisioned: 5 });
    expect(await station.call("settings.get", {})).toMatchObject({ stationName: "press-hall", apiKeySet: true });
  });

  test("contradictions stop a batch before anything is spent, until the operator has decided", async () => {
    station = await windowStation();
    const stickId = await station.stick([...someDevices(2), { fingerprint: "fp-device-000001", name: "another name" }]);
    expect(await station.call("batch.preflight", { stickId })).toMatchObject({
      found: 2,
      duplicates: 1,
      conflicts: [{ kind: "two-names", values: ["device 1", "another name"] }],
    });
    expect(await station.reply("batch.start", { stickId, onConflict: "refuse" })).toMatchObject({
      ok: false,
      error: { code: "CONFLICT_UNDECIDED" },
    });
    expect([station.sandbox.activations(), await readStick(station, stickId)]).toMatchObject([
      [],
      { state: "ready", conflicts: 1 },
    ]);
    const { id } = await station.call("batch.start", { stickId, onConflict: "skip" });
    expect(await finishedBatch(station, id)).toMatchObject({ delivered: 1, skipped: 1 });
    expect((await station.call("batch.rows", { batch: id, ...allRows, status: ["skipped"] })).rows).toMatchObject([
      { fingerprint: "", error: { code: "CONFLICT_SKIPPED" } },
    ]);
  });

  test("when seats run out the rest is delivered, the stick asks for somebody, and a retry finishes", async () => {
    station = await windowStation({ sandbox: { seats: 3 } });
    const stickId = await station.stick(someDevices(5));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    expect(await finishedBatch(station, id)).toMatchObject({ phase: "finished", delivered: 3, failed: 2 });
    expect(await readStick(station, stickId)).toMatchObject({
      state: "action",
      problem: { code: "SEAT_LIMIT_EXCEEDED", message: expect.stringContaining("2 of 5 devices failed") },
    });
    expect(await station.until("status", ({ seatsLeft }) => seatsLeft === 0)).toMatchObject({
      api: { reachable: true },
    });
    const retried = await station.call("batch.retry-failed", { batch: id });
    expect(await finishedBatch(station, retried.id)).toMatchObject({ devices: 2, failed: 2 });
    expect(station.sandbox.activations()).toHaveLength(3);
  });

  test("a paused batch stands still and goes on; a stopped one is held and can be continued", async () => {
    station = await windowStation({ sandbox: { latencyMs: 20 } });
    await station.call("settings.update", { concurrency: 1 });
    const stickId = await station.stick(someDevices(20));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    expect(await station.call("batch.pause", { batch: id })).toMatchObject({ phase: "paused", secondsLeft: null });
    expect(await readStick(station, stickId)).toMatchObject({ state: "held" });
    expect(await station.call("batch.unpause", { batch: id })).toMatchObject({ phase: "working" });
    await station.until("batches", ([batch]) => (batch?.issued ?? 0) >= 2);
    expect(await station.call("batch.stop", { batch: id })).toMatchObject({
      phase: "stopped",
      problem: { code: "CANCELLED" },
    });
    expect(await station.until("sticks", ([stick]) => stick?.unfinished === true)).toMatchObject([
      { state: "held", batch: id },
    ]);
    expect(await station.reply("batch.pause", { batch: id })).toMatchObject({ ok: false, error: { code: "USAGE" } });
    const taken = station.sandbox.activations().length;
    expect(taken).toBeLessThan(20);
    await station.call("settings.update", { concurrency: 8 });
    expect(await station.call("batch.continue", { stickId, acceptSigningKey: false, giveUp: false })).toMatchObject({
      id,
    });
    expect(await finishedBatch(station, id)).toMatchObject({ phase: "finished", delivered: 20 });
    expect(station.sandbox.activations()).toHaveLength(20);
  });

  test("a batch that was cut off is there again after a restart, and giving up closes it with what is issued", async () => {
    station = await windowStation({ sandbox: { latencyMs: 20 } });
    await station.call("settings.update", { concurrency: 1 });
    const stickId = await station.stick(someDevices(10));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    await station.until("batches", ([batch]) => (batch?.issued ?? 0) >= 2);
    await station.reopen();
    await station.call("settings.get", {});
    await station.call("licenses.list", {});
    expect(await station.until("sticks", ([stick]) => stick?.unfinished === true)).toMatchObject([
      { id: stickId, state: "held", batch: id },
    ]);
    expect(await station.until("batches", (all) => all.length > 0)).toMatchObject([
      { id, phase: "unfinished", stickId },
    ]);
    await station.call("batch.continue", { stickId, acceptSigningKey: false, giveUp: true });
    const closed = await finishedBatch(station, id);
    expect(closed.delivered).toBeGreaterThanOrEqual(2);
    expect(closed.failed).toBe(10 - closed.delivered);
  });

  test("without a server the batch waits for one, and the strip says since when", async () => {
    station = await windowStation();
    const stickId = await station.stick(someDevices(2));
    await station.sandbox.close();
    const probe = await station.call("settings.test-connection", {});
    expect(probe).toMatchObject({ ok: false, problem: { code: expect.stringMatching(/^API_/) } });
    expect(await station.until("status", ({ api }) => api.reachable === false)).toMatchObject({
      api: { since: expect.stringMatching(/^\d{4}-/) },
    });
    expect((await readStick(station, stickId))?.state).toBe("ready");
  }, 40_000);

  test("a stick that was pulled is told, and is ready when it is back", async () => {
    station = await windowStation();
    const stickId = await station.stick(someDevices(2));
    const path = join(station.folder, "sticks", "stick-1");
    renameSync(path, `${path}-pulled`);
    expect(await station.call("sticks.read", { stickId })).toMatchObject([
      { state: "action", problem: { code: "STICK_GONE" } },
    ]);
    expect(await station.reply("batch.start", { stickId, onConflict: "refuse" })).toMatchObject({
      ok: false,
      error: { code: "STICK_GONE" },
    });
    renameSync(`${path}-pulled`, path);
    expect(await station.call("sticks.read", { stickId })).toMatchObject([{ state: "ready", problem: null }]);
    expect(await station.call("sticks.remove-folder", { stickId })).toEqual([]);
    expect(await station.reply("batch.preflight", { stickId })).toMatchObject({
      ok: false,
      error: { code: "STICK_GONE" },
    });
  });
});

test("while a delivery is written the station must not end, and says why", async () => {
  station = await windowStation();
  const stickId = await station.stick(someDevices(60));
  expect([station.engine.quitBlocker(), station.engine.isWorking()]).toEqual([null, false]);
  const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
  expect(station.engine.isWorking()).toBe(true);
  await station.until("batches", ([batch]) => batch?.phase === "delivering" || batch?.phase === "finished");
  const blocker = station.engine.quitBlocker();
  await finishedBatch(station, id);
  expect([blocker?.code, station.engine.quitBlocker()]).toEqual(["STICK_BUSY", null]);
});
