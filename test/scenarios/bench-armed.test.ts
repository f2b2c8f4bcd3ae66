import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Bench } from "../../electron/engine/handlers/bench/bench.ts";
import type { StickDecision } from "../../shared/domain/stick-decision.ts";
import type { FeedSnapshot } from "../../shared/ipc/contract.ts";
import { verifyEvidence } from "../../shared/verifier/verify.ts";
import { simulatedBench } from "../fakes/simulated-bench.ts";
import { licenseWindow, someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";
import { trustedKeysIn, verifierPy } from "../fixtures/auditor-world.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { python, pythonVerdicts } from "../fixtures/python-verifier.ts";
import { type ShelfStick, stickShelf } from "../fixtures/drives/stick-shelf.ts";

type BenchView = FeedSnapshot<"bench">;

let station: WindowStation;
afterEach(async () => station.close());

/** A window's station whose sixteen slots are taught, with a shelf of simulated sticks before it. */
async function benchStation(slots = 16, isLicensed = true) {
  let bench: Bench | null = null;
  const looks: Promise<void>[] = [];
  const shelf = stickShelf(() => {
    if (bench !== null) looks.push(bench.look());
  });
  const opened = await windowStation({
    sandbox: { seats: 1000 },
    engine: {
      openBench: (options) => (bench = simulatedBench(options, shelf.source, { run: shelf.run })),
      openStick: () => shelf.openStick,
    },
  });
  station = opened;
  if (isLicensed) await licenseWindow(opened);
  await opened.call("settings.update", { concurrency: 16 });
  const [license] = await opened.call("licenses.list", {});
  await opened.call("job.set", {
    product: opened.sandbox.product,
    pool: license?.pool ?? "",
    policyId: "field",
    workOrder: "",
  });
  const numbers = Array.from({ length: slots }, (_, index) => index + 1);
  await opened.call("slots.teach", { slots: numbers });
  for (const slot of numbers) {
    const teacher = shelf.add(`teacher-${slot}`);
    shelf.plug(teacher, slot);
    await Promise.all(looks.splice(0));
    shelf.pull(teacher);
    await Promise.all(looks.splice(0));
  }
  const until = (isTrue: (view: BenchView) => boolean) => opened.until("bench", isTrue);
  const slotIs = (slot: number, ...states: readonly string[]) =>
    until(({ slots: tiles }) => states.includes(tiles.find((tile) => tile.slot === slot)?.state ?? ""));
  return { shelf, until, slotIs };
}

function ask(stick: ShelfStick, count: number, prefix = stick.name): void {
  for (const [index, { fingerprint, name }] of someDevices(count, prefix).entries())
    stick.files.put(`${stick.root}/requests/${index}.fingerprint.txt`, `${fingerprint}\n${name}\n`);
}

/** Of everything that is none of ours. */
function hashOutside(stick: ShelfStick): string {
  const kept = Object.entries(stick.files.tree(stick.root)).filter(([path]) => !path.startsWith("PROVISIONING"));
  return createHash("sha256").update(JSON.stringify(kept)).digest("hex");
}

function delivered(stick: ShelfStick): number {
  return Object.keys(stick.files.tree(stick.root)).filter((path) => /^PROVISIONING\/[^./][^/]*\/.*\.lic$/.test(path))
    .length;
}

const tileOf = ({ slots }: BenchView, slot: number) => slots.find((tile) => tile.slot === slot);

test("sixteen sticks, three pulled midway, four that cannot be served: twelve end green, four say why", async () => {
  const { shelf, until, slotIs } = await benchStation();
  const armed = await station.call("bench.arm", { workOrder: "WO-16", count: 400, renewals: false });
  expect([armed.armed, armed.slots.length, armed.order?.left]).toEqual([true, 16, 400]);

  const good = Array.from({ length: 12 }, (_, index) => shelf.add(`GOOD-${index + 1}`));
  const failing = shelf.add("FAILING");
  const readOnly = shelf.add("READ-ONLY", { isReadOnly: true });
  const nothing = shelf.add("NOTHING");
  const large = shelf.add("LARGE", { sizeBytes: 2_000_000_000_000 });
  const all = [...good, failing, readOnly, nothing, large];
  for (const stick of all) if (stick !== nothing) ask(stick, 25);
  const before = all.map(hashOutside);

  // In an order of its own, each while others are at work; three are pulled: at once, among the files, at the end.
  const pulls = new Map([
    [good[2], 1],
    [good[5], 20],
    [good[9], 53],
  ]);
  const plugging = [...all.entries()].sort(([a], [b]) => ((a * 7) % 16) - ((b * 7) % 16));
  for (const [index, stick] of plugging) {
    const at = pulls.get(stick);
    const fault = stick === failing ? { at: 12, kind: "io" as const } : at && { at, kind: "pull" as const };
    shelf.plug(stick, index + 1, fault || undefined);
    await slotIs(index + 1, "reading", "activating", "writing", "verifying", "remove", "action");
  }
  for (const [index, stick] of all.entries()) {
    if (!pulls.has(stick)) continue;
    const pulled = await until((view) => tileOf(view, index + 1)?.message?.code === "pulled");
    expect(pulled.owed.map(({ devices }) => devices)).toContain(25);
    expect(tileOf(pulled, index + 1)?.label).toBe(stick.name);
    shelf.plug(stick, index + 1);
  }
  const end = await until(
    ({ slots, owed }) => owed.length === 0 && slots.every(({ state }) => state === "remove" || state === "action"),
  );

  expect(end.slots.slice(0, 12).map(({ state }) => state)).toEqual(good.map(() => "remove"));
  // One that was finished after a pull tells how many it was for, like one that never was pulled.
  const tellsDevices = end.slots
    .slice(0, 12)
    .flatMap(({ devices, sizeBytes }) => (sizeBytes === null ? [] : [devices]));
  expect(tellsDevices).toEqual(tellsDevices.map(() => 25));
  // A stick that is switched off is still called by its name.
  expect(end.slots.slice(0, 12).map(({ label }) => label)).toEqual(good.map(({ name }) => name));
  expect(end.slots.slice(12).map(({ message }) => message?.code)).toEqual([
    "STICK_IO",
    "STICK_READ_ONLY",
    "no-requests",
    "STICK_UNSAFE",
  ]);
  expect(tileOf(end, 16)?.message?.message).toContain("let a supervisor allow it");
  expect(end.order).toMatchObject({ done: 300, claimed: 25, left: 75 });
  expect(good.map(delivered)).toEqual(good.map(() => 25));
  expect([failing, readOnly, nothing, large].map(delivered)).toEqual([0, 0, 0, 0]);
  expect(all.map(hashOutside)).toEqual(before);

  const rows = async (type: string) =>
    (await station.call("ledger.page", { before: null, limit: 500, type, query: "" })).rows;
  const recorded = (await rows("activation.recorded")).map(({ fingerprintSha256 }) => fingerprintSha256);
  const seats = station.sandbox.activations().map(({ fingerprint }) => sha256(fingerprint));
  expect(new Set(recorded)).toEqual(new Set(seats));
  expect([new Set(recorded).size, recorded.length]).toEqual([325, 325]);
  expect((await rows("delivery.committed")).length).toBe(12);
}, 60_000);

test("what the station's own licence has left bounds the order, and a stick beyond it waits", async () => {
  const { shelf, slotIs } = await benchStation(2, false);
  const { order } = await station.call("bench.arm", { workOrder: "WO-1", count: 400, renewals: false });
  expect(order?.left).toBe(33);
  const [first, second] = [shelf.add("FIRST"), shelf.add("SECOND")];
  for (const stick of [first, second]) ask(stick, 20);
  shelf.plug(first, 1);
  await slotIs(1, "remove");
  shelf.plug(second, 2);
  expect(tileOf(await slotIs(2, "held"), 2)?.message?.code).toBe("no-room");
  expect([delivered(first), delivered(second), station.sandbox.activations().length]).toEqual([20, 0, 20]);
});

test("a stick that was there before arming is refused until it is replugged", async () => {
  const { shelf, slotIs } = await benchStation(1);
  const stick = shelf.add("EARLY");
  ask(stick, 2);
  shelf.plug(stick, 1);
  await slotIs(1, "held");
  const { slots } = await station.call("bench.arm", { workOrder: "WO-1", count: 5, renewals: false });
  expect(slots[0]).toMatchObject({ state: "held", message: { code: "stale" }, canRetry: false });
  expect(await station.reply("bench.retry", { slot: 1 })).toMatchObject({ ok: false, error: { code: "USAGE" } });
  shelf.pull(stick);
  await slotIs(1, "empty");
  shelf.plug(stick, 1);
  await slotIs(1, "remove");
  expect(delivered(stick)).toBe(2);
});

test("the same again: a repeat is let go, on another stick it waits, under another order it is a renewal", async () => {
  const { shelf, until, slotIs } = await benchStation(2);
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const [first, second] = [shelf.add("FIRST"), shelf.add("SECOND")];
  for (const stick of [first, second]) ask(stick, 3, "same");
  shelf.plug(first, 1);
  await slotIs(1, "remove");
  shelf.plug(first, 1);
  const repeated = await until(
    (view) => tileOf(view, 1)?.message?.code === "repeat" && tileOf(view, 1)?.state === "remove",
  );
  expect(repeated.order?.done).toBe(3);
  shelf.plug(second, 2);
  expect(tileOf(await slotIs(2, "held"), 2)?.message?.code).toBe("repeat-elsewhere");

  await station.call("bench.disarm", {});
  await station.call("bench.arm", { workOrder: "WO-2", count: 10, renewals: false });
  shelf.plug(first, 1);
  expect(tileOf(await until((view) => tileOf(view, 1)?.message?.code === "renewal"), 1)?.state).toBe("held");
  await station.call("bench.disarm", {});
  shelf.pull(first);
  await station.call("bench.arm", { workOrder: "WO-3", count: 10, renewals: true });
  shelf.plug(first, 1);
  await slotIs(1, "remove");
  expect([station.sandbox.activations().length, delivered(first)]).toEqual([3, 6]);
});

test("a stick that has lost its files is held, and so is the copy of one that was served", async () => {
  const { shelf, slotIs, until } = await benchStation(2);
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const stick = shelf.add("WIPED");
  ask(stick, 3);
  // The same in every way that the system tells, made before anything was delivered.
  const copy = shelf.add("WIPED");
  ask(copy, 3);
  shelf.plug(stick, 1);
  await slotIs(1, "remove");
  const lost = (slot: number) =>
    until((view) => tileOf(view, slot)?.state === "held" && tileOf(view, slot)?.message?.code === "lost");

  shelf.pull(stick);
  shelf.plug(copy, 2);
  expect(tileOf(await lost(2), 2)?.message?.details).toEqual({ devices: 3 });
  shelf.pull(copy);
  await slotIs(2, "empty");

  const machineFile = Object.keys(stick.files.tree(stick.root)).find((path) => path.endsWith(".lic"));
  const flipABit = (): void =>
    stick.files.corrupt(`${stick.root}/${machineFile}`, (bytes) =>
      bytes.map((byte, at) => (at === 99 ? byte ^ 1 : byte)),
    );
  flipABit();
  shelf.plug(stick, 1);
  await lost(1);
  shelf.pull(stick);
  await slotIs(1, "empty");
  flipABit();
  shelf.plug(stick, 1);
  expect(tileOf(await slotIs(1, "remove"), 1)?.message?.code).toBe("repeat");
  expect(station.sandbox.activations().length).toBe(3);
});

test("a stick cut off before the station ended is finished when it comes back after it was armed again", async () => {
  const { shelf, until, slotIs } = await benchStation(1);
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const stick = shelf.add("CUT");
  ask(stick, 4);
  shelf.plug(stick, 1, { at: 3, kind: "pull" });
  await until(({ owed }) => owed.length === 1);
  await station.reopen();
  await station.call("licenses.list", {});
  const armed = await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  expect([armed.owed.map(({ devices }) => devices), armed.order?.left]).toEqual([[4], 6]);
  shelf.plug(stick, 1);
  await slotIs(1, "remove");
  expect([delivered(stick), station.sandbox.activations().length]).toEqual([4, 4]);
});

test("a stick that will not come back is given up, and its place in the order is free again", async () => {
  const { shelf, until } = await benchStation(1);
  await station.call("bench.arm", { workOrder: "WO-1", count: 4, renewals: false });
  const stick = shelf.add("LOST");
  ask(stick, 4);
  shelf.plug(stick, 1, { at: 3, kind: "pull" });
  const { owed, order } = await until((view) => view.owed.length === 1);
  expect(order?.left).toBe(0);
  const after = await station.call("bench.release", { stick: owed[0]?.stick ?? "" });
  expect([after.owed, after.order?.left]).toEqual([[], 4]);
  expect(await station.reply("bench.release", { stick: "stick-none" })).toMatchObject({ ok: false });
});

test("by hand a drive is worked on as ever, and ejected afterwards", async () => {
  const { shelf } = await benchStation(1);
  const stick = shelf.add("HAND");
  ask(stick, 2);
  shelf.plug(stick, 1);
  // The desktop mounts what is plugged in; the station does so only when it is armed.
  await shelf.run("udisksctl", ["mount", "--block-device", "/dev/sd-HAND1"], { timeoutMs: 1 });
  const [listed] = await station.until("sticks", ([one]) => one?.state === "ready");
  expect(listed).toMatchObject({ kind: "drive", slot: 1, label: "HAND", requests: 2 });
  const { id } = await station.call("batch.start", { stickId: listed?.id ?? "", onConflict: "refuse" });
  await station.until("batches", (all) => all.some((batch) => batch.id === id && batch.phase === "finished"));
  expect(await station.call("sticks.eject", { stickId: listed?.id ?? "" })).toEqual({ how: "powered-off" });
  expect(await station.until("sticks", (sticks) => sticks.length === 0)).toEqual([]);
  expect(delivered(stick)).toBe(2);
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What a person sees and decides at this slot now. */
async function accept(slot: number, reason: StickDecision): Promise<BenchView> {
  const { stick } = tileOf(await station.call("bench.get", {}), slot) ?? {};
  return await station.call("bench.accept", { slot, stick: stick ?? "", reason });
}

async function entriesOf(type: string): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await station.call("ledger.page", { before: null, limit: 100, type, query: "" });
  return rows.map(({ json }) => JSON.parse(json) as Record<string, unknown>).reverse();
}

const refuse = (stick: ShelfStick, name: string): void =>
  stick.files.put(`${stick.root}/requests/${name}.fingerprint.txt`, "short\n");

test("a stick with refused requests goes on without them when somebody says so, through a pull, and says it did", async () => {
  const { shelf, slotIs, until } = await benchStation(2);
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const [calm, cut] = [shelf.add("CALM"), shelf.add("CUT")];
  for (const stick of [calm, cut]) {
    ask(stick, 3);
    refuse(stick, "worn");
  }
  refuse(calm, "torn");
  const before = [hashOutside(calm), hashOutside(cut)];
  shelf.plug(calm, 1);
  expect(tileOf(await slotIs(1, "held"), 1)).toMatchObject({
    canAccept: "some-refused",
    message: { code: "some-refused", details: { refused: 2, devices: 3 } },
  });
  expect(station.sandbox.activations().length).toBe(0);
  await accept(1, "some-refused");
  expect(tileOf(await slotIs(1, "remove"), 1)).toMatchObject({
    canAccept: null,
    message: { code: "left-out", details: { refused: 2 } },
  });

  shelf.plug(cut, 2, { at: 3, kind: "pull" });
  await slotIs(2, "held");
  await accept(2, "some-refused");
  await until((view) => tileOf(view, 2)?.message?.code === "pulled");
  shelf.plug(cut, 2);
  expect(tileOf(await slotIs(2, "remove"), 2)?.message).toMatchObject({ code: "left-out", details: { refused: 1 } });
  expect([delivered(calm), delivered(cut), station.sandbox.activations().length]).toEqual([3, 3, 6]);
  expect([hashOutside(calm), hashOutside(cut)]).toEqual(before);
  expect(await entriesOf("batch.started")).toMatchObject([
    { decided: ["some-refused"], devices: 3, rejected: 2, work_order: "WO-1" },
    { decided: ["some-refused"], devices: 3, rejected: 1 },
  ]);
  expect((await entriesOf("request.rejected")).length).toBe(3);
  const { order } = await station.call("bench.get", {});
  expect(order).toMatchObject({ done: 6, claimed: 0, left: 4 });
});

test("devices that have a file get another when somebody says so: renewed, written again, on a second stick", async () => {
  const { shelf, slotIs, until } = await benchStation(2);
  const [first, second] = [shelf.add("FIRST"), shelf.add("SECOND")];
  for (const stick of [first, second]) ask(stick, 3, "same");
  const heldFor = async (slot: number, reason: string) =>
    tileOf(await until((view) => tileOf(view, slot)?.canAccept === reason), slot);
  await station.call("bench.arm", { workOrder: "WO-1", count: 20, renewals: false });
  shelf.plug(first, 1);
  await slotIs(1, "remove");

  shelf.plug(second, 2);
  await heldFor(2, "repeat-elsewhere");
  await accept(2, "repeat-elsewhere");
  expect(tileOf(await slotIs(2, "remove"), 2)?.message).toBeNull();

  const machineFile = Object.keys(first.files.tree(first.root)).find((path) => path.endsWith(".lic"));
  first.files.corrupt(`${first.root}/${machineFile}`, (bytes) =>
    bytes.map((byte, at) => (at === 99 ? byte ^ 1 : byte)),
  );
  shelf.plug(first, 1);
  await heldFor(1, "lost");
  await accept(1, "lost");
  await slotIs(1, "remove");
  for (const [index, { fingerprint, name }] of someDevices(1, "added").entries())
    first.files.put(`${first.root}/requests/added-${index}.fingerprint.txt`, `${fingerprint}\n${name}\n`);
  shelf.plug(first, 1);
  expect((await heldFor(1, "some-repeats"))?.message?.details).toEqual({ repeats: 3, devices: 4 });
  await accept(1, "some-repeats");
  await slotIs(1, "remove");
  shelf.plug(first, 1);
  await until((view) => tileOf(view, 1)?.state === "remove" && tileOf(view, 1)?.message?.code === "repeat");

  await station.call("bench.disarm", {});
  await station.call("bench.arm", { workOrder: "WO-2", count: 5, renewals: false });
  shelf.plug(first, 1);
  expect((await heldFor(1, "renewal"))?.message?.details).toEqual({ renewals: 4 });
  await accept(1, "renewal");
  await slotIs(1, "remove");
  // Within the room that is left.
  shelf.plug(second, 2);
  await heldFor(2, "repeat-elsewhere");
  expect(tileOf(await accept(2, "repeat-elsewhere"), 2)).toMatchObject({
    state: "held",
    canAccept: null,
    message: { code: "no-room", details: { devices: 3, room: 1 } },
  });

  expect([delivered(first), delivered(second), station.sandbox.activations().length]).toEqual([14, 3, 4]);
  expect((await entriesOf("batch.started")).map(({ decided }) => decided)).toEqual([
    undefined,
    ["repeat-elsewhere"],
    ["lost"],
    ["some-repeats"],
    ["renewal"],
  ]);
});

test("a decision about what the slot does not hold any more is refused", async () => {
  const { shelf, slotIs, until } = await benchStation(2);
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const [seen, swapped] = [shelf.add("SEEN"), shelf.add("SWAPPED")];
  for (const stick of [seen, swapped]) {
    ask(stick, 2, "same");
    refuse(stick, "worn");
  }
  const changed = { ok: false, error: { code: "USAGE", message: "The slot has changed. Look again." } };
  shelf.plug(seen, 1);
  const { stick = null } = tileOf(await slotIs(1, "held"), 1) ?? {};
  const decide = (slot: number, reason: StickDecision, which = stick) =>
    station.reply("bench.accept", { slot, stick: which ?? "", reason });
  expect(await decide(1, "renewal")).toMatchObject(changed);
  expect(await decide(2, "some-refused")).toMatchObject(changed);
  expect(
    await station.reply("bench.accept", { slot: 1, stick: stick ?? "", reason: "conflict" as "lost" }),
  ).toMatchObject({ ok: false });

  // Another stick with the same reason came in its place.
  shelf.pull(seen);
  await slotIs(1, "empty");
  shelf.plug(swapped, 1);
  await slotIs(1, "held");
  expect(await decide(1, "some-refused")).toMatchObject(changed);

  // Its devices were served elsewhere since it was read: it is read anew, and says so.
  shelf.plug(seen, 2);
  await slotIs(2, "held");
  await accept(2, "some-refused");
  await slotIs(2, "remove");
  const other = tileOf(await station.call("bench.get", {}), 1)?.stick ?? null;
  expect(await decide(1, "some-refused", other)).toMatchObject(changed);
  await slotIs(1, "held");
  await accept(1, "some-refused");
  await until((view) => tileOf(view, 1)?.canAccept === "repeat-elsewhere");
  await station.call("bench.disarm", {});
  expect(await decide(1, "repeat-elsewhere", other)).toMatchObject(changed);
  expect([delivered(seen), delivered(swapped), station.sandbox.activations().length]).toEqual([2, 0, 2]);
});

test("who decides stands for that stick's batch, who armed for the others", async () => {
  const { shelf, slotIs } = await benchStation(2);
  const secret = (name: string) => ({ badge: `B-${name}`, secret: `pin-${name}-4081` });
  await station.call("operators.add", { ...secret("ada"), name: "Ada", role: "administrator" });
  for (const name of ["olaf", "ute"]) await station.call("operators.add", { ...secret(name), name, role: "operator" });
  await station.call("operators.add", { ...secret("udo"), name: "udo", role: "auditor" });
  await station.call("session.sign-in", secret("olaf"));
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const [plain, held] = [shelf.add("PLAIN"), shelf.add("HELD")];
  for (const stick of [plain, held]) ask(stick, 2);
  refuse(held, "worn");
  shelf.plug(held, 2);
  const { stick } = tileOf(await slotIs(2, "held"), 2) ?? {};
  const decide = () => station.reply("bench.accept", { slot: 2, stick: stick ?? "", reason: "some-refused" });
  await station.call("session.sign-out", {});
  expect(await decide()).toMatchObject({ error: { code: "OPERATOR_SIGN_IN_NEEDED" } });
  await station.call("session.sign-in", secret("udo"));
  expect(await decide()).toMatchObject({ error: { code: "OPERATOR_NOT_ALLOWED" } });
  await station.call("session.sign-in", secret("ute"));
  expect(await decide()).toMatchObject({ ok: true });
  await station.call("session.sign-out", {});
  await slotIs(2, "remove");
  shelf.plug(plain, 1);
  await slotIs(1, "remove");

  await station.call("session.sign-in", secret("ada"));
  const started = await entriesOf("batch.started");
  expect(started).toMatchObject([{ operator: "ute", decided: ["some-refused"] }, { operator: "olaf" }]);
  const [byUte, byOlaf] = started.map(({ by }) => by);
  expect(byUte).not.toBe(byOlaf);
  const commits = await entriesOf("delivery.committed");
  expect(commits.map(({ by }) => by)).toEqual([byUte, byOlaf]);
  const signed = (await entriesOf("operator.signed")).filter(({ meaning }) => meaning === "started");
  expect(signed.map(({ operator }) => operator)).toEqual([byUte, byOlaf]);
  const overrides = await station.call("audit.overrides", { from: null, to: null });
  expect(JSON.stringify(overrides)).toContain("stick-decided");
  await station.call("ledger.verify", {});
  expect(await station.until("verification", ({ ok }) => ok !== null)).toMatchObject({ ok: true, problems: [] });
  const { keys, exported } = await exportAll();
  const verdict = await verifyEvidence({ source: folderSource({ exported }), keys: trustedKeysIn(keys) });
  expect([verdict.ok, verdict.findings]).toEqual([true, []]);
});

test.skipIf(python === null)("the Python verifier accepts a ledger with decisions in it (needs python3)", async () => {
  const { shelf, slotIs } = await benchStation(1);
  await station.call("bench.arm", { workOrder: "WO-1", count: 10, renewals: false });
  const stick = shelf.add("HELD");
  ask(stick, 2);
  refuse(stick, "worn");
  shelf.plug(stick, 1);
  await slotIs(1, "held");
  await accept(1, "some-refused");
  await slotIs(1, "remove");
  const { keys, exported } = await exportAll();
  expect(readFileSync(join(exported, "entries.jsonl"), "utf8")).toContain('"decided":["some-refused"]');
  const [verdict] = pythonVerdicts(verifierPy, [["--keys", keys, exported]]);
  expect([verdict?.code, verdict?.out]).toEqual([0, expect.stringContaining("entries")]);
});

/** Public keys and the whole ledger, as a person exports them. */
async function exportAll(): Promise<{ readonly keys: string; readonly exported: string }> {
  station.chosen.folder = station.folder;
  const { folder: keys } = await station.call("keys.export", {});
  const { folder: exported } = await station.call("ledger.export", {});
  return { keys: keys ?? "", exported: exported ?? "" };
}

test("a larger drive is worked on once a second person has agreed, and the ledger says who allowed it", async () => {
  const { shelf, slotIs } = await benchStation(1);
  const large = shelf.add("LARGE", { sizeBytes: 2_000_000_000_000 });
  ask(large, 2);
  await station.call("bench.arm", { workOrder: "WO-L", count: 10, renewals: false });
  shelf.plug(large, 1);
  const refused = await slotIs(1, "action");
  expect(tileOf(refused, 1)?.message?.details).toMatchObject({ reason: "too-large" });
  await station.call("bench.disarm", {});

  const secret = (name: string) => ({ badge: `B-${name}`, secret: `pin-${name}-4081` });
  await station.call("operators.add", { ...secret("ada"), name: "Ada", role: "administrator" });
  await station.call("operators.add", { ...secret("olaf"), name: "Olaf", role: "operator" });
  const policy = { approvals: ["large-drive" as const], lockAfterMinutes: null, needAllotment: null };
  await station.call("operators.policy", policy);
  await station.call("session.sign-in", secret("olaf"));
  const needed = await station.reply("bench.allow-drive", { slot: 1 });
  if (needed.ok) throw new Error("It was allowed by nobody.");
  expect(needed.error.code).toBe("APPROVAL_NEEDED");
  const reference = String(needed.error.details?.["reference"]);
  const { id } = await station.call("approvals.ask", { subject: "large-drive", reference, reason: "an archive disk" });
  await station.call("approvals.decide", { id, ...secret("ada"), approve: true });

  await station.call("bench.arm", { workOrder: "WO-L", count: 10, renewals: false });
  await station.call("bench.allow-drive", { slot: 1 });
  shelf.pull(large);
  await slotIs(1, "empty");
  shelf.plug(large, 1);
  // What was allowed was that plugging.
  expect(tileOf(await slotIs(1, "action"), 1)?.message?.details).toMatchObject({ reason: "too-large" });
  expect(await station.reply("bench.allow-drive", { slot: 1 })).toMatchObject({ error: { code: "APPROVAL_NEEDED" } });

  const again = await station.call("approvals.ask", { subject: "large-drive", reference, reason: "once more" });
  await station.call("approvals.decide", { id: again.id, ...secret("ada"), approve: true });
  await station.call("bench.allow-drive", { slot: 1 });
  await slotIs(1, "remove");
  expect(delivered(large)).toBe(2);
  const { rows } = await station.call("ledger.page", { before: null, limit: 50, type: "drive.allowed", query: "" });
  expect(rows.map(({ json }) => JSON.parse(json))).toMatchObject([
    { drive: expect.stringContaining("LARGE"), size_bytes: 2_000_000_000_000, by: expect.stringMatching(/^op-/) },
    { size_bytes: 2_000_000_000_000 },
  ]);
});

test("without a rule for it a supervisor allows a larger drive alone, an operator does not", async () => {
  const { shelf, until } = await benchStation(1);
  const large = shelf.add("LARGE", { sizeBytes: 2_000_000_000_000 });
  const secret = (name: string) => ({ badge: `B-${name}`, secret: `pin-${name}-4081` });
  await station.call("operators.add", { ...secret("ada"), name: "Ada", role: "administrator" });
  await station.call("operators.add", { ...secret("olaf"), name: "Olaf", role: "operator" });
  shelf.plug(large, 2);
  const { elsewhere } = await until(({ elsewhere: found }) => found.length === 1);
  const drive = elsewhere[0]?.id ?? "";
  await station.call("session.sign-in", secret("olaf"));
  expect(await station.reply("bench.allow-drive", { drive })).toMatchObject({
    error: { code: "OPERATOR_NOT_ALLOWED" },
  });
  await station.call("session.sign-in", secret("ada"));
  const allowed = await station.call("bench.allow-drive", { drive });
  expect(allowed.elsewhere).toMatchObject([{ refusal: null }]);
  expect(await station.reply("bench.allow-drive", { drive })).toMatchObject({ error: { code: "USAGE" } });
});
