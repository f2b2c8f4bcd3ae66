import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BatchState, DeviceState, DeviceStatus } from "../../electron/engine/batch/batch-state.ts";
import type { BatchHooks } from "../../electron/engine/batch/runtime.ts";
import { batchReport } from "../../electron/engine/handlers/batch-report.ts";
import { type RunOutcome, startRun, viewOf } from "../../electron/engine/handlers/batch-run.ts";
import { rowsOf } from "../../electron/engine/handlers/device-rows.ts";
import { StationError } from "../../shared/domain/errors.ts";
import { batchView, deviceRow } from "../../shared/ipc/batch-contract.ts";
import { fakeClock } from "../fakes/fake-clock.ts";

const hash = (i: number) => i.toString(16).padStart(64, "0");

function device(i: number, status: DeviceStatus, name: string | null = `Pump ${i}`): DeviceState {
  const intent = {
    type: "activation.intended" as const,
    batch: "batch-0001",
    fingerprint: `FP-${i}-ABCDEF`,
    fingerprint_sha256: hash(i),
    device_name: name,
    serial: `SN${i}`,
    asset_tag: null,
    platform: null,
    request_path: "a.fingerprint.txt",
    request_sha256: hash(0),
    license_sha256: hash(0),
  };
  const failure = status === "failed" ? { code: "SEAT_LIMIT_EXCEEDED" as const, message: "No seat." } : null;
  return { intent, status, activation: null, issued: null, failure, renewal: i % 2 === 0, file: null };
}

function state(devices: readonly DeviceState[], change: Partial<BatchState> = {}): BatchState {
  return {
    id: "batch-0001",
    started: {
      type: "batch.started",
      at: "2026-11-22T01:02:03Z",
      batch: "batch-0001",
      api: "http://127.0.0.1/api/v1",
      product: "my-product",
      licenses: [],
      policy: { ttl_days: 180, grace_days: 14 },
      operator: "Ada",
      work_order: null,
      stick: { folder: "/media/op/FIELD", volume_uuid: null, usb_serial: null, size_bytes: null, file_system: null },
      devices: devices.length,
      rejected: 0,
      rehearsal: false,
      station_version: "0",
    },
    devices: new Map(devices.map((one) => [one.intent.fingerprint_sha256, one])),
    skipped: [],
    rejected: [],
    committed: null,
    finished: null,
    abandoned: false,
    ...change,
  };
}

const isRenewal = ({ renewal }: DeviceState) => renewal;
const skipped = {
  type: "device.skipped" as const,
  batch: "batch-0001",
  fingerprint_sha256: hash(99),
  device_name: "Left out",
  code: "CONFLICT_SKIPPED",
};

describe("rows of a table", () => {
  const mixed = state(
    [device(0, "delivered"), device(1, "failed"), device(2, "waiting"), device(3, "delivered", null)],
    { skipped: [skipped] },
  );
  const names = (change: object) =>
    rowsOf(mixed, { offset: 0, limit: 10, status: [], query: "", ...change }, isRenewal);

  test("fit the contract, left-out devices last and without a fingerprint", () => {
    const { rows, total } = names({});
    expect([total, rows.map(({ status }) => status)]).toEqual([
      5,
      ["delivered", "failed", "waiting", "delivered", "skipped"],
    ]);
    expect(rows.map((row) => deviceRow.parse(row))).toEqual(rows);
    expect(rows[4]).toMatchObject({ name: "Left out", fingerprint: "", error: { code: "CONFLICT_SKIPPED" } });
  });

  test("are found by status, and by part of name, serial, fingerprint or hash whatever the case", () => {
    expect(names({ status: ["failed", "skipped"] }).rows.map(({ name }) => name)).toEqual(["Pump 1", "Left out"]);
    expect(names({ query: " pump 2 " }).rows.map(({ name }) => name)).toEqual(["Pump 2"]);
    expect(names({ query: "sn3" }).total).toBe(1);
    expect(names({ query: "fp-1-" }).total).toBe(1);
    expect(names({ query: hash(99).slice(-4) }).total).toBe(1);
    expect(names({ query: "nothing" })).toEqual({ total: 0, rows: [] });
  });

  test("every window of any size is the same slice of the same whole", () => {
    const all = names({ limit: 500 }).rows;
    fc.assert(
      fc.property(fc.nat(8), fc.integer({ min: 1, max: 8 }), (offset, limit) => {
        expect(names({ offset, limit })).toEqual({ total: 5, rows: all.slice(offset, offset + limit) });
      }),
    );
  });

  test("of 10,000 devices are looked up only where they are shown", () => {
    const large = state(Array.from({ length: 10_000 }, (_, i) => device(i, "delivered")));
    let asked = 0;
    const { total } = rowsOf(large, { offset: 5000, limit: 50, status: [], query: "" }, () => {
      asked += 1;
      return false;
    });
    expect([total, asked]).toEqual([10_000, 50]);
  });
});

describe("a report", () => {
  test("as a list has a line a device and no cell that a spreadsheet would run", () => {
    const nasty = state([device(1, "failed", '=HYPERLINK("x")'), device(2, "delivered", 'a "quoted", name')]);
    const { name, content } = batchReport(nasty, "csv", isRenewal);
    expect(name).toBe("batch-batch-0001.csv");
    expect(content.split("\r\n")).toEqual([
      "device_name,fingerprint,serial,status,renewal,file,activation_id,expires_at,error_code,error",
      `"'=HYPERLINK(""x"")",FP-1-ABCDEF,SN1,failed,no,,,,SEAT_LIMIT_EXCEEDED,No seat.`,
      `"a ""quoted"", name",FP-2-ABCDEF,SN2,delivered,yes,,,,,`,
      "",
    ]);
  });

  test("for people counts, names what failed and says what state the batch is in", () => {
    const { content } = batchReport(
      state([device(1, "failed"), device(2, "delivered")], { skipped: [skipped] }),
      "text",
      isRenewal,
    );
    expect(content).toContain("Devices      3: 1 delivered, 1 failed, 1 skipped");
    expect(content).toContain("not finished; it can be continued");
    expect(content).toContain("Pump 1 (FP-1-ABCDEF)  SEAT_LIMIT_EXCEEDED  No seat.");
    expect(content).toContain("Left out (sha256:");
  });
});

describe("a run", () => {
  function arrange(devices: readonly DeviceState[] = [device(1, "waiting"), device(2, "waiting")]) {
    const clock = fakeClock();
    const settled: string[] = [];
    let hooks: BatchHooks | null = null;
    const end = Promise.withResolvers<RunOutcome>();
    const run = startRun(clock, { changed: () => {}, settled: (kind) => settled.push(kind) }, (given) => {
      hooks = given;
      return end.promise;
    });
    if (hooks === null) throw new Error("the work did not start");
    return {
      clock,
      run,
      hooks: hooks as BatchHooks,
      end,
      settled,
      live: state(devices),
      place: { stickId: "s", stickLabel: "FIELD" },
    };
  }
  const set = (hooks: BatchHooks, one: DeviceState | undefined, status: DeviceStatus) => {
    if (one === undefined) throw new Error("no device");
    one.status = status;
    hooks.changed(one);
  };

  test("has no view before it has begun; then counts, rate and time left follow the work", async () => {
    const { clock, run, hooks, live, settled, place } = arrange();
    expect(run.view(place)).toBeNull();
    hooks.started(live);
    await run.begun;
    const [one, two] = live.devices.values();
    set(hooks, one, "activating");
    await clock.advance(2000);
    set(hooks, one, "issued");
    const view = run.view(place);
    expect(batchView.parse(view)).toEqual(view);
    expect(view).toMatchObject({
      phase: "working",
      step: "activating",
      devices: 2,
      issued: 1,
      failed: 0,
      perSecond: 0.5,
      secondsLeft: 2,
    });
    expect(run.progress).toBe(0.5);
    set(hooks, two, "failed");
    hooks.changed(two as DeviceState);
    expect(run.view(place)).toMatchObject({ issued: 1, failed: 1, secondsLeft: 0 });
    expect(settled).toEqual(["issued", "failed", "failed"]);
  });

  test("rises in revision with every change, and with nothing else", () => {
    const { run, hooks, live, place } = arrange();
    hooks.started(live);
    const before = run.revision;
    run.view(place);
    expect(run.revision).toBe(before);
    set(hooks, [...live.devices.values()][0], "activating");
    expect(run.revision).toBe(before + 1);
  });

  test("paused keeps the work waiting and no longer; a second pause changes nothing", async () => {
    const { run, hooks, live, place } = arrange();
    hooks.started(live);
    let went = false;
    run.pause();
    run.pause();
    void hooks.ready().then(() => {
      went = true;
    });
    await Promise.resolve();
    expect([went, run.phase, run.view(place)?.secondsLeft]).toEqual([false, "paused", null]);
    run.unpause();
    await hooks.ready();
    expect([went, run.phase]).toEqual([true, "working"]);
  });

  test("stopped while paused lets the work see that it is to end", async () => {
    const { run, hooks, live } = arrange();
    hooks.started(live);
    run.pause();
    const ready = hooks.ready();
    run.stop();
    await ready;
    expect(hooks.signal.aborted).toBe(true);
  });

  test.each([
    ["finished", null],
    ["stopped", { code: "CANCELLED" as const, message: "Stopped." }],
    ["unfinished", { code: "API_UNREACHABLE" as const, message: "No answer." }],
  ])("ends %s", async (phase, problem) => {
    const { run, hooks, live, end, place } = arrange([device(1, "delivered")]);
    hooks.started(live);
    end.resolve({ state: live, problem });
    await run.ended;
    expect(run.view(place)).toMatchObject({ phase, problem, perSecond: 0, secondsLeft: null, delivered: 1, issued: 1 });
    expect([run.isOver, run.progress]).toEqual([true, null]);
    run.pause();
    expect(run.phase).toBe(phase);
  });

  test("that is refused before it has begun says so to whoever started it", async () => {
    const { run, end } = arrange();
    end.reject(new StationError("STICK_FULL", "Full."));
    await expect(run.begun).rejects.toMatchObject({ code: "STICK_FULL" });
    await run.ended;
  });

  test("that finishes an older batch first counts each by itself", () => {
    const { run, hooks, live, place } = arrange();
    hooks.started(state([device(7, "delivered"), device(8, "delivered"), device(9, "failed")]));
    hooks.started({ ...live, id: "batch-0002" });
    expect(run.view(place)).toMatchObject({ id: "batch-0002", devices: 2, issued: 0, delivered: 0, failed: 0 });
  });

  test("delivering is told by its step and its files", () => {
    const { run, hooks, live, place } = arrange();
    hooks.started(live);
    hooks.step("writing", 3, 12);
    expect([run.phase, run.progress, run.view(place)?.step]).toEqual(["delivering", 0.25, "writing"]);
    hooks.step("committing", 0, 0);
    expect([run.phase, run.progress]).toEqual(["delivering", null]);
  });

  test("a batch that nobody works on is seen as its ledger tells it", () => {
    const view = viewOf(state([device(1, "delivered"), device(2, "failed"), device(3, "issued")]), {
      stickId: null,
      stickLabel: "FIELD",
    });
    expect(batchView.parse(view)).toEqual(view);
    expect(view).toMatchObject({ phase: "unfinished", issued: 2, delivered: 1, failed: 1 });
  });
});
