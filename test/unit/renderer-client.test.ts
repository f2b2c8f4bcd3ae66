import { expect, test } from "vitest";
import { type CallName, calls } from "#shared/ipc/contract.ts";
import { createClient } from "../../renderer/client/client.ts";
import { createLineSplitter } from "../../renderer/client/line-splitter.ts";
import type { Transport } from "../../renderer/client/transport.ts";
import { createLive } from "../../renderer/model/live.ts";
import { createRowWindows } from "../../renderer/model/row-windows.ts";
import { createFakeEngine } from "../fakes/fake-engine-transport.ts";

const answering = (answer: unknown): Transport => ({
  call: () => Promise.resolve(answer),
  subscribe: () => () => undefined,
});

test.each([
  ["nothing", undefined],
  ["text", "ok"],
  ["an extra member", { ok: true, value: { needs: null }, more: 1 }],
  ["a value of another call", { ok: true, value: { checkpoint: 7 } }],
  ["an extra member in the value", { ok: true, value: { needs: null, secret: "x" } }],
  ["an unknown code", { ok: false, error: { code: "NEW_CODE", message: "?" } }],
  ["an error with a stack", { ok: false, error: { code: "USAGE", message: "?", stack: "at x" } }],
])("an answer that breaks the contract is a failure: %s", async (_, answer) => {
  const reply = await createClient(answering(answer)).call("lock.state", {});
  expect(reply).toEqual({
    ok: false,
    error: { code: "INTERNAL", message: "The engine's answer is not what the contract says." },
  });
});

test("a failure keeps its code, message and details", async () => {
  const error = { code: "STICK_GONE", message: "gone", details: { slot: 3 } };
  expect(await createClient(answering({ ok: false, error })).call("lock.state", {})).toEqual({ ok: false, error });
});

test("a transport that breaks is a failure, not a rejection", async () => {
  const client = createClient({
    call: () => Promise.reject(new Error("http://secret")),
    subscribe: () => () => undefined,
  });
  expect(await client.call("lock.state", {})).toEqual({
    ok: false,
    error: { code: "INTERNAL", message: "The window could not reach the station's engine." },
  });
});

test("snapshots that break the contract are dropped", () => {
  let push: (snapshot: unknown) => void = () => undefined;
  const client = createClient({
    call: () => Promise.resolve(null),
    subscribe: (_, onSnapshot) => {
      push = onSnapshot;
      return () => undefined;
    },
  });
  const seen: unknown[] = [];
  client.subscribe("sticks", (snapshot) => seen.push(snapshot));
  for (const snapshot of [null, "x", [{ id: "a" }], { 0: "x" }, []]) push(snapshot);
  expect(seen).toEqual([[]]);
});

test("every call of the contract is answered by the fake engine within its schema", async () => {
  const engine = createFakeEngine({ scenario: "busy", people: "administrator" });
  const client = createClient(engine);
  // Only there a stick is held.
  const armed = createClient(createFakeEngine({ scenario: "armed", people: "administrator" }));
  const page = { offset: 0, limit: 5 };
  const inputs: Partial<Record<CallName, object>> = {
    "lock.open": { secret: "correct horse" },
    "settings.update": { slots: 16 },
    "settings.set-api-key": { secret: "pk_test" },
    "licenses.add": { label: "L", product: "acme", pool: "Main", secret: "KEY-1234" },
    "licenses.remove": { id: "l1" },
    "licenses.check": { id: "l2" },
    "policies.save": { id: null, label: "mine", ttlDays: 10, graceDays: 0 },
    "policies.remove": { id: "own-1" },
    "job.set": { product: "acme", pool: "Main", policyId: null, workOrder: "" },
    "sticks.remove-folder": { stickId: "s6" },
    "sticks.read": { stickId: "s1" },
    "batch.preflight": { stickId: "s1" },
    "batch.start": { stickId: "s1", onConflict: "skip" },
    "batch.continue": { stickId: "s4", acceptSigningKey: false, giveUp: false },
    "batch.pause": { batch: "b-run" },
    "batch.unpause": { batch: "b-run" },
    "batch.stop": { batch: "b-run" },
    "batch.retry-failed": { batch: "b-run" },
    "batch.list": page,
    "batch.rows": { batch: "b-run", ...page, status: ["failed"], query: "line" },
    "batch.rejected": { batch: "b-run" },
    "batch.proof": { batch: "b-done" },
    "batch.report": { batch: "b-run", form: "csv" },
    "single.issue": { fingerprint: "fp-12345678", name: "", stickId: null },
    "devices.search": { query: "line-1", ...page },
    "devices.history": { fingerprintSha256: "0".repeat(64) },
    "devices.receipt": { index: 3 },
    "ledger.page": { before: null, limit: 5, type: null, query: "" },
    "audit.devices": { from: null, to: null, workOrder: null },
    "audit.device": { device: "line-1" },
    "audit.overrides": { from: null, to: null },
    "audit.expiring": { days: 90 },
    "audit.counts": { from: null, to: null, by: "operator" },
    "audit.csv": { kind: "expiring", days: 90 },
    "audit.report": { from: null, to: null },
    "devices.deactivate": { fingerprintSha256: "0".repeat(64), reason: "scrapped" },
    "keys.rotate": { use: "ledger" },
    "witness.add": { note: "a note" },
    "witness.policy": { needed: 0, keys: [] },
    "rehearsal.make-stick": { devices: 12 },
    "bench.arm": { workOrder: "WO-1", count: 5, renewals: true },
    "bench.release": { stick: "s1" },
    "bench.retry": { slot: 1 },
    "bench.accept": { slot: 11, stick: "stick-11", reason: "lost" },
    "bench.allow-drive": { slot: 1 },
    "slots.teach": { slots: [1] },
    "slots.forget": { slot: 1 },
    "sticks.eject": { stickId: "s1" },
    "licence.paste": { secret: "LS1.token" },
    "licence.fetch": { how: "refresh", issuer: "https://issuer.example", email: "" },
    "licence.set-expired-policy": { policy: "hard-fail" },
    "licence.recover": { secret: "LS1.key", approval: null },
    "operators.add": { badge: "B-1", name: "A", role: "administrator", secret: "284615" },
    "operators.change": { id: "o2", name: "B", role: "operator", active: true },
    "operators.set-pin": { id: "o2", secret: "284615" },
    "operators.policy": { approvals: null, lockAfterMinutes: 5, needAllotment: null },
    "session.sign-in": { badge: "NW-1007", secret: "284615" },
    "approvals.ask": { subject: "deactivation", reference: "r", reason: "why" },
    "approvals.decide": { id: "a1", badge: "NW-1043", secret: "284615", approve: true },
    "allotments.sign": {
      workOrder: "WO-1",
      product: "acme",
      count: 1,
      maxTtlDays: 1,
      from: "2026-11-01T00:00:00Z",
      to: "2026-12-01T00:00:00Z",
    },
    "carry.inspect": { secret: "token" },
    "carry.deliver": { stickId: "s1", target: "server", fileName: "a.key" },
    "carry.fetch": { how: "refresh", issuer: "https://issuer.example", email: "" },
  };
  for (const name of Object.keys(calls) as CallName[]) {
    const input: object = inputs[name] ?? {};
    const reply = await (name === "bench.accept" ? armed : client).call(name, input);
    expect([name, reply.ok]).toEqual([name, true]);
  }
});

test("the live picture asks for the lock first and for settings only once it is open", async () => {
  const engine = createFakeEngine({ scenario: "quiet", needs: "passphrase" });
  const asked: string[] = [];
  const live = createLive(
    createClient({ ...engine, call: (name, input) => (asked.push(name), engine.call(name, input)) }),
  );
  await expect.poll(() => live.get().lock).toBe("passphrase");
  expect(live.get().settings).toBeNull();
  expect(asked).toEqual(["lock.state"]);
  await engine.call("lock.open", { secret: "correct horse" });
  live.unlocked();
  await expect.poll(() => live.get().settings?.stationName).toBe("Plant 2, bench 4");
  expect(live.get().lock).toBeNull();
  live.close();
});

test("lines are cut wherever the pieces are cut, and an endless one is refused", () => {
  const split = createLineSplitter(10);
  expect(['{"a"', ":1}\n\n[2", "]\n3", "\n"].flatMap((piece) => [...split(piece)])).toEqual(['{"a":1}', "[2]", "3"]);
  expect(() => split("x".repeat(11))).toThrow(RangeError);
});

test("row windows are fetched where one looks, one at a time, and anew once they are out of date", async () => {
  const asked: number[] = [];
  let inFlight = 0;
  let round = 0;
  const windows = createRowWindows<string>(async (offset, limit) => {
    inFlight += 1;
    expect(inFlight).toBe(1);
    asked.push(offset);
    await Promise.resolve();
    inFlight -= 1;
    return { total: 1000, rows: Array.from({ length: limit }, (_, at) => `${round}:${offset + at}`) };
  });
  expect(windows.loaded()).toBe(false);
  windows.look(0, 30);
  await expect.poll(() => windows.total()).toBe(1000);
  windows.look(480, 520);
  await expect.poll(() => windows.rowAt(510)).toBe("0:510");
  expect(asked).toEqual([0, 400, 500]);
  expect(windows.rowAt(700)).toBeUndefined();
  round = 1;
  windows.invalidate();
  expect(windows.rowAt(510)).toBe("0:510");
  await expect.poll(() => windows.rowAt(510)).toBe("1:510");
  expect(windows.rowAt(0)).toBe("0:0");
  expect(asked).toEqual([0, 400, 500, 400, 500]);
  windows.close();
  windows.invalidate();
  expect(asked).toHaveLength(5);
  windows.look(900, 910);
  await expect.poll(() => windows.rowAt(900)).toBe("1:900");
});

test("a window that failed is asked for again at the next look", async () => {
  let answers = 0;
  const windows = createRowWindows<number>(() => {
    answers += 1;
    return Promise.resolve(answers === 1 ? null : { total: 1, rows: [7] });
  });
  windows.look(0, 0);
  await expect.poll(() => answers).toBe(1);
  windows.look(0, 0);
  await expect.poll(() => windows.rowAt(0)).toBe(7);
});
