import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
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
  expect(await station.call("audit.reconcile-server", {})).toMatchObject({ agreeing: 3, total: 0 });
  station.chosen.seatList = null;
  expect(await station.call("audit.reconcile-csv", {})).toBeNull();
  station.chosen.seatList = join(station.folder, "seats.csv");
  writeFileSync(station.chosen.seatList, "fingerprint,device_name\r\n");
  const found = await station.call("audit.reconcile-csv", {});
  expect(found).toMatchObject({ seats: 0, total: 3 });
  expect(found?.differences.every(({ kind }) => kind === "seat-gone")).toBe(true);
});
