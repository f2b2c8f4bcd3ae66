import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { readKeyFile } from "#shared/verifier/trusted-keys.ts";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { deviceNames, ledgerWorld, vkey, wholeBatch } from "../fixtures/ledger-world.ts";
import { type CliWorld, inWorld } from "./cli-world.ts";
import { quietHooks } from "./workbench.ts";

const damagedIndex = 3;

test("a station whose ledger was damaged opens for reading: it searches, and refuses whatever spends or writes", () =>
  inWorld(async (world) => {
    await provisioned(world);
    const before = damage(world);
    const station = await world.open();
    try {
      expect(station.readOnly).toMatchObject({ code: "LEDGER_BROKEN", details: { index: damagedIndex } });
      expect(station.ledger.entriesOfType("batch.finished")).toHaveLength(1);
      expect((await station.read(world.stick)).requests).toHaveLength(2);
      const refused = expect.objectContaining({ code: "LEDGER_BROKEN" });
      const signal = new AbortController().signal;
      const resume = { apiKey: null, concurrency: 1, acceptSigningKey: null, ending: "finish" } as const;
      await expect(station.preflight(world.stick, world.job(), world.api(), signal)).rejects.toEqual(refused);
      await expect(station.provision(world.stick, world.job(), world.api(), quietHooks())).rejects.toEqual(refused);
      await expect(station.resume(world.stick, resume, quietHooks())).rejects.toEqual(refused);
      expect(() => station.rotateKey("manifest", { operator: null })).toThrow(refused);
      expect(() => station.ledger.append([{ type: "witness.policy", needed: 0, keys: [], operator: null }])).toThrow(
        refused,
      );
    } finally {
      await station.close();
    }
    expect(world.entries()).toEqual(before);
    expect((await world.station(["keys", "export", "--out", join(world.home, "..", "keys")])).code).toBe(0);
  }));

test("what is left of a damaged ledger is exported with a proof for each entry, and says what is missing", () =>
  inWorld(async (world) => {
    await provisioned(world);
    damage(world);
    const at = (name: string) => join(world.home, "..", name);
    await world.station(["keys", "export", "--out", at("keys")]);
    expect((await world.station(["ledger", "export", "--out", at("whole")])).code).toBe(5);
    const run = await world.station(["ledger", "export", "--salvage", "--out", at("left"), "--json"]);
    const size = world.entries().length;
    expect([run.code, JSON.parse(run.stdout)]).toMatchObject([0, { entries: size - 1, size }]);
    expect(readFileSync(join(at("left"), "DAMAGE.txt"), "utf8")).toContain(`entry ${damagedIndex}: `);
    const ledger = readKeyFile(readFileSync(join(at("keys"), "ledger.vkey")));
    if (ledger.kind !== "ledger") throw new Error("not the key");
    const verdict = await verifyEvidence({
      source: folderSource({ left: at("left") }),
      keys: { ledger: ledger.key, manifest: null, minisign: null },
    });
    expect(verdict.ok).toBe(true);
    expect(verdict.subjects).toMatchObject([
      { kind: "slice", checks: expect.arrayContaining([{ check: "entries", count: size - 1, ok: true }]) },
    ]);
  }));

test("nothing is salvaged from a ledger that verifies", () =>
  inWorld(async (world) => {
    await provisioned(world);
    const out = join(world.home, "..", "left");
    expect((await world.station(["ledger", "export", "--salvage", "--out", out])).code).toBe(2);
  }));

test("damage before the newest entries is found by the whole verification, and then at every start until it is gone", async () => {
  const world = ledgerWorld();
  try {
    const ledger = await world.open();
    const devices = deviceNames(7000);
    for (let i = 0; i < 7; i++) ledger.append(wholeBatch(`batch-000${i}`, devices));
    expect(ledger.size).toBeGreaterThan(2 * 65_536);
    ledger.close();
    const database = new DatabaseSync(world.path);
    const { bytes } = database.prepare("SELECT bytes FROM entries WHERE idx = 5").get() ?? {};
    const sound = bytes as Uint8Array;
    const change = database.prepare("UPDATE entries SET bytes = ? WHERE idx = 5");
    change.run(sound.with(20, 0x39));
    database.close();
    const tail = { path: world.path, vkey, tail: 65_536 };
    expect(await verifyLedger(tail)).toMatchObject({ ok: true, problems: [] });
    expect(await verifyLedger({ path: world.path, vkey })).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ index: 5, kind: "leaf" })]),
    });
    await expect(world.open({ whole: true })).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
    // In the tail it is found at once, as is a tile that stands for what lies before it.
    const again = new DatabaseSync(world.path);
    again.prepare("UPDATE entries SET bytes = ? WHERE idx = 5").run(sound);
    again.exec("UPDATE tiles SET root = zeroblob(32) WHERE level = 1 AND idx = 0");
    again.close();
    expect((await verifyLedger(tail)).problems).toMatchObject([{ kind: "head" }]);
    await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
  } finally {
    world.remove();
  }
}, 60_000);

test("what the command line's verification found is remembered, so that the next start looks at everything", () =>
  inWorld(async (world) => {
    await provisioned(world);
    const mend = entryBytes(world);
    damage(world);
    await world.station(["ledger", "verify"]);
    expect(Object.keys(world.files(world.home))).toContain("ledger.damaged");
    const database = new DatabaseSync(join(world.home, "ledger.db"));
    database.prepare("UPDATE entries SET bytes = ? WHERE idx = ?").run(mend, damagedIndex);
    database.close();
    expect((await world.station(["ledger", "verify"])).code).toBe(0);
    expect(Object.keys(world.files(world.home))).not.toContain("ledger.damaged");
  }));

async function provisioned(world: CliWorld): Promise<void> {
  world.askFor("a", "b");
  const { code, stderr } = await world.provision();
  if (code !== 0) throw new Error(stderr);
}

function entryBytes(world: CliWorld): Uint8Array {
  const database = new DatabaseSync(join(world.home, "ledger.db"), { readOnly: true });
  const row = database.prepare("SELECT bytes FROM entries WHERE idx = ?").get(damagedIndex);
  database.close();
  return row?.["bytes"] as Uint8Array;
}

/** One digit of one entry. @returns all entries as they are then */
function damage(world: CliWorld): readonly Record<string, unknown>[] {
  const bytes = Buffer.from(entryBytes(world));
  const year = bytes.indexOf('"at":"20') + 8;
  bytes[year] = 0x31;
  const database = new DatabaseSync(join(world.home, "ledger.db"));
  database.prepare("UPDATE entries SET bytes = ? WHERE idx = ?").run(bytes, damagedIndex);
  database.close();
  return world.entries();
}
