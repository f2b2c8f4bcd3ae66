import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { CallInput, CallName } from "../../shared/ipc/contract.ts";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";

let station: WindowStation;
afterEach(() => station.close());

const pins = { ada: "hopper-7730", grace: "lovelace-81", olaf: "kirche-4029" } as const;
type Name = keyof typeof pins;
const badge = (name: Name) => ({ badge: `B-${name}`, secret: pins[name] });
const codeOf = async <N extends CallName>(name: N, input: CallInput<N>) => {
  const reply = await station.reply(name, input);
  return reply.ok ? "" : reply.error.code;
};

async function staffed(): Promise<void> {
  station = await windowStation();
  await station.call("operators.add", { ...badge("ada"), name: "Ada", role: "operator" });
  await station.call("operators.add", { ...badge("grace"), name: "Grace", role: "supervisor" });
  await station.call("operators.add", { ...badge("olaf"), name: "Olaf", role: "operator" });
}

test("from the first account on the engine refuses what a role does not include, whatever the window shows", async () => {
  station = await windowStation();
  expect(await station.call("session.get", {})).toMatchObject({ accounts: false, operator: null });
  await station.close();
  await staffed();
  expect(await station.call("session.get", {})).toMatchObject({
    accounts: true,
    operator: { name: "Ada", role: "administrator", badge: "B-ada" },
  });
  await station.call("session.sign-out", {});
  expect(await codeOf("licenses.list", {})).toBe("OPERATOR_SIGN_IN_NEEDED");
  expect(await codeOf("operators.add", { ...badge("ada"), name: "Eve", role: "administrator" })).toBe(
    "OPERATOR_SIGN_IN_NEEDED",
  );
  expect(await codeOf("settings.get", {})).toBe("");
  expect(await codeOf("session.sign-in", { ...badge("olaf"), secret: "wrong-one" })).toBe("OPERATOR_UNKNOWN");
  const session = await station.call("session.sign-in", badge("olaf"));
  expect(session.allowed).toContain("batch.start");
  expect(session.allowed).not.toContain("settings.update");
  expect(await codeOf("settings.update", { apiUrl: "https://elsewhere.example" })).toBe("OPERATOR_NOT_ALLOWED");
  expect(await codeOf("settings.update", { theme: "dark" })).toBe("");
  const until = station.until("session", ({ operator }) => operator?.name === "Grace");
  await station.call("session.sign-in", badge("grace"));
  expect((await until).operator).toMatchObject({ role: "supervisor" });
}, 120_000);

test("a batch goes on under whoever began it while somebody else signs in, and its entries say so", async () => {
  await staffed();
  await station.call("session.sign-in", badge("olaf"));
  const stickId = await station.stick(someDevices(40));
  const { id, operator } = await station.call("batch.start", { stickId, onConflict: "refuse" });
  await station.call("session.sign-in", badge("grace"));
  await station.until("batches", (all) => all.some((one) => one.id === id && one.phase === "finished"));
  const { rows } = await station.call("ledger.page", { before: null, limit: 500, type: null, query: id });
  const accounts = await station.call("operators.list", {});
  const olaf = accounts.find(({ name }) => name === "Olaf")?.id;
  expect(operator).toBe("Olaf");
  expect(rows.length).toBeGreaterThan(100);
  expect(new Set(rows.map(({ json }) => JSON.parse(json).by))).toEqual(new Set([olaf]));
  // The window tells people's names, and finds by them what the ledger has under ids.
  expect(new Set(rows.map((row) => row.operator))).toEqual(new Set(["Olaf"]));
  const page = await station.call("ledger.page", { before: null, limit: 5, type: "operator.signed", query: "olaf" });
  expect(page.rows.map((row) => row.operator)).toEqual(page.rows.map(() => "Olaf"));
  expect(page.rows.length).toBeGreaterThan(0);
}, 120_000);

test("a contradiction is overridden only with a second person's badge, and the window is told at every step", async () => {
  await staffed();
  await station.call("session.sign-in", badge("olaf"));
  const [one] = someDevices(1);
  const stickId = await station.stick(
    [one, { ...one, name: "another name" }].filter((device) => device !== undefined) as never,
  );
  const start = () => station.reply("batch.start", { stickId, onConflict: "accept" });
  const refused = await start();
  expect(refused).toMatchObject({ ok: false, error: { code: "APPROVAL_NEEDED" } });
  const details = refused.ok ? {} : (refused.error.details ?? {});
  const asked = await station.call("approvals.ask", {
    subject: "conflict-override",
    reference: String(details["reference"]),
    reason: "label was changed",
  });
  expect(await station.until("approvals", (all) => all.length > 0)).toMatchObject([{ id: asked.id, askedBy: "Olaf" }]);
  expect(await codeOf("approvals.decide", { id: asked.id, ...badge("olaf"), approve: true })).toBe(
    "APPROVAL_SAME_PERSON",
  );
  expect(await station.call("approvals.decide", { id: asked.id, ...badge("grace"), approve: true })).toMatchObject({
    state: "approved",
    decidedBy: "Grace",
  });
  expect(await start()).toMatchObject({ ok: true });
  await station.until("batches", (all) => all.some(({ phase }) => phase === "finished"));
  expect(await station.call("approvals.list", {})).toMatchObject([{ state: "used" }]);
  expect(station.sandbox.activations()).toHaveLength(1);
}, 120_000);

test("after a restart nobody is signed in, accounts stand, and no file but the sealed ones grew by a PIN", async () => {
  await staffed();
  await station.reopen();
  expect(await station.call("session.get", {})).toMatchObject({ accounts: true, operator: null });
  expect(await codeOf("batch.list", { offset: 0, limit: 5 })).toBe("OPERATOR_SIGN_IN_NEEDED");
  const ledger = readFileSync(join(station.folder, "home", "ledger.db")).toString("latin1");
  for (const pin of Object.values(pins)) expect(ledger).not.toContain(pin);
}, 120_000);
