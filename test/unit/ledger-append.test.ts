import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rootOf, leafHash } from "#shared/crypto/merkle.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { openCheckpoint } from "#shared/formats/checkpoint.ts";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { formatPublicKeyPem } from "#shared/formats/public-keys.ts";
import { noteKey } from "#shared/formats/signed-note.ts";
import { exampleSigner, otherSigner } from "../fixtures/known-signer.ts";
import {
  created,
  deviceNames,
  intended,
  issued,
  ledgerKey,
  type LedgerWorld,
  ledgerWorld,
  origin,
  started,
  wholeBatch,
} from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

const batch = "batch-0001";
const sqliteShell = "sqlite3";
const at = "2026-01-02T03:04:05.000Z";
const codeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

test("a new ledger begins with the entry that describes it, under a signed head", async () => {
  const ledger = await world.open();
  const bytes = new TextEncoder().encode(canonicalJson({ v: 1, at, ...created }));
  expect(ledger.entryBytes(0)).toEqual(bytes);
  expect(openCheckpoint(ledger.checkpoint(), ledgerKey)).toEqual({
    origin,
    size: 1,
    rootHash: rootOf([leafHash(bytes)]),
  });
  ledger.close();
});

test("stored bytes are the RFC 8785 form of version, type, instant and body, for every kind of body", async () => {
  const ledger = await world.open();
  const bodies = wholeBatch(batch, ['quote " slash \\ tab \t Ødegård 🔑 \u2028', "b"]);
  expect(ledger.append(bodies)).toEqual(bodies.map((_, i) => i + 1));
  expect(bodies.map((_, i) => Buffer.from(ledger.entryBytes(i + 1)).toString())).toEqual(
    bodies.map((body) => canonicalJson({ v: 1, at, ...body })),
  );
  expect([...ledger.entries({ from: 1 })].map(({ entry }) => entry)).toEqual(
    bodies.map((body) => Object.assign({ v: 1, at }, body)),
  );
  ledger.close();
});

test("what was appended is there after closing and opening again, and goes on from there", async () => {
  const first = await world.open();
  first.append(wholeBatch(batch, deviceNames(300)));
  const note = first.checkpoint();
  first.close();
  const second = await world.open();
  expect([second.size, second.checkpoint()]).toEqual([903, note]);
  expect(second.append([intended(batch, "late")])).toEqual([903]);
  expect(second.provePrefix(note)).toBe("prefix");
  second.close();
});

test("queued appends of one turn share one head; each learns its own indices", async () => {
  const ledger = await world.open();
  const heads = new Set<string>();
  const all = await Promise.all(
    deviceNames(20).map(async (device) => {
      const indices = await ledger.appendSoon([intended(batch, device), intended(batch, `${device}b`)]);
      heads.add(ledger.checkpoint());
      return indices;
    }),
  );
  expect(all).toEqual(deviceNames(20).map((_, i) => [1 + 2 * i, 2 + 2 * i]));
  expect(heads.size).toBe(1);
  ledger.close();
});

test("an append takes what is queued along, in order", async () => {
  const ledger = await world.open();
  const queued = ledger.appendSoon([intended(batch, "first")]);
  expect(ledger.append([intended(batch, "second")])).toEqual([2]);
  expect(await queued).toEqual([1]);
  ledger.close();
});

test("closing writes what is queued", async () => {
  const ledger = await world.open();
  const queued = ledger.appendSoon([intended(batch, "first")]);
  ledger.close();
  expect(await queued).toEqual([1]);
  const again = await world.open();
  expect(again.size).toBe(2);
  again.close();
});

test("one bad body fails alone among queued ones, and nothing of its request is kept", async () => {
  const ledger = await world.open();
  const bad = { ...intended(batch, "x"), extra: 1 } as LedgerEntryBody;
  const results = await Promise.allSettled([
    ledger.appendSoon([intended(batch, "a")]),
    ledger.appendSoon([intended(batch, "b"), bad]),
    ledger.appendSoon([intended(batch, "c")]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect([...ledger.entries({ from: 1 })].map(({ entry }) => "fingerprint" in entry && entry.fingerprint)).toEqual([
    "a",
    "c",
  ]);
  ledger.close();
});

test.each<[string, object]>([
  ["a member too many", { license_key: "SECRET-KEY" }],
  ["a member of the wrong kind", { size_bytes: "SECRET-KEY" }],
  ["a digest that is none", { file_sha256: "SECRET-KEY" }],
  ["a lone surrogate", { device_name: "SECRET-KEY \ud800" }],
  ["an unknown type", { type: "SECRET-KEY" }],
  ["a number that is not whole", { size_bytes: 1.5 }],
  ["a member left undefined", { serial: undefined }],
])("a body with %s is refused without saying its value, and the ledger goes on", async (_, change) => {
  const ledger = await world.open();
  const body = { ...issued(batch, "a"), ...change } as LedgerEntryBody;
  let error: unknown;
  try {
    ledger.append([intended(batch, "a"), body]);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "INTERNAL" });
  expect(String(error) + JSON.stringify(error)).not.toContain("SECRET-KEY");
  expect(ledger.size).toBe(1);
  expect(ledger.append([intended(batch, "a")])).toEqual([1]);
  ledger.close();
});

test("an entry over 65,535 bytes is refused, one of exactly as many is kept", async () => {
  const ledger = await world.open();
  const bodyOf = (count: number, last4: string) => ({
    ...started(batch),
    licenses: Array.from({ length: count }, () => ({ last4, sha256: "0".repeat(64) })),
  });
  const most = { ...bodyOf(200, "\u0001".repeat(16)) };
  const sizeOf = (body: LedgerEntryBody) => canonicalJson({ v: 1, at, ...body }).length;
  expect(sizeOf(most)).toBeLessThan(65_535);
  ledger.append([most]);
  const paths = {
    type: "request.rejected" as const,
    batch,
    path: "\u0001".repeat(1024),
    line: null,
    code: "\u0001".repeat(1024),
  };
  expect(sizeOf(paths)).toBeLessThan(65_535);
  // The schemas keep every entry below the cap by themselves; the codec still measures.
  const { encodeEntry } = await import("../../electron/engine/ledger/entry-codec.ts");
  const padding = 65_535 - encodeEntry(paths, "").length;
  expect(encodeEntry(paths, "x".repeat(padding)).length).toBe(65_535);
  expect(codeOf(() => encodeEntry(paths, "x".repeat(padding + 1)))).toBe("LEDGER_ENTRY_TOO_LARGE");
  expect(codeOf(() => encodeEntry(paths, "ø".repeat(Math.ceil((padding + 1) / 2))))).toBe("LEDGER_ENTRY_TOO_LARGE");
  ledger.close();
});

test("instants never go back: a little lag repeats the last one, more is refused", async () => {
  const ledger = await world.open();
  const start = world.clock.now().getTime();
  await world.clock.advance(60_000);
  ledger.append([intended(batch, "a")]);
  world.clock.setWall(new Date(start - 240_000));
  ledger.append([intended(batch, "b")]);
  expect([1, 2].map((i) => ledger.entry(i).at)).toEqual([
    new Date(start + 60_000).toISOString(),
    new Date(start + 60_000).toISOString(),
  ]);
  world.clock.setWall(new Date(start - 240_001));
  expect(codeOf(() => ledger.append([intended(batch, "c")]))).toBe("CLOCK_BEHIND");
  await expect(ledger.appendSoon([intended(batch, "c")])).rejects.toMatchObject({ code: "CLOCK_BEHIND" });
  world.clock.setWall(new Date(start + 60_001));
  expect(ledger.append([intended(batch, "d")])).toEqual([3]);
  ledger.close();
});

test("a missing ledger is an error unless its making is asked for; an empty or foreign file always is", async () => {
  const { create: _, ...withoutCreate } = { create: undefined };
  await expect(world.open({ ...withoutCreate, readOnly: true })).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
  expect(existsSync(world.path)).toBe(false);
  writeFileSync(world.path, "");
  await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
  writeFileSync(world.path, "not a database, but long enough to have a header of one".repeat(100));
  await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
});

test("a truncated file is refused and left as it is", async () => {
  const ledger = await world.open();
  ledger.append(wholeBatch(batch, deviceNames(50)));
  ledger.close();
  const { size } = statSync(world.path);
  truncateSync(world.path, size - 4096);
  await expect(world.open()).rejects.toMatchObject({ code: "LEDGER_BROKEN" });
  expect(statSync(world.path).size).toBe(size - 4096);
});

test("a leftover of a creation that was cut off does no harm", async () => {
  writeFileSync(join(world.folder, "ledger.db.new"), "half of a database");
  const ledger = await world.open();
  expect(ledger.size).toBe(1);
  ledger.close();
  expect(existsSync(join(world.folder, "ledger.db.new"))).toBe(false);
});

test("another station's name or key is refused", async () => {
  (await world.open()).close();
  await expect(world.open({ origin: "another" })).rejects.toMatchObject({ code: "LEDGER_FOREIGN" });
  const signer = { key: noteKey(origin, otherSigner.publicKey), sign: otherSigner.sign };
  await expect(world.open({ signer })).rejects.toMatchObject({
    code: "LEDGER_BROKEN",
    details: { what: "head-signature" },
  });
});

test("a ledger opened for reading refuses appends and keeps to its moment while others append", async () => {
  const writer = await world.open();
  writer.append([started(batch)]);
  const reader = await world.open({ readOnly: true });
  writer.append([intended(batch, "a")]);
  expect([reader.size, writer.size]).toEqual([2, 3]);
  expect([...reader.batchEntries(batch)].length).toBe(1);
  expect(codeOf(() => reader.append([intended(batch, "b")]))).toBe("LEDGER_UNWRITABLE");
  await expect(reader.appendSoon([intended(batch, "b")])).rejects.toMatchObject({ code: "LEDGER_UNWRITABLE" });
  reader.close();
  writer.close();
});

test("a ledger that another one has changed refuses to append", async () => {
  const one = await world.open();
  const other = await world.open();
  one.append([intended(batch, "a")]);
  expect(codeOf(() => other.append([intended(batch, "b")]))).toBe("LEDGER_UNWRITABLE");
  expect(codeOf(() => other.append([intended(batch, "c")]))).toBe("LEDGER_UNWRITABLE");
  other.close();
  one.close();
  const again = await world.open();
  expect(again.size).toBe(2);
  again.close();
});

test("a closed ledger is one file that the sqlite3 shell reads", async ({ skip }) => {
  if (spawnSync(sqliteShell, ["--version"]).status !== 0) skip("sqlite3 is not installed");
  const ledger = await world.open();
  ledger.append(wholeBatch(batch, deviceNames(3)));
  ledger.close();
  expect(existsSync(`${world.path}-wal`)).toBe(false);
  const shell = (sql: string) => execFileSync(sqliteShell, [world.path, sql], { encoding: "utf8" }).trim();
  expect(shell("select count(*) from entries")).toBe("12");
  expect(shell("select idx, at, type, device_name from log where type = 'machine-file.issued' limit 1")).toBe(
    `6|${at}|machine-file.issued|Press device-0`,
  );
});

test("openssl verifies the checkpoint's signature", async ({ skip }) => {
  if (spawnSync("openssl", ["version"]).status !== 0) skip("openssl is not installed");
  const ledger = await world.open();
  const note = ledger.checkpoint();
  ledger.close();
  const file = (name: string) => join(world.folder, name);
  writeFileSync(file("ledger.pem"), formatPublicKeyPem(exampleSigner.publicKey));
  writeFileSync(file("note"), note.slice(0, note.indexOf("\n\n") + 1));
  writeFileSync(file("sig"), Buffer.from(note.trimEnd().split(" ").at(-1) ?? "", "base64").subarray(4));
  const args = [
    "pkeyutl",
    "-verify",
    "-rawin",
    "-pubin",
    "-inkey",
    file("ledger.pem"),
    "-in",
    file("note"),
    "-sigfile",
    file("sig"),
  ];
  expect(execFileSync("openssl", args, { encoding: "utf8" })).toContain("Verified Successfully");
});
