import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import { migrate, newestVersion } from "../../electron/engine/ledger/migrations/migrate.ts";
import { deviceNames, type LedgerWorld, ledgerWorld, sha, vkey, wholeBatch } from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

/** The ledger as the station of `version` would have left it. */
async function ledgerOfVersion(version: number): Promise<{ readonly note: string; readonly size: number }> {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(400)));
  const { size } = ledger;
  const note = ledger.checkpoint();
  ledger.close();
  const database = new DatabaseSync(world.path);
  const old = `${world.path}.old`;
  const copy = new DatabaseSync(old);
  migrate(copy, version);
  copy.close();
  database.exec(`ATTACH '${old}' AS old`);
  for (const table of ["entries", "tiles", "head"]) database.exec(`INSERT INTO old.${table} SELECT * FROM ${table}`);
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
    expect(database.prepare("SELECT through FROM lookup_state").get()).toEqual({ through: size });
    database.close();
    expect(await verifyLedger({ path: world.path, vkey })).toMatchObject({ ok: true, size });
  },
);

test("a ledger of an older version is not opened for reading only", async () => {
  await ledgerOfVersion(1);
  await expect(world.open({ readOnly: true })).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
});

test("lookups that were never written, as after a crash, are made again from the entries", async () => {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(1500)));
  const database = new DatabaseSync(world.path);
  expect(database.prepare("SELECT through FROM lookup_state").get()).toEqual({ through: 0 });
  ledger.append(wholeBatch("batch-0002", deviceNames(10)));
  expect(database.prepare("SELECT through FROM lookup_state").get()).toEqual({ through: 4503 });
  ledger.close();
  database.exec(
    "DELETE FROM by_device; DELETE FROM by_batch; DELETE FROM milestones; UPDATE lookup_state SET through = 0",
  );
  database.close();
  const again = await world.open();
  expect([...again.deviceHistory(sha("device-3"))].length).toBe(6);
  again.close();
  expect((await verifyLedger({ path: world.path, vkey })).problems).toEqual([]);
});
