import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";
import { finishedBatch } from "../fakes/window-waits.ts";

let station: WindowStation;
afterEach(() => station.close());

const allRows = { offset: 0, limit: 500, status: [], query: "" };

describe("secrets", () => {
  test("go in and never come out: not in any answer, feed, file in clear or log", async () => {
    station = await windowStation();
    const { apiKey, licenseKey } = station.sandbox;
    const stickId = await station.stick(someDevices(2));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    await finishedBatch(station, id);
    station.chosen.folder = station.folder;
    const heard: unknown[] = [];
    for (const feed of ["status", "sticks", "batches", "verification"] as const)
      heard.push(await station.until(feed, () => true));
    for (const name of [
      "settings.get",
      "settings.test-connection",
      "licenses.list",
      "job.get",
      "stats.summary",
      "keys.export",
      "ledger.export",
    ] as const) {
      heard.push(await station.reply(name, {}));
    }
    heard.push(
      await station.reply("batch.report", { batch: id, form: "text" }),
      await station.reply("batch.rows", { batch: id, ...allRows }),
    );
    heard.push(await station.reply("ledger.page", { before: null, limit: 500, type: null, query: "" }));
    const text = JSON.stringify(heard);
    for (const secret of [apiKey, licenseKey]) expect(text).not.toContain(secret);
    const files = readdirSync(join(station.folder, "home"), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name)).toString("latin1");
      for (const secret of [apiKey, licenseKey]) expect(bytes.includes(secret), name).toBe(false);
    }
  });

  test("a licence once entered shows four characters; the same key twice is refused; a bad one is named by field", async () => {
    station = await windowStation();
    const [license] = await station.call("licenses.list", {});
    expect(license).toMatchObject({ last4: station.sandbox.licenseKey.slice(-4), pool: "main", state: "unknown" });
    const again = { label: "", product: station.sandbox.product, pool: "", secret: station.sandbox.licenseKey };
    expect(await station.reply("licenses.add", again)).toMatchObject({
      ok: false,
      error: { code: "USAGE", details: { place: "secret" } },
    });
    expect(
      await station.reply("licenses.add", { ...again, product: "Not A Slug", secret: "other-key-000001" }),
    ).toMatchObject({ ok: false, error: { details: { place: "product" } } });
    expect(await station.call("licenses.check", { id: license?.id ?? "" })).toMatchObject([
      { state: "active", seatLimit: 100_000, activeSeats: 0 },
    ]);
    const added = await station.call("licenses.add", { ...again, secret: "unknown-key-000001" });
    expect(await station.call("licenses.check", { id: added[1]?.id ?? "" })).toMatchObject([{}, { state: "refused" }]);
    expect(await station.call("licenses.remove", { id: added[1]?.id ?? "" })).toHaveLength(1);
  });
});

describe("settings", () => {
  test.each<[string, object]>([
    ["apiUrl", { apiUrl: "http://example.com/api" }],
    ["apiUrl", { apiUrl: "https://user:pass@example.com" }],
    ["proxy", { proxy: "http://user:pass@proxy:3128" }],
    ["proxy", { proxy: "ftp://proxy" }],
    ["caPem", { caPem: "not a certificate" }],
    ["stationName", { stationName: "Press hall 3!" }],
  ])("a %s that cannot be is refused and nothing changes", async (place, change) => {
    station = await windowStation({ isSetUp: false });
    const before = await station.call("settings.get", {});
    const reply = await station.reply("settings.update", { operator: "changed", ...change });
    expect(reply.ok).toBe(false);
    if (!reply.ok && reply.error.code === "USAGE") expect(reply.error.details?.["place"]).toBe(place);
    expect(await station.call("settings.get", {})).toEqual(before);
  });

  test("a certificate file comes from the dialog and is checked", async () => {
    station = await windowStation({ isSetUp: false });
    const file = join(station.folder, "ca.pem");
    writeFileSync(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    station.chosen.certificate = file;
    expect(await station.reply("settings.choose-ca", {})).toMatchObject({
      ok: false,
      error: { details: { place: "caPem" } },
    });
    rmSync(file);
    expect(await station.reply("settings.choose-ca", {})).toMatchObject({ ok: false, error: { code: "USAGE" } });
    station.chosen.certificate = null;
    expect(await station.call("settings.choose-ca", {})).toMatchObject({ caPem: "" });
  });

  test("policies: presets stay, own ones come and go, and the job follows", async () => {
    station = await windowStation();
    const saved = (await station.call("policies.save", { id: null, label: "Ships", ttlDays: 700, graceDays: 20 })).at(
      -1,
    );
    expect(saved).toMatchObject({ label: "Ships", preset: false });
    const id = saved?.id ?? "";
    await station.call("job.set", { product: station.sandbox.product, pool: "main", policyId: id, workOrder: "WO-7" });
    expect(await station.call("policies.save", { id, label: "Ships", ttlDays: 800, graceDays: 20 })).toHaveLength(4);
    expect(await station.reply("policies.save", { id: "field", label: "x", ttlDays: 1, graceDays: 0 })).toMatchObject({
      ok: false,
      error: { code: "USAGE" },
    });
    expect(await station.reply("policies.remove", { id: "field" })).toMatchObject({ ok: false });
    expect(
      await station.reply("job.set", { product: "p", pool: "", policyId: "nothing", workOrder: "" }),
    ).toMatchObject({ ok: false, error: { details: { place: "policyId" } } });
    await station.call("policies.remove", { id });
    expect(await station.call("job.get", {})).toMatchObject({ policyId: null, workOrder: "WO-7" });
    const stickId = await station.stick(someDevices(1));
    expect(await station.reply("batch.start", { stickId, onConflict: "refuse" })).toMatchObject({
      ok: false,
      error: { code: "USAGE", details: { place: "policyId" } },
    });
  });
});
