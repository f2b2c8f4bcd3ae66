import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, test } from "vitest";
import type { CallInput, CallName } from "../../shared/ipc/contract.ts";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";

let on: WindowStation;
afterEach(() => on.close());

const damagedIndex = 5;
const ada = { badge: "B-ada", secret: "hopper-7730" };

async function codeOf<N extends CallName>(name: N, input: CallInput<N>): Promise<string> {
  const reply = await on.reply(name, input);
  return reply.ok ? "" : reply.error.code;
}

async function provisioned(): Promise<string> {
  on = await windowStation();
  on.chosen["vendor-key"] = licenceFiles(on.folder, "").key;
  await on.call("licence.add-vendor-key", {});
  const stickId = await on.stick(someDevices(3));
  const { id } = await on.call("batch.start", { stickId, onConflict: "refuse" });
  await on.until("batches", (all) => all.some((one) => one.id === id && one.phase === "finished"));
  return stickId;
}

/** One digit of one entry. */
function damage(): void {
  const database = new DatabaseSync(join(on.folder, "home", "ledger.db"));
  const bytes = Buffer.from(
    database.prepare("SELECT bytes FROM entries WHERE idx = ?").get(damagedIndex)?.["bytes"] as Uint8Array,
  );
  bytes[bytes.indexOf('"at":"20') + 8] = 0x31;
  database.prepare("UPDATE entries SET bytes = ? WHERE idx = ?").run(bytes, damagedIndex);
  database.close();
}

async function damagedHome(): Promise<void> {
  await on.reopen(damage);
  // The window asks for something at once.
  await on.call("ledger.page", { before: null, limit: 50, type: null, query: "" });
}

/** Everything that spends or writes, with inputs that would pass otherwise. */
async function refusals(stickId: string): Promise<readonly string[]> {
  return [
    await codeOf("batch.preflight", { stickId }),
    await codeOf("batch.start", { stickId, onConflict: "refuse" }),
    await codeOf("single.issue", { fingerprint: "fp-pasted-0001", name: "", stickId: null }),
    await codeOf("keys.rotate", { use: "manifest" }),
    await codeOf("witness.policy", { needed: 0, keys: [] }),
    await codeOf("bench.arm", { workOrder: "WO-1", count: 1, renewals: false }),
    await codeOf("licence.paste", { secret: testVendor.token(unlimited) }),
  ];
}

test("a damaged ledger opens the window for reading: every feed goes on, and the status says what is wrong", async () => {
  await provisioned();
  await damagedHome();
  const { ledger } = await on.until("status", ({ ledger: { health } }) => health === "broken");
  expect(ledger.problem).toContain(`${damagedIndex}`);
  expect(ledger.size).toBeGreaterThan(10);
  for (const feed of [
    "sticks",
    "batches",
    "bench",
    "verification",
    "comparison",
    "licence",
    "session",
    "approvals",
  ] as const) {
    await on.until(feed, () => true);
  }
  expect((await on.call("devices.search", { query: "device", offset: 0, limit: 10 })).total).toBeGreaterThan(1);
  expect((await on.call("witness.list", {})).contradictions).toEqual([]);
  const [stick] = await on.call("sticks.read", {
    stickId: (await on.until("sticks", (all) => all.length > 0))[0]?.id ?? "",
  });
  expect(await refusals(stick?.id ?? "")).toEqual(Array(7).fill("LEDGER_BROKEN"));
});

test("export from the window saves what is left of a damaged ledger, and says what is wrong", async () => {
  await provisioned();
  await damagedHome();
  on.chosen.folder = on.folder;
  const { folder, entries } = await on.call("ledger.export", {});
  const { size } = await on.call("witness.list", {});
  expect(entries).toBe(size - 1);
  expect(readdirSync(folder ?? "")).toEqual(expect.arrayContaining(["DAMAGE.txt", "slice.json", "entries.jsonl"]));
  expect(readFileSync(join(folder ?? "", "DAMAGE.txt"), "utf8")).toContain(`entry ${damagedIndex}: `);
  expect(
    readFileSync(join(folder ?? "", "entries.jsonl"), "utf8")
      .trimEnd()
      .split("\n"),
  ).toHaveLength(entries);
});

test("damage that the verification finds while the window is open stops everything that writes from then on", async () => {
  const stickId = await provisioned();
  expect(await codeOf("batch.preflight", { stickId })).toBe("");
  damage();
  const { size } = await on.call("ledger.page", { before: null, limit: 1, type: null, query: "" });
  await on.call("ledger.verify", {});
  await on.until("status", ({ ledger }) => ledger.health === "broken");
  expect(await refusals(stickId)).toEqual(Array(7).fill("LEDGER_BROKEN"));
  expect(await codeOf("operators.add", { ...ada, name: "Ada", role: "administrator" })).toBe("LEDGER_BROKEN");
  await on.until("licence", ({ state }) => state === "none");
  expect((await on.call("ledger.page", { before: null, limit: 1, type: null, query: "" })).size).toBe(size);
});

test("people still sign in and out at a station that only reads, wrong PINs still lock, and nothing of it is logged", async () => {
  await provisioned();
  await on.call("operators.add", { ...ada, name: "Ada", role: "administrator" });
  await on.reopen(damage);
  await on.call("session.get", {});
  const { size } = (await on.until("status", ({ ledger }) => ledger.health === "broken")).ledger;
  expect(await codeOf("ledger.export", {})).toBe("OPERATOR_SIGN_IN_NEEDED");
  expect(await codeOf("session.sign-in", { ...ada, secret: "wrong-0001" })).toBe("OPERATOR_UNKNOWN");
  expect(await on.call("session.sign-in", ada)).toMatchObject({ operator: { name: "Ada" } });
  on.chosen.folder = on.folder;
  expect((await on.call("ledger.export", {})).entries).toBe(size - 1);
  expect(await codeOf("operators.change", { id: "op", name: "Eve", role: "operator", active: true })).not.toBe("");
  await on.call("session.sign-out", {});
  for (let guess = 0; guess < 5; guess += 1) await codeOf("session.sign-in", { ...ada, secret: `wrong-${guess}` });
  expect(await codeOf("session.sign-in", ada)).toBe("OPERATOR_LOCKED_OUT");
  expect((await on.until("status", () => true)).ledger.size).toBe(size);
}, 60_000);
