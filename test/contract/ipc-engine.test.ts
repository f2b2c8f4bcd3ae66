import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { calls } from "../../shared/ipc/contract.ts";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";

let station: WindowStation;
afterEach(() => station.close());

const finished = async (batch: string) => {
  const batches = await station.until("batches", (all) =>
    all.some(({ id, phase }) => id === batch && ["finished", "stopped", "unfinished"].includes(phase)),
  );
  const found = batches.find(({ id }) => id === batch);
  if (found === undefined) throw new Error("the batch is gone");
  return found;
};
const stickOf = async (id: string) => {
  const sticks = await station.until("sticks", (all) => all.some((one) => one.id === id && one.state !== "reading"));
  return sticks.find((one) => one.id === id);
};
const allRows = { offset: 0, limit: 500, status: [], query: "" };

describe("the main job through the window's contract", () => {
  test("two calls take a stick from requests to a proved delivery, and every later question has its answer", async () => {
    station = await windowStation();
    const stickId = await station.stick(someDevices(12));
    expect(await stickOf(stickId)).toMatchObject({
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
    expect(await finished(id)).toMatchObject({
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
    await finished(id);
    const before = await station.call("batch.rows", { batch: id, ...allRows });
    await station.reopen();
    const after = await station.call("batch.rows", { batch: id, ...allRows });
    expect({ ...after, revision: 0 }).toEqual({ ...before, revision: 0 });
    expect((await station.call("batch.list", { offset: 0, limit: 10 })).rows).toMatchObject([
      { id, phase: "finished", delivered: 5, stickLabel: "stick-1" },
    ]);
    expect(await station.call("batch.report", { batch: id, form: "csv" })).toMatchObject({ name: `batch-${id}.csv` });
    expect(await stickOf(stickId)).toMatchObject({ state: "ready", requests: 5, alreadyProvisioned: 5 });
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
    expect([station.sandbox.activations(), await stickOf(stickId)]).toMatchObject([
      [],
      { state: "ready", conflicts: 1 },
    ]);
    const { id } = await station.call("batch.start", { stickId, onConflict: "skip" });
    expect(await finished(id)).toMatchObject({ delivered: 1, skipped: 1 });
    expect((await station.call("batch.rows", { batch: id, ...allRows, status: ["skipped"] })).rows).toMatchObject([
      { fingerprint: "", error: { code: "CONFLICT_SKIPPED" } },
    ]);
  });

  test("when seats run out the rest is delivered, the stick asks for somebody, and a retry finishes", async () => {
    station = await windowStation({ sandbox: { seats: 3 } });
    const stickId = await station.stick(someDevices(5));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    expect(await finished(id)).toMatchObject({ phase: "finished", delivered: 3, failed: 2 });
    expect(await stickOf(stickId)).toMatchObject({
      state: "action",
      problem: { code: "SEAT_LIMIT_EXCEEDED", message: expect.stringContaining("2 of 5 devices failed") },
    });
    expect(await station.until("status", ({ seatsLeft }) => seatsLeft === 0)).toMatchObject({
      api: { reachable: true },
    });
    const retried = await station.call("batch.retry-failed", { batch: id });
    expect(await finished(retried.id)).toMatchObject({ devices: 2, failed: 2 });
    expect(station.sandbox.activations()).toHaveLength(3);
  });

  test("a paused batch stands still and goes on; a stopped one is held and can be continued", async () => {
    station = await windowStation({ sandbox: { latencyMs: 20 } });
    await station.call("settings.update", { concurrency: 1 });
    const stickId = await station.stick(someDevices(20));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    expect(await station.call("batch.pause", { batch: id })).toMatchObject({ phase: "paused", secondsLeft: null });
    expect(await stickOf(stickId)).toMatchObject({ state: "held" });
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
    expect(await finished(id)).toMatchObject({ phase: "finished", delivered: 20 });
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
    const closed = await finished(id);
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
    expect((await stickOf(stickId))?.state).toBe("ready");
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
    expect(await finished(id)).toMatchObject({ delivered: 9, rejected: 1, rehearsal: true });
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
    expect(await finished(id)).toMatchObject({ phase: "finished", delivered: 6, rehearsal: true });
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

describe("secrets", () => {
  test("go in and never come out: not in any answer, feed, file in clear or log", async () => {
    station = await windowStation();
    const { apiKey, licenseKey } = station.sandbox;
    const stickId = await station.stick(someDevices(2));
    const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
    await finished(id);
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

test("while a delivery is written the station must not end, and says why", async () => {
  station = await windowStation();
  const stickId = await station.stick(someDevices(60));
  expect([station.engine.quitBlocker(), station.engine.isWorking()]).toEqual([null, false]);
  const { id } = await station.call("batch.start", { stickId, onConflict: "refuse" });
  expect(station.engine.isWorking()).toBe(true);
  await station.until("batches", ([batch]) => batch?.phase === "delivering" || batch?.phase === "finished");
  const blocker = station.engine.quitBlocker();
  await finished(id);
  expect([blocker?.code, station.engine.quitBlocker()]).toEqual(["STICK_BUSY", null]);
});
