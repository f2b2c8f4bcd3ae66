import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leafHash, rootOf } from "#shared/crypto/merkle.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { formatPublicKeyPem } from "#shared/formats/public-keys.ts";
import { exportLedger } from "../../electron/engine/ledger/export.ts";
import { csvHeader, csvRow } from "../../electron/engine/ledger/ledger-csv.ts";
import { tilePath } from "../../electron/engine/ledger/tile-path.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";
import { deviceNames, intended, type LedgerWorld, ledgerWorld, vkey, wholeBatch } from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
let out: string;
beforeEach(() => {
  world = ledgerWorld();
  out = join(world.folder, "out", "export");
});
afterEach(() => world.remove());

const publicKeys = { "ledger.vkey": utf8(`${vkey}\n`), "ledger.pem": formatPublicKeyPem(exampleSigner.publicKey) };
const verifierPy = readFileSync(new URL("../../electron/engine/ledger/verify.py", import.meta.url));

async function exported(devices: number): Promise<void> {
  const ledger = await world.open();
  ledger.append(
    wholeBatch("batch-0001", ["=cmd|' /C calc'!A0", 'quote " comma , Ødegård', ...deviceNames(devices - 2)]),
  );
  await exportLedger(ledger, out, { publicKeys, verifierPy, verifierHtml: null });
  ledger.close();
}
const bytesOf = (name: string) => readFileSync(join(out, name));

test("an export holds exactly the files it promises, in tlog-tiles layout", async () => {
  await exported(200);
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .sort();
  // 603 entries: two whole tiles, one of 91, and one of level 1 that holds two hashes.
  expect(files).toEqual([
    "VERIFY.txt",
    "checkpoint",
    "entries.jsonl",
    "ledger.csv",
    "ledger.pem",
    "ledger.vkey",
    "tile/0/000",
    "tile/0/001",
    "tile/0/002.p/91",
    "tile/1/000.p/2",
    "tile/entries/000",
    "tile/entries/001",
    "tile/entries/002.p/91",
    "verify.py",
  ]);
  expect(readdirSync(join(world.folder, "out"))).toEqual(["export"]);
});

test("lines are the stored bytes; tiles are their hashes; bundles are the lines with their lengths", async () => {
  await exported(200);
  const lines = bytesOf("entries.jsonl")
    .toString()
    .split("\n")
    .slice(0, -1)
    .map((line) => Buffer.from(line));
  const leaves = lines.map(leafHash);
  expect(lines.length).toBe(603);
  expect(bytesOf("tile/0/001")).toEqual(Buffer.concat(leaves.slice(256, 512)));
  expect(bytesOf("tile/0/002.p/91")).toEqual(Buffer.concat(leaves.slice(512)));
  expect(bytesOf("tile/1/000.p/2")).toEqual(
    Buffer.concat([rootOf(leaves.slice(0, 256)), rootOf(leaves.slice(256, 512))]),
  );
  const prefixed = lines.slice(512).flatMap((line) => [Buffer.of(line.length >> 8, line.length & 255), line]);
  expect(bytesOf("tile/entries/002.p/91")).toEqual(Buffer.concat(prefixed));
  expect(bytesOf("checkpoint").toString().split("\n")[2]).toBe(Buffer.from(rootOf(leaves)).toString("base64"));
});

test("a ledger of exactly one whole tile has no partial tile of its level", async () => {
  const ledger = await world.open();
  ledger.append(deviceNames(255).map((device) => intended("batch-0001", device)));
  await exportLedger(ledger, out, { publicKeys, verifierPy, verifierHtml: null });
  ledger.close();
  expect(["tile/0/000", "tile/1/000.p/1", "tile/entries/000"].every((name) => existsSync(join(out, name)))).toBe(true);
  expect(readdirSync(join(out, "tile/0"))).toEqual(["000"]);
});

test("the verifier in the export accepts it, and names what was changed", async ({ skip }) => {
  if (spawnSync("python3", ["--version"]).status !== 0) skip("python3 is not installed");
  await exported(200);
  const run = () => spawnSync("python3", ["verify.py", "--keys", ".", "."], { cwd: out, encoding: "utf8" });
  const sound = run();
  expect([sound.status, sound.stderr]).toEqual([0, ""]);
  writeFileSync(
    join(out, "entries.jsonl"),
    bytesOf("entries.jsonl").toString().replace("Press device-3", "Press device-4"),
  );
  expect(run().status).toBe(5);
});

test("the commands of VERIFY.txt do what it says", async ({ skip }) => {
  for (const tool of ["openssl", "python3", "sha256sum"]) {
    if (spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0) skip(`${tool} is not installed`);
  }
  await exported(200);
  const text = bytesOf("VERIFY.txt").toString();
  const commands = text
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.trim());
  const sh = (command: string) => execFileSync("sh", ["-c", command], { cwd: out, encoding: "utf8" });
  const starting = (word: string) => commands.filter((command) => command.startsWith(word));
  expect(sh(starting("python3")[0] ?? "false")).toContain("603");
  expect(sh([...starting("sed"), ...starting("openssl")].join("\n"))).toContain("Verified Successfully");
  const [hash] = sh(starting("N=")[0]?.replace("N=0", "N=300") ?? "false").split(" ");
  expect(hash).toBe(bytesOf("tile/0/001").toString("hex", (300 - 256) * 32, (300 - 256) * 32 + 32));
});

test("the table holds a row an entry, and no cell that a spreadsheet would run", async () => {
  await exported(10);
  const rows = bytesOf("ledger.csv").toString().split("\r\n").slice(0, -1);
  expect(rows.length).toBe(1 + 33);
  expect(rows.every((row) => !/(^|,)"?[=+\-@\t]/.test(row))).toBe(true);
  expect(rows[2]).toContain(",'=WO-17,");
});

test.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["  =1", "'  =1"],
  ["\t=1", "'\t=1"],
  ["\r=1", '"\'\r=1"'],
  ["\uff1d1", "'\uff1d1"],
  ["'quoted", "''quoted"],
  ["a,b", '"a,b"'],
  ['=a"b', '"\'=a""b"'],
  ["plain -1", "plain -1"],
])("the cell of %j is %j", (name, cell) => {
  const row = csvRow(1, { v: 1, at: "2026-01-01T00:00:00.000Z", ...intended("batch-0001", "a"), device_name: name });
  expect(row.split(",").slice(4).join(",").startsWith(`${cell},,,`)).toBe(true);
});

test("the table of a long ledger, made by a thread, is the one that is made here", async () => {
  await exported(6000);
  const lines = bytesOf("entries.jsonl").toString().split("\n").slice(0, -1);
  const rows = lines.map((line, i) => csvRow(i, JSON.parse(line) as object));
  expect(lines.length).toBe(18_003);
  expect(bytesOf("ledger.csv").equals(Buffer.from(csvHeader + rows.join("")))).toBe(true);
});

test("entries that are not those of the signed head are not exported", async () => {
  const ledger = await world.open();
  ledger.append(wholeBatch("batch-0001", deviceNames(1400)));
  ledger.close();
  const change = (sql: string) => {
    const database = new DatabaseSync(world.path);
    database.exec(sql);
    database.close();
  };
  const failing = async () => {
    const reader = await world.open({ readOnly: true });
    const failure = exportLedger(reader, out, { publicKeys, verifierPy, verifierHtml: null });
    await expect(failure).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
    reader.close();
    expect(readdirSync(join(world.folder, "out"))).toEqual([]);
  };
  change("UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Press', 'Prest') AS BLOB) WHERE idx = 7");
  await failing();
  change("UPDATE entries SET bytes = CAST(char(10) AS BLOB) WHERE idx = 7");
  await failing();
  change("DELETE FROM entries WHERE idx = 7");
  await failing();
});

test("an export never replaces or joins what is there", async () => {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "mine"), "keep");
  await expect(exported(10)).rejects.toMatchObject({ code: "USAGE" });
  expect(readdirSync(out)).toEqual(["mine"]);
});

test("an empty folder is filled, and leftovers of an export that was cut off are replaced", async () => {
  mkdirSync(out, { recursive: true });
  mkdirSync(join(world.folder, "out", ".export.partial"));
  writeFileSync(join(world.folder, "out", ".export.partial", "checkpoint"), "half");
  await exported(10);
  expect(readdirSync(join(world.folder, "out"))).toEqual(["export"]);
  expect(bytesOf("checkpoint").length).toBeGreaterThan(100);
});

test("an export that cannot be finished leaves nothing behind", async () => {
  const ledger = await world.open();
  const wrong = { ...publicKeys, "../escape": utf8("x") };
  await expect(exportLedger(ledger, out, { publicKeys: wrong, verifierPy, verifierHtml: null })).rejects.toMatchObject({
    code: "INTERNAL",
  });
  ledger.close();
  expect(readdirSync(join(world.folder, "out"))).toEqual([]);
});

test.each([
  [0, 0, 256, "tile/0/000"],
  [0, 1_234_067, 256, "tile/0/x001/x234/067"],
  [1, 999, 17, "tile/1/999.p/17"],
  [2, 1000, 1, "tile/2/x001/000.p/1"],
])("the path of level %i, tile %i, width %i is %s", (level, index, width, path) => {
  expect(tilePath(level, index, width)).toBe(path);
});
