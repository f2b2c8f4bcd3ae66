import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import { migrate, newestVersion } from "../../electron/engine/ledger/migrations/migrate.ts";
import {
  deviceNames,
  issued,
  type LedgerWorld,
  ledgerWorld,
  sha,
  started,
  vkey,
  wholeBatch,
} from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

/** The ledger as the station of `version` would have left it. */
async function ledgerOfVersion(version: number): Promise<{ readonly note: string; readonly size: number }> {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(1400)));
  const { size } = ledger;
  const note = ledger.checkpoint();
  ledger.close();
  const database = new DatabaseSync(world.path);
  const old = `${world.path}.old`;
  const copy = new DatabaseSync(old);
  migrate(copy, version);
  copy.close();
  database.exec(`ATTACH '${old}' AS old`);
  const tables = ["entries", "tiles", "head"];
  if (version >= 2) tables.push("device_runs", "by_batch", "milestones");
  if (version >= 4) tables.push("provisionings");
  for (const table of tables) database.exec(`INSERT INTO old.${table} SELECT * FROM ${table}`);
  database.exec("DETACH old");
  database.close();
  rmSync(world.path);
  const moved = new DatabaseSync(old);
  moved.exec(`VACUUM INTO '${world.path}'`);
  moved.close();
  return { note, size };
}

test.each(Array.from({ length: newestVersion - 1 }, (_, i) => i + 1))(
  "a ledger of version %i verifies as it is, and opens as one of the newest with nothing changed and everything found",
  async (version) => {
    const { note, size } = await ledgerOfVersion(version);
    expect(await verifyLedger({ path: world.path, vkey })).toMatchObject({ ok: true, size });
    const ledger = await world.open();
    expect([ledger.size, ledger.checkpoint()]).toEqual([size, note]);
    expect(ledger.latestIssued(sha("device-7"))?.entry.device_name).toBe("Press device-7");
    expect([...ledger.batchEntries("batch-0001")].length).toBe(size - 1);
    ledger.close();
    const database = new DatabaseSync(world.path, { readOnly: true });
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: newestVersion });
    expect(database.prepare("SELECT run FROM device_runs").all()).toEqual([{ run: 0 }]);
    expect(database.prepare("SELECT run FROM expiry_runs").all()).toEqual([{ run: 0 }]);
    database.close();
    expect(await verifyLedger({ path: world.path, vkey })).toMatchObject({ ok: true, size });
  },
);

test("a ledger of before there was a table of expiries tells them all the same, for reading only", async () => {
  await ledgerOfVersion(4);
  const expiresMs = Date.parse(issued("batch-0001", "device-7").expires_at);
  const ledger = await world.open({ readOnly: true });
  const { length } = await ledger.expiring(expiresMs, expiresMs);
  expect([length, await ledger.expiring(expiresMs + 1, expiresMs + 2)]).toEqual([1400, []]);
  ledger.close();
});

test("a ledger of an older version is not opened for reading only", async () => {
  await ledgerOfVersion(1);
  await expect(world.open({ readOnly: true })).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
});

test("lookups are written with the entry that completes a run, and answer alike from table and memory", async () => {
  const ledger = await world.open();
  const runs = () => {
    const database = new DatabaseSync(world.path, { readOnly: true });
    const { n } = database.prepare("SELECT count(*) AS n FROM device_runs").get() ?? {};
    database.close();
    return n;
  };
  ledger.append(wholeBatch("batch-0001", deviceNames(1364)));
  expect([ledger.size, runs()]).toEqual([4095, 0]);
  const before = [...ledger.deviceHistory(sha("device-3"))];
  ledger.append([started("batch-0002")]);
  expect(runs()).toBe(1);
  expect([...ledger.deviceHistory(sha("device-3"))]).toEqual(before);
  ledger.append([issued("batch-0002", "device-3")]);
  expect([...ledger.deviceHistory(sha("device-3"))].map(({ index }) => index)).toEqual([
    ...before.map(({ index }) => index),
    4096,
  ]);
  ledger.append(deviceNames(4200).map((device) => issued("batch-0002", device)));
  expect(runs()).toBe(2);
  expect([...ledger.deviceHistory(sha("device-3"))].length).toBe(5);
  expect(ledger.openBatches().map(({ batch }) => batch)).toEqual(["batch-0002"]);
  ledger.close();
  expect((await verifyLedger({ path: world.path, vkey })).problems).toEqual([]);
});
