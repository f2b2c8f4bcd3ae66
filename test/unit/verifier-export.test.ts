import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { base64 } from "#shared/formats/encoding.ts";
import { rotationMessage } from "#shared/formats/key-rotation.ts";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import { checkpointNote, writeExport } from "../fixtures/export-folder.ts";
import { exampleSigner, otherSigner, type Signer } from "../fixtures/known-signer.ts";

const verifier = fileURLToPath(new URL("../../electron/engine/ledger/verify.py", import.meta.url));
// The interpreter itself: launchers that choose one take longer than the verifier.
const found = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
const hasPython = found.status === 0;
const python = hasPython ? found.stdout.trim() : "";
const origin = "station.example/dock-7";

type Entry = Readonly<Record<string, unknown>>;

let folder = "";
let exported = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "verifier-"));
  exported = join(folder, "export");
  mkdirSync(join(folder, "keys"));
  trust(exampleSigner);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function trust(signer: Signer): void {
  writeFileSync(join(folder, "keys", "ledger.vkey"), `${formatVkey(noteKey(origin, signer.publicKey))}\n`);
}

function verify(...more: readonly string[]): { status: number | null; out: string } {
  const args = ["-I", "-S", verifier, "--keys", join(folder, "keys"), exported, ...more];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  return { status, out: stdout.replaceAll(`${folder}/`, "") };
}

function wrongs(...more: readonly string[]): readonly string[] {
  const { status, out } = verify(...more);
  const lines = out.split("\n").filter((line) => line.startsWith("WRONG"));
  expect(status).toBe(lines.length === 0 ? 0 : 5);
  return lines.map((line) => line.slice(7));
}

function entriesOf(count: number): readonly Entry[] {
  return Array.from({ length: count }, (_, i) => ({
    v: 1,
    type: i === 0 ? "ledger.created" : "device.skipped",
    at: new Date(Date.UTC(2026, 10, 2) + i * 250).toISOString(),
    batch: `batch-000${i}`,
    device_name: ["plain", '=cmd|"/c calc"!A1', "d\u00fcse \u{1f527}, no. 2", "two\nlines", "-5", null][i % 6],
    count: i,
    nested: { list: [true, false, null, "\u0001\\"], "\u20ac": {} },
  }));
}

function change(name: string, edit: (bytes: Buffer) => Buffer): void {
  const path = join(exported, name);
  const before = readFileSync(path);
  const after = edit(Buffer.from(before));
  expect(after.equals(before)).toBe(false);
  writeFileSync(path, after);
}

const text =
  (edit: (text: string) => string) =>
  (bytes: Buffer): Buffer =>
    Buffer.from(edit(bytes.toString("utf8")));

describe.runIf(hasPython)("the verifier that goes with every export", () => {
  it.each([0, 1, 256, 600])("accepts a ledger of %i entries", (count) => {
    writeExport(exported, origin, exampleSigner, entriesOf(count));
    expect(verify()).toEqual({ status: 0, out: `ok     export: ${count} entries under the signed checkpoint\nOK\n` });
  });

  it.each<[string, string, (bytes: Buffer) => Buffer, readonly RegExp[]]>([
    [
      "an entry changed",
      "entries.jsonl",
      text((all) => all.replace('"count":299', '"count":298')),
      [/checkpoint: .*changed/, /tile\/0\/001.p\/44/, /tile\/entries\/001/],
    ],
    [
      "an entry dropped",
      "entries.jsonl",
      text((all) => all.replace(/.*"count":7,.*\n/, "")),
      [/checkpoint: it says 300 entries, entries.jsonl holds 299/],
    ],
    [
      "entries exchanged",
      "entries.jsonl",
      text((all) => all.replace(/(.*\n)(.*\n)/, "$2$1")),
      [/entries.jsonl line 2: it is older/, /checkpoint: /],
    ],
    [
      "an entry in another spelling",
      "entries.jsonl",
      text((all) => all.replace('"v":1', '"v":1.0')),
      [/entries.jsonl line 1: the entry is not canonical JSON/],
    ],
    [
      "a member twice",
      "entries.jsonl",
      text((all) => all.replace('{"at"', '{"at":"x","at"')),
      [/entries.jsonl line 1: the entry is not canonical JSON/],
    ],
    [
      "nesting without end",
      "entries.jsonl",
      text((all) => `${"[".repeat(60_000)}\n${all}`),
      [/entries.jsonl line 1: the entry is not canonical JSON/],
    ],
    [
      "a line without end",
      "entries.jsonl",
      text((all) => "x".repeat(70_000) + all),
      [/entries.jsonl: line 1 is cut off or over/],
    ],
    ["a cut", "entries.jsonl", (all) => all.subarray(0, -5), [/entries.jsonl: line 300 is cut off/]],
    [
      "another root",
      "checkpoint",
      text((all) => all.replace(/\n300\n./, "\n300\n+")),
      [/checkpoint: the checkpoint is not signed/],
    ],
    [
      "another size",
      "checkpoint",
      text((all) => all.replace("\n300\n", "\n299\n")),
      [/checkpoint: the checkpoint is not signed/],
    ],
    ["a checkpoint with bytes behind it", "checkpoint", text((all) => `${all}\n`), [/checkpoint: /]],
    ["a tile changed", "tile/0/000", (all) => all.fill(0, 5, 6), [/tile\/0\/000: does not agree/]],
    ["a tile cut", "tile/0/001.p/44", (all) => all.subarray(32), [/tile\/0\/001.p\/44: does not agree/]],
    ["a bundle changed", "tile/entries/000", (all) => all.fill(0, 500, 501), [/tile\/entries\/000: does not agree/]],
    [
      "a tile with more behind it",
      "tile/1/000.p/1",
      (all) => Buffer.concat([all, all]),
      [/tile\/1\/000.p\/1: is larger than it can be/],
    ],
    [
      "a cell changed",
      "ledger.csv",
      text((all) => all.replace("batch-0003,", "batch-0004,")),
      [/entries.jsonl line 4: ledger.csv says something else in column batch/],
    ],
    [
      "a cell that would run",
      "ledger.csv",
      text((all) => all.replace("'-5", "-5")),
      [/ledger.csv would run as a formula in column device_name/],
    ],
    [
      "a row dropped",
      "ledger.csv",
      text((all) => all.replace(/299,.*\r\n/, "")),
      [/entries.jsonl line 300: its row in ledger.csv is missing/],
    ],
    ["a row more", "ledger.csv", text((all) => `${all}300,x,x,x,x\r\n`), [/ledger.csv: has more rows/]],
    [
      "a column without name",
      "ledger.csv",
      text((all) => all.replace("index,at", "index,index")),
      [/ledger.csv: its first line/],
    ],
    [
      "a CSV that is not text",
      "ledger.csv",
      (all) => all.fill(0xff, 400, 401),
      [/ledger.csv|line \d+ is not RFC 4180/],
    ],
  ])("names %s", (_, name, edit, expected) => {
    writeExport(exported, origin, exampleSigner, entriesOf(300));
    change(name, edit);
    const found = wrongs();
    for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern));
  });

  it.each(["entries.jsonl", "checkpoint", "ledger.csv", "tile/0/000", "tile/entries/001.p/44"])(
    "names %s when it is missing",
    (name) => {
      writeExport(exported, origin, exampleSigner, entriesOf(300));
      rmSync(join(exported, name));
      expect(wrongs()).toContainEqual(expect.stringMatching(`^export/${name}: cannot be read`));
    },
  );

  it("names a tile that belongs to no tree of this size, and a link in place of a file", () => {
    writeExport(exported, origin, exampleSigner, entriesOf(3));
    writeFileSync(join(exported, "tile", "0", "001"), "x");
    rmSync(join(exported, "checkpoint"));
    symlinkSync("/etc/hostname", join(exported, "checkpoint"));
    expect(wrongs()).toEqual([
      "export/tile/0/001: belongs to no tree of this size",
      expect.stringMatching(/^export\/checkpoint: /),
    ]);
  });

  it("shows names so that they cannot move the cursor", () => {
    writeExport(exported, origin, exampleSigner, entriesOf(3));
    writeFileSync(join(exported, "tile", "0", "a\u001b[2J\u202e"), "x");
    expect(wrongs()).toEqual(["export/tile/0/a\\u001b[2J\\u202e: belongs to no tree of this size"]);
  });

  it("trusts only the key that came another way", () => {
    writeExport(exported, origin, otherSigner, entriesOf(3));
    expect(wrongs()).toEqual(["export/checkpoint: the checkpoint is not signed by the trusted ledger key"]);
    rmSync(join(folder, "keys", "ledger.vkey"));
    expect(wrongs()).toEqual([expect.stringMatching(/^keys\/ledger.vkey: cannot be read/)]);
    writeFileSync(join(folder, "keys", "ledger.vkey"), "x\n");
    expect(wrongs()).toEqual(["keys/ledger.vkey: is not a vkey of the Ed25519 kind"]);
  });

  it("answers 2 and explains itself when the command was not understood", () => {
    const { status, stderr } = spawnSync(python, [verifier, "--keys", folder], { encoding: "utf8" });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/usage: /)]);
  });
});

describe.runIf(hasPython)("an older checkpoint", () => {
  const entries = entriesOf(300);
  const older = (of: readonly Entry[], signer = exampleSigner): string => {
    const path = join(folder, "older");
    writeFileSync(path, checkpointNote(origin, signer, of));
    return path;
  };

  it.each([0, 200, 300])("of %i entries is found in the ledger", (size) => {
    writeExport(exported, origin, exampleSigner, entries);
    expect(wrongs("--checkpoint", older(entries.slice(0, size)))).toEqual([]);
  });

  it("shows that the ledger was rewound", () => {
    writeExport(exported, origin, exampleSigner, entries.slice(0, 100));
    expect(wrongs("--checkpoint", older(entries.slice(0, 200)))).toEqual([
      "older: knows 200 entries, the export only 100: the ledger was cut or rewound",
    ]);
  });

  it("shows that the ledger was rewritten, at the same size too", () => {
    writeExport(exported, origin, exampleSigner, entries);
    for (const size of [200, 300]) {
      const forked = [...entries.slice(0, 150), { ...entries[150], count: -1 }, ...entries.slice(151, size)];
      expect(wrongs("--checkpoint", older(forked))).toEqual([
        "older: knows other entries than the export: the ledger was replaced or rewritten",
      ]);
    }
  });

  it("by a retired key counts when the ledger itself tells of the change of keys", () => {
    const keys = {
      use: "ledger" as const,
      old_public_key: base64(otherSigner.publicKey),
      new_public_key: base64(exampleSigner.publicKey),
    };
    const message = rotationMessage(keys);
    const rotation = {
      v: 1,
      type: "key.rotated",
      at: "2026-12-01T00:00:00Z",
      ...keys,
      old_signature: base64(otherSigner.sign(message)),
      new_signature: base64(exampleSigner.sign(message)),
    };
    const note = older(entries, otherSigner);
    writeExport(exported, origin, exampleSigner, [...entries, rotation]);
    expect(wrongs("--checkpoint", note)).toEqual([]);
    rmSync(exported, { recursive: true });
    writeExport(exported, origin, exampleSigner, entries);
    expect(wrongs("--checkpoint", note)).toEqual(["older: the checkpoint is not signed by the trusted ledger key"]);
    rmSync(exported, { recursive: true });
    writeExport(exported, origin, exampleSigner, [...entries, { ...rotation, old_signature: rotation.new_signature }]);
    expect(wrongs("--checkpoint", note)).toContainEqual(expect.stringMatching(/not both keys signed it/));
  });
});
