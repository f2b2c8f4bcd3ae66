import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { CallInput, CallName } from "../../shared/ipc/contract.ts";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";

const open: WindowStation[] = [];
afterEach(async () => {
  for (const station of open.splice(0)) await station.close();
});

async function station(sandbox = {}): Promise<WindowStation> {
  const opened = await windowStation({ sandbox });
  open.push(opened);
  return opened;
}

async function provisioned(prefix = "device"): Promise<WindowStation> {
  const opened = await station();
  await provision(opened, prefix);
  return opened;
}

async function provision(on: WindowStation, prefix: string): Promise<void> {
  const stickId = await on.stick(someDevices(2, prefix));
  const { id } = await on.call("batch.start", { stickId, onConflict: "refuse" });
  await on.until("batches", (all) => all.some((one) => one.id === id && one.phase === "finished"));
}

async function codeOf<N extends CallName>(on: WindowStation, name: N, input: CallInput<N>): Promise<string> {
  const reply = await on.reply(name, input);
  return reply.ok ? "" : reply.error.code;
}

test("each key is rotated from the window, the ledger says so, and the settings show the new fingerprints", async () => {
  const on = await provisioned();
  const before = (await on.call("settings.get", {})).keyFingerprints;
  const entries: number[] = [];
  for (const use of ["ledger", "manifest", "minisign"] as const) {
    const rotated = await on.call("keys.rotate", { use });
    expect(rotated).toMatchObject({ use, newSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(rotated.newSha256).not.toBe(rotated.oldSha256);
    entries.push(rotated.entry);
  }
  const after = (await on.call("settings.get", {})).keyFingerprints;
  for (const use of ["ledger", "manifest", "minisign"] as const) expect(after[use]).not.toBe(before[use]);
  const { rows } = await on.call("ledger.page", { before: null, limit: 10, type: "key.rotated", query: "" });
  expect(rows.map(({ index }) => index)).toEqual(entries.reverse());
  await on.call("ledger.verify", {});
  expect(await on.until("verification", ({ ok }) => ok !== null)).toMatchObject({ ok: true, problems: [] });
  await provision(on, "later");
});

test("no key changes while a batch is worked on", async () => {
  const on = await station({ latencyMs: 400 });
  const stickId = await on.stick(someDevices(2));
  const { id } = await on.call("batch.start", { stickId, onConflict: "refuse" });
  expect(await codeOf(on, "keys.rotate", { use: "manifest" })).toBe("STICK_BUSY");
  await on.call("batch.stop", { batch: id });
});

test("with accounts a rotation waits for a second person where policy says so, and is signed for", async () => {
  const on = await provisioned();
  const grace = { badge: "B-grace", secret: "lovelace-81" };
  await on.call("operators.add", { badge: "B-ada", secret: "hopper-7730", name: "Ada", role: "administrator" });
  await on.call("operators.add", { ...grace, name: "Grace", role: "supervisor" });
  await on.call("operators.policy", { approvals: ["key-rotation"], lockAfterMinutes: null, needAllotment: null });
  const refused = await on.reply("keys.rotate", { use: "ledger" });
  expect(refused).toMatchObject({
    ok: false,
    error: { code: "APPROVAL_NEEDED", details: { subject: "key-rotation" } },
  });
  const reference = refused.ok ? "" : String(refused.error.details?.["reference"]);
  const { id } = await on.call("approvals.ask", { subject: "key-rotation", reference, reason: "yearly" });
  await on.call("approvals.decide", { id, ...grace, approve: true });
  expect(await codeOf(on, "keys.rotate", { use: "manifest" })).toBe("APPROVAL_NEEDED");
  expect(await codeOf(on, "keys.rotate", { use: "ledger" })).toBe("");
  expect(await codeOf(on, "keys.rotate", { use: "ledger" })).toBe("APPROVAL_NEEDED");
  await on.call("session.sign-in", grace);
  expect(await codeOf(on, "keys.rotate", { use: "ledger" })).toBe("OPERATOR_NOT_ALLOWED");
  expect(await codeOf(on, "witness.policy", { needed: 0, keys: [] })).toBe("OPERATOR_NOT_ALLOWED");
  expect(await codeOf(on, "witness.list", {})).toBe("");
});

test("a checkpoint is taken in by paste and by file, and told apart from others' and from no checkpoint", async () => {
  const on = await provisioned();
  const other = await station();
  await other.call("keys.export", {});
  const { checkpoint } = await on.call("ledger.checkpoint", {});
  const { size } = await on.call("witness.list", {});
  await provision(on, "later");
  const pasted = await on.call("witness.add", { note: checkpoint.replaceAll("\n", "\r\n").trimEnd() });
  expect(pasted).toMatchObject({ size, witnesses: [], needed: 0, view: { seen: [{ size, stick: null }] } });
  const file = join(on.folder, "note");
  writeFileSync(file, (await on.call("ledger.checkpoint", {})).checkpoint);
  expect(await on.call("witness.add", { note: null })).toBe(null);
  on.chosen.checkpoint = file;
  expect(await on.call("witness.add", { note: null })).toMatchObject({ view: { contradictions: [] } });
  on.chosen.checkpoint = on.folder;
  expect(await codeOf(on, "witness.add", { note: null })).not.toBe("");
  expect(await codeOf(on, "witness.add", { note: "hello" })).toBe("VERIFY_ENCODING");
  const foreign = checkpoint.replaceAll(/^(— )?press-hall(?= |$)/gm, "$1other-hall");
  expect(await codeOf(on, "witness.add", { note: foreign })).toBe("LEDGER_FOREIGN");
});

test("witnesses are named by their keys, and a policy that nobody could meet is refused", async () => {
  const on = await provisioned();
  const { ownKey } = await on.call("witness.list", {});
  expect(await codeOf(on, "witness.policy", { needed: 1, keys: [ownKey] })).toBe("USAGE");
  expect(await codeOf(on, "witness.policy", { needed: 1, keys: [] })).toBe("USAGE");
  expect(await codeOf(on, "witness.policy", { needed: 1, keys: ["no key"] })).not.toBe("");
  const other = await windowStation({ isSetUp: false });
  open.push(other);
  await other.call("settings.update", { stationName: "hq" });
  await other.call("keys.export", {});
  const witness = (await other.call("witness.list", {})).ownKey;
  const view = await on.call("witness.policy", { needed: 1, keys: [` ${witness}\n`] });
  expect(view.policy).toEqual({ needed: 1, keys: [witness] });
});

test("a checkpoint that today's ledger contradicts is refused, and listed with both signed notes", async () => {
  const on = await provisioned();
  const ledger = join(on.folder, "home", "ledger.db");
  await on.reopen(() => cpSync(ledger, join(on.folder, "older.db")));
  await provision(on, "later");
  const { checkpoint } = await on.call("ledger.checkpoint", {});
  await on.reopen(() => {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${ledger}${end}`, { force: true });
    cpSync(join(on.folder, "older.db"), ledger);
  });
  const { checkpoint: own } = await on.call("ledger.checkpoint", {});
  expect(await codeOf(on, "witness.add", { note: checkpoint })).toBe("LEDGER_REWOUND");
  expect((await on.call("witness.list", {})).contradictions).toMatchObject([
    { reason: "ahead", checkpoint, ownCheckpoint: own, stick: null },
  ]);
});
