import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { heldServer } from "../fakes/held-server.ts";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";

let station: WindowStation;

beforeAll(async () => {
  station = await windowStation();
  const stickId = await station.stick(someDevices(3));
  await station.until("sticks", ([stick]) => stick?.state === "ready");
  const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
  await station.until("batches", (all) => all.some((one) => one.id === id && one.phase === "finished"));
}, 30_000);

afterAll(() => station?.close());

const ever = { from: null, to: null };

test("every question has a table: devices, one device, expiring files, overrides, counts", async () => {
  const devices = await station.call("audit.devices", { ...ever, workOrder: null });
  expect(devices.total).toBe(3);
  const name = devices.rows[0]?.[devices.columns.indexOf("device_name")];
  const story = await station.call("audit.device", { device: String(name) });
  expect(story.rows.map((row) => row[story.columns.indexOf("type")])).toContain("machine-file.issued");
  expect((await station.call("audit.expiring", { days: 400 })).total).toBe(3);
  expect((await station.call("audit.overrides", ever)).total).toBe(0);
  expect((await station.call("audit.counts", { ...ever, by: "operator" })).rows).toEqual([["Ada", 1, 3, 0, 0]]);
});

test("an answer and a report go into the folder that a person chose, and nowhere when none was chosen", async () => {
  station.chosen.folder = null;
  expect(await station.call("audit.csv", { kind: "devices", ...ever, workOrder: null })).toEqual({
    file: null,
    rows: 0,
  });
  expect(await station.call("audit.report", ever)).toEqual({ file: null, printed: false });
  station.chosen.folder = station.folder;
  const csv = await station.call("audit.csv", { kind: "devices", ...ever, workOrder: null });
  expect(csv.rows).toBe(3);
  expect(readFileSync(csv.file ?? "", "utf8").split("\r\n")).toHaveLength(5);
  const report = await station.call("audit.report", ever);
  // No Chromium is named to this station.
  expect(report).toMatchObject({ printed: false, file: expect.stringMatching(/\.html$/) });
  expect(existsSync(report.file ?? "")).toBe(true);
  expect(readdirSync(station.folder).filter((file) => file.endsWith(".partial"))).toEqual([]);
});

test("an export for auditors holds the report", async () => {
  station.chosen.folder = station.folder;
  const { folder } = await station.call("ledger.export", {});
  expect(readFileSync(join(folder ?? "", "report.html"), "utf8")).toContain("Provisioning report");
});

test("the server agrees with the ledger, a list that lacks a seat does not", async () => {
  expect(await station.call("audit.reconcile-server", {})).toMatchObject({ running: true, ended: null });
  const { finishedAt, ...ended } = await compared();
  expect(ended).toEqual({ running: false, done: 3, total: 3, ended: "compared", problem: null });
  expect(finishedAt).not.toBeNull();
  expect(await station.call("audit.reconciled", {})).toMatchObject({ agreeing: 3, total: 0 });
  station.chosen.seatList = null;
  expect(await station.call("audit.reconcile-csv", {})).toBeNull();
  station.chosen.seatList = join(station.folder, "seats.csv");
  writeFileSync(station.chosen.seatList, "fingerprint,device_name\r\n");
  const found = await station.call("audit.reconcile-csv", {});
  expect(found).toMatchObject({ seats: 0, total: 3 });
  expect(found?.differences.every(({ kind }) => kind === "seat-gone")).toBe(true);
});

/** How the newest comparison ended. */
const compared = () => station.until("comparison", ({ running, ended }) => !running && ended !== null);

test("a comparison says how far it is, is joined by whoever asks again, and is stopped without a result", async () => {
  const held = await heldServer();
  try {
    await station.call("settings.update", { apiUrl: held.url });
    await station.call("audit.reconcile-server", {});
    const under = await station.until("comparison", ({ total }) => total === 3);
    expect(under).toMatchObject({ running: true, done: 0, ended: null });
    expect(await station.call("audit.reconcile-server", {})).toEqual(under);
    expect(await station.call("audit.reconciled", {})).toBeNull();
    const stopped = await station.call("audit.reconcile-stop", {});
    expect(stopped).toMatchObject({ running: false, done: 0, total: 3, ended: "stopped", problem: null });
    expect(await station.call("audit.reconciled", {})).toBeNull();
    expect(await station.call("audit.reconcile-stop", {})).toEqual(stopped);
  } finally {
    await station.call("settings.update", { apiUrl: station.sandbox.url });
    held.close();
  }
});

test("a comparison that fails says why, without a key in its words, and the next one works", async () => {
  await station.call("settings.set-api-key", { secret: "pk_wrong_0001" });
  await station.call("audit.reconcile-server", {});
  const { ended, problem } = await compared();
  expect([ended, problem?.code]).toEqual(["failed", "API_UNAUTHORIZED"]);
  expect(problem?.message).not.toContain("pk_wrong_0001");
  await station.call("settings.set-api-key", { secret: station.sandbox.apiKey });
  await station.call("audit.reconcile-server", {});
  expect(await compared()).toMatchObject({ ended: "compared", problem: null });
});

test("a station that closes while it compares stops comparing first, and opens again", async () => {
  const held = await heldServer();
  try {
    await station.call("settings.update", { apiUrl: held.url });
    await station.call("audit.reconcile-server", {});
    await station.until("comparison", ({ total }) => total === 3);
    await station.reopen();
    expect((await station.call("audit.counts", { ...ever, by: "operator" })).rows).toHaveLength(1);
    expect(await station.until("comparison", () => true)).toMatchObject({ running: false, ended: null });
  } finally {
    held.close();
  }
});
