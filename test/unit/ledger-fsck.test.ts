import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import {
  attachment,
  deviceNames,
  issued,
  type LedgerWorld,
  ledgerWorld,
  started,
  vkey,
  wholeBatch,
} from "../fixtures/ledger-world.ts";

/** One complete run of lookups and more: 18 complete tiles, partial ones, files kept. */
let world: LedgerWorld;
let sound: string;
let older: string;
let newest: string;
let size: number;
beforeAll(async () => {
  world = ledgerWorld();
  sound = join(world.folder, "sound.db");
  older = join(world.folder, "older.db");
  let ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(1400)));
  ledger.close();
  copyFileSync(world.path, older);
  ledger = await world.open();
  ledger.append(
    [started("batch-0002"), issued("batch-0002", "x"), issued("batch-0002", "y")],
    [attachment("batch-0002", "x"), attachment("batch-0002", "y")],
  );
  newest = ledger.checkpoint();
  size = ledger.size;
  ledger.close();
  copyFileSync(world.path, sound);
});
const restore = (from = sound) => {
  for (const side of ["-wal", "-shm"]) rmSync(world.path + side, { force: true });
  copyFileSync(from, world.path);
};
beforeEach(() => restore());
afterAll(() => world.remove());

const change = (sql: string, path = world.path) => {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON");
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
};
const kindsAndPlaces = async () =>
  (await verifyLedger({ path: world.path, vkey })).problems.map(({ kind, index }) =>
    index === null ? kind : `${kind} ${index}`,
  );

test("a sound ledger verifies, with its size and head", async () => {
  expect(await verifyLedger({ path: world.path, vkey })).toEqual({ ok: true, size, problems: [], checkpoint: newest });
  expect(size).toBe(4206);
});

test("progress rises to the whole", async () => {
  const seen: [number, number][] = [];
  await verifyLedger({ path: world.path, vkey, onProgress: (done, total) => seen.push([done, total]) });
  expect(seen.at(-1)).toEqual([size, size]);
});

test.each<[string, string, readonly string[]]>([
  [
    "a byte of an entry",
    "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Press', 'press') AS BLOB) WHERE idx = 7",
    ["leaf 7", "tile 7", "head"],
  ],
  [
    "a byte of the last entry",
    "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'key-1', 'key-2') AS BLOB) WHERE idx = 4205",
    ["leaf 4205", "head"],
  ],
  ["a leaf hash", "UPDATE entries SET leaf = zeroblob(32) WHERE idx = 300", ["leaf 300"]],
  ["a leaf hash's length", "UPDATE entries SET leaf = zeroblob(31) WHERE idx = 300", ["leaf 300", "leaf 300"]],
  [
    "an entry with its leaf hash",
    "UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE idx = 8), leaf = (SELECT leaf FROM entries WHERE idx = 8) WHERE idx = 7",
    ["tile 7", "lookup 0", "head"],
  ],
  ["an entry to nothing", "UPDATE entries SET bytes = x'' WHERE idx = 7", ["leaf 7", "tile 7", "lookup 0", "head"]],
  [
    "an entry to bytes with a zero",
    "UPDATE entries SET bytes = x'7b007d' WHERE idx = 7",
    ["entry 7", "leaf 7", "tile 7", "lookup 0", "head"],
  ],
  [
    "an entry to something huge",
    "UPDATE entries SET bytes = zeroblob(70000) WHERE idx = 7",
    ["entry 7", "leaf 7", "tile 7", "lookup 0", "head"],
  ],
  [
    "an entry to other JSON",
    "UPDATE entries SET bytes = CAST('[1]' AS BLOB) WHERE idx = 570",
    ["leaf 570", "tile 570", "entry 570", "lookup 0", "head"],
  ],
  [
    "an entry to bytes that are not UTF-8",
    "UPDATE entries SET bytes = CAST(bytes || x'ff' AS BLOB) WHERE idx = 7",
    ["leaf 7", "tile 7", "entry 7", "lookup 0", "head"],
  ],
  ["a dropped row", "DELETE FROM entries WHERE idx = 9", ["missing 9", "leaf 9", "tile 9", "lookup 0", "head"]],
  ["a dropped last row", "DELETE FROM entries WHERE idx = 4205", ["missing 4205", "leaf 4205", "head", "outbox 4205"]],
  [
    "two rows swapped",
    "UPDATE entries SET idx = -1 WHERE idx = 20; UPDATE entries SET idx = 20 WHERE idx = 21; UPDATE entries SET idx = 21 WHERE idx = -1",
    ["tile 20", "lookup 0", "head"],
  ],
  [
    "a row doubled at the end",
    "INSERT INTO entries SELECT 4206, bytes, leaf FROM entries WHERE idx = 4205",
    ["unsigned 4206"],
  ],
  [
    "a row far beyond the end",
    "INSERT INTO entries SELECT 9007199254740993, bytes, leaf FROM entries WHERE idx = 4205",
    ["unsigned 4206"],
  ],
  ["a row before the start", "INSERT INTO entries SELECT -5, bytes, leaf FROM entries WHERE idx = 4205", ["entry"]],
  ["all rows gone", "DELETE FROM entries", []],
  [
    "a hash in a tile",
    "UPDATE tiles SET hashes = CAST(substr(hashes, 1, 320) || zeroblob(32) || substr(hashes, 353) AS BLOB) WHERE idx = 1",
    ["tile 266"],
  ],
  ["a tile's length", "UPDATE tiles SET hashes = zeroblob(8191) WHERE idx = 1", ["tile 256"]],
  ["a tile's root", "UPDATE tiles SET root = zeroblob(32) WHERE idx = 0", ["tile 0"]],
  ["a tile's middle", "UPDATE tiles SET middle = zeroblob(512) WHERE idx = 0", ["tile 0"]],
  ["a missing tile", "DELETE FROM tiles WHERE idx = 0", ["tile 0"]],
  ["a tile too many", "INSERT INTO tiles SELECT 3, 5, hashes, middle, root FROM tiles WHERE idx = 0", ["tile"]],
  [
    "the head's size",
    "UPDATE head SET checkpoint = replace(checkpoint, '4206', '4205')",
    ["head-signature", "unsigned 4205", "head", "outbox 4205"],
  ],
  ["the head's form", "UPDATE head SET checkpoint = checkpoint || ' '", ["head"]],
  ["the head's name", "UPDATE head SET checkpoint = replace(checkpoint, 'bench-1', 'bench-2')", ["head-signature"]],
  ["no head", "DELETE FROM head", ["head"]],
  ["two heads", "INSERT INTO head SELECT 2, checkpoint FROM head", ["head"]],
  [
    "a byte of the device lookup",
    "UPDATE device_runs SET records = CAST(substr(records, 1, 99) || x'00' || substr(records, 101) AS BLOB)",
    ["lookup 0"],
  ],
  ["the device lookup's length", "UPDATE device_runs SET records = CAST(substr(records, 9) AS BLOB)", ["lookup 0"]],
  ["a dropped run of the device lookup", "DELETE FROM device_runs", ["lookup 0", "lookup"]],
  ["a run too many in the device lookup", "INSERT INTO device_runs SELECT 1, records FROM device_runs", ["lookup"]],
  ["a dropped row of the batch lookup", "DELETE FROM by_batch WHERE bundle = 1", ["lookup 256", "lookup"]],
  ["a changed row of the batch lookup", "UPDATE by_batch SET batch = 'batch-9999' WHERE bundle = 1", ["lookup 256"]],
  ["a row too many in the batch lookup", "INSERT INTO by_batch VALUES ('batch-0001', 77)", ["lookup"]],
  [
    "a dropped milestone",
    "DELETE FROM milestones WHERE type = 'batch.started' AND batch = 'batch-0001'",
    ["lookup 1", "lookup"],
  ],
  ["a milestone too many", "INSERT INTO milestones VALUES ('batch.finished', 'batch-0002', 4205)", ["lookup"]],
  [
    "a byte of the lookup by expiry",
    "UPDATE expiry_runs SET records = CAST(substr(records, 1, 99) || x'00' || substr(records, 101) AS BLOB)",
    ["lookup 0"],
  ],
  ["the length of the lookup by expiry", "UPDATE expiry_runs SET records = substr(records, 25)", ["lookup 0"]],
  ["a dropped run of the lookup by expiry", "DELETE FROM expiry_runs", ["lookup 0", "lookup"]],
  ["a run too many in the lookup by expiry", "INSERT INTO expiry_runs SELECT 1, records FROM expiry_runs", ["lookup"]],
  ["a kept file's bytes", "UPDATE outbox SET bytes = zeroblob(10) WHERE idx = 4205", ["outbox 4205"]],
  [
    "a kept file's digest",
    "UPDATE outbox SET file_sha256 = replace(file_sha256, 'a', 'b') WHERE idx = 4205",
    ["outbox 4205"],
  ],
  ["a kept file's batch", "UPDATE outbox SET batch = 'batch-0001' WHERE idx = 4205", ["outbox 4205"]],
  ["a kept file's place", "UPDATE outbox SET idx = 4203 WHERE idx = 4205", ["outbox 4203"]],
  ["a trigger planted", "CREATE TRIGGER later AFTER INSERT ON entries BEGIN DELETE FROM head; END", ["schema"]],
  ["a table planted", "CREATE TABLE notes (text)", ["schema"]],
  ["an index dropped", "DROP INDEX outbox_by_file", ["schema"]],
  ["a newer version", "PRAGMA user_version = 99", ["schema"]],
  ["no version", "PRAGMA user_version = 0", ["schema"]],
])("names what was tampered with: %s", async (_, sql, expected) => {
  change(sql);
  const found = await kindsAndPlaces();
  if (expected.length > 0) expect(found).toEqual(expected);
  else expect(found.length).toBe(1000 + 1);
  await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN", details: { what: expect.any(String) } });
});

test("whatever single column of whatever table is changed, it is seen", async () => {
  const model = new DatabaseSync(sound, { readOnly: true });
  const tables = model.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const columns = tables.flatMap(({ name }) =>
    model
      .prepare(`SELECT name FROM pragma_table_info('${String(name)}')`)
      .all()
      .map((row) => [String(name), String(row["name"])] as const),
  );
  model.close();
  expect(columns.length).toBe(28);
  for (const [table, column] of columns) {
    restore();
    const database = new DatabaseSync(world.path);
    database.exec("PRAGMA ignore_check_constraints = ON");
    const first =
      database.prepare(`SELECT ${column} AS value, typeof(${column}) AS type FROM ${table} LIMIT 1`).get() ?? {};
    const other =
      first["type"] === "integer"
        ? Number(first["value"]) + 100_000
        : first["type"] === "text"
          ? `${String(first["value"])}x`
          : new Uint8Array(32);
    database.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`).run(other, first["value"] ?? null);
    database.close();
    const { ok } = await verifyLedger({ path: world.path, vkey });
    expect([table, column, ok]).toEqual([table, column, false]);
  }
});

test("any byte flipped in the file itself is refused or harmless, and never throws anything else", async () => {
  const bytes = readFileSync(sound);
  for (let at = 11; at < bytes.length; at += Math.floor(bytes.length / 53)) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 0x40;
    restore();
    writeFileSync(world.path, flipped);
    const verdict = await verifyLedger({ path: world.path, vkey });
    if (verdict.ok) expect(verdict.checkpoint).toBe(newest);
  }
});

test("the wrong key, or none, is said to be that", async () => {
  for (const key of ["", "x", vkey.replace("bench-1", "bench-2"), vkey.replace(/\+........\+/, "+00000000+")]) {
    const { ok, problems } = await verifyLedger({ path: world.path, vkey: key });
    expect([ok, problems.map(({ kind }) => kind)]).toEqual([false, ["head-signature"]]);
  }
});

test("a file that is not there or no database is a problem, not an exception", async () => {
  writeFileSync(join(world.folder, "text.db"), "no database at all ".repeat(500));
  for (const name of ["absent.db", "text.db"]) {
    const verdict = await verifyLedger({ path: join(world.folder, name), vkey });
    expect([verdict.ok, verdict.size, verdict.problems.map(({ kind }) => kind)]).toEqual([false, 0, ["database"]]);
  }
});

test("an older whole copy verifies by itself; a checkpoint from outside tells that it was rewound", async () => {
  restore(older);
  expect((await verifyLedger({ path: world.path, vkey })).ok).toBe(true);
  const ledger = await world.open();
  expect(ledger.provePrefix(newest)).toBe("ahead");
  // Another history grown on the old copy is told apart even when it is longer.
  ledger.append([
    started("batch-0003"),
    issued("batch-0003", "z"),
    issued("batch-0003", "w"),
    issued("batch-0003", "v"),
  ]);
  expect(ledger.provePrefix(newest)).toBe("fork");
  ledger.close();
});

test("a ledger at work is verified beside its station, with what was appended", async () => {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0003", deviceNames(5, "late")));
  const verdict = await verifyLedger({ path: world.path, vkey });
  expect([verdict.ok, verdict.size]).toEqual([true, size + 17]);
  ledger.close();
});

test("opening for reading trusts only what the signed head covers at the edge", async () => {
  change("UPDATE head SET checkpoint = replace(checkpoint, '4206', '4205')");
  await expect(world.open({ readOnly: true })).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
  restore();
  change("DELETE FROM entries WHERE idx = 4205");
  await expect(world.open({ readOnly: true })).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
  restore();
  change("DROP TABLE device_runs");
  await expect(world.open({ readOnly: true })).rejects.toMatchObject({
    code: "LEDGER_BROKEN",
    details: { what: "database" },
  });
});
