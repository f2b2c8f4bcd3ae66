import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyEvidence } from "#shared/verifier/verify.ts";
import { counts, deviceStory } from "../../electron/engine/audit/answers.ts";
import type { SliceQuery } from "../../electron/engine/audit/choose-entries.ts";
import { filesExpiring, filesIssued } from "../../electron/engine/audit/issued-files.ts";
import { overrides } from "../../electron/engine/audit/overrides.ts";
import { allTime, indexRange, parsePeriod } from "../../electron/engine/audit/period.ts";
import { exportSlice } from "../../electron/engine/audit/slice.ts";
import { exportPublicKeys } from "../../electron/engine/keys/index.ts";
import { type AuditorWorld, auditorWorld, trustedKeysIn } from "../fixtures/auditor-world.ts";
import { collected } from "../fixtures/collected.ts";
import { sha256 } from "../fixtures/delivery-world.ts";
import { folderSource } from "../fixtures/folder-source.ts";
import { editLines, editText, swapFiles } from "../fixtures/tampering.ts";

let world: AuditorWorld;
let keys: string;
let bundle: string;
const pump = sha256("fingerprint of pump on stick");
const nothing: SliceQuery = { period: allTime, workOrder: null, device: null };

beforeAll(async () => {
  world = await auditorWorld();
  await world.provision("stick", ["pump", "valve"], { workOrder: "WO-1", operator: "Ada" });
  await world.provision("other", ["lathe"], { workOrder: "WO-2", operator: "Bo" });
  await world.provision("stick", ["pump", "valve", "press"], { workOrder: "WO-3", operator: "Ada", ttlDays: 30 });
  keys = world.exportKeys("keys");
  bundle = await world.exportTo("bundle");
}, 30_000);

afterAll(async () => {
  await world?.close();
});

let made = 0;
async function slice(
  query: Partial<SliceQuery>,
): Promise<{ readonly folder: string; readonly shown: number; readonly size: number }> {
  made += 1;
  const folder = join(world.base, `slice-${made}`);
  const files = exportPublicKeys(world.station.keys, world.station.name).files;
  const { shown, size } = await exportSlice(world.station.ledger, folder, { ...nothing, ...query }, { files });
  return { folder, shown, size };
}

async function found(folders: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const verdict = await verifyEvidence({ source: folderSource(folders), keys: trustedKeysIn(keys) });
  const problems = [...verdict.findings, ...verdict.subjects.flatMap(({ findings }) => findings)];
  expect(verdict.ok).toBe(problems.length === 0);
  return problems.map(({ code, path }) => `${code} ${path}`);
}

describe("a slice", () => {
  test("of a device shows that device and its batches, proves each entry, and agrees with the whole export", async () => {
    const { folder, shown, size } = await slice({ device: pump });
    expect(await found({ folder, bundle })).toEqual([]);
    const text = readFileSync(join(folder, "entries.jsonl"), "utf8");
    const types = text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === "machine-file.issued")).toHaveLength(2);
    expect(types.filter((type) => type === "delivery.committed")).toHaveLength(2);
    expect(types[0]).toBe("ledger.created");
    expect(text).not.toContain("valve");
    expect(text).not.toContain("WO-2");
    expect(shown).toBeLessThan(size);
    expect(readdirSync(join(folder, "receipts"))).toHaveLength(shown);
  });

  test("says how many entries it leaves out, and in which stretches, and shows nothing of them", async () => {
    const { folder, shown, size } = await slice({ workOrder: "WO-2" });
    const said = JSON.parse(readFileSync(join(folder, "slice.json"), "utf8")) as {
      left_out: [number, number][];
      entries: number;
      size: number;
    };
    const hidden = said.left_out.reduce((sum, [from, to]) => sum + to - from, 0);
    expect({ shown: said.entries, size: said.size, all: hidden + shown }).toEqual({ shown, size, all: size });
    const everything = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("\n");
    expect(everything).toContain("WO-2");
    for (const secret of ["WO-1", "WO-3", "valve", "Ada"]) expect(everything).not.toContain(secret);
    expect(await found({ folder })).toEqual([]);
  });

  test("of a period shows what lies in it; of all time it shows everything", async () => {
    const all = await slice({});
    expect(all.shown).toBe(all.size);
    expect(await found({ slice: all.folder })).toEqual([]);
    const never = await slice({ period: parsePeriod("2001-01-01", "2001-12-31") });
    expect(never.shown).toBe(1);
    expect(await found({ slice: never.folder })).toEqual([]);
  });

  test("of a device that the ledger does not know is refused", async () => {
    await expect(slice({ device: "ab".repeat(32) })).rejects.toMatchObject({ code: "USAGE" });
  });

  const tamperings: Readonly<Record<string, readonly [string, (folder: string) => void]>> = {
    "an entry is changed": [
      "entries-differ",
      (folder) => editText(join(folder, "entries.jsonl"), (text) => text.replace('"pump"', '"pomp"')),
    ],
    "an entry is dropped": [
      "entries-differ",
      (folder) => editLines(join(folder, "entries.jsonl"), (lines) => lines.toSpliced(2, 1)),
    ],
    "the last entry is dropped": [
      "slice-count",
      (folder) => editLines(join(folder, "entries.jsonl"), (lines) => lines.slice(0, -1)),
    ],
    "an entry is added": [
      "slice-count",
      (folder) => editLines(join(folder, "entries.jsonl"), (lines) => [...lines, lines[1] ?? ""]),
    ],
    "a receipt is stripped": ["missing", (folder) => rmSync(join(folder, "receipts/0.tlog-proof"))],
    "a receipt is added": [
      "unexpected",
      (folder) => cpSync(join(folder, "receipts/0.tlog-proof"), join(folder, "receipts/9999.tlog-proof")),
    ],
    "two receipts change places": ["slice-receipt", (folder) => swapFirstTwo(join(folder, "receipts"))],
    "less is said to be left out": [
      "slice-count",
      (folder) =>
        editText(join(folder, "slice.json"), (text) => text.replace(/"left_out":\[\[\d+,\d+\],/, '"left_out":[')),
    ],
    "stretches touch": [
      "slice-form",
      (folder) => editText(join(folder, "slice.json"), (text) => text.replace(/\[\[(\d+),(\d+)\]/, "[[$1,$2],[$2,$2]")),
    ],
    "what is left out is spelled another way": [
      "encoding",
      (folder) => editText(join(folder, "slice.json"), (text) => text.replace("[[", "[ [")),
    ],
    "the checkpoint is of another station": [
      "note-signature",
      (folder) => editText(join(folder, "checkpoint"), (text) => text.replace(/\n\d+\n/, "\n7\n")),
    ],
    "a cell of the table is changed": [
      "table-differs",
      (folder) => editText(join(folder, "ledger.csv"), (text) => text.replace(",pump,", ",pomp,")),
    ],
    "the note of what is left out is removed": ["size-differs", (folder) => rmSync(join(folder, "slice.json"))],
  };
  test.each(Object.entries(tamperings))("%s: it is named", async (_, [code, apply]) => {
    const { folder } = await slice({ device: pump });
    apply(folder);
    expect(await found({ folder })).toContainEqual(expect.stringMatching(new RegExp(`^${code} `)));
  });
});

describe("answers", () => {
  test("files of a period are those issued in it, with whether they were delivered", async () => {
    const { ledger } = world.station;
    const issuedIn = (period = allTime, workOrder: string | null = null) =>
      collected(filesIssued(ledger, indexRange(ledger, period), workOrder));
    const files = await issuedIn();
    expect(files.map(({ deviceName }) => deviceName ?? "").toSorted()).toEqual([
      "lathe",
      "press",
      "pump",
      "pump",
      "valve",
      "valve",
    ]);
    expect(files.every(({ delivered }) => delivered)).toBe(true);
    expect(files.every(({ fingerprint, fingerprintSha256 }) => sha256(fingerprint ?? "") === fingerprintSha256)).toBe(
      true,
    );
    // Devices of one batch are activated side by side, in whatever order the server answers.
    const ofOrder = (await issuedIn(allTime, "WO-1")).map(({ deviceName, operator }) => `${deviceName} by ${operator}`);
    expect(ofOrder.toSorted()).toEqual(["pump by Ada", "valve by Ada"]);
    expect(await issuedIn(parsePeriod("2001-01-01", "2001-01-31"))).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect(await issuedIn(parsePeriod(today, today))).toHaveLength(6);
  });

  test("everything about a device is its own entries and its batches', in order", () => {
    const story = [...deviceStory(world.station.ledger, pump)];
    expect(story.map(({ index }) => index)).toEqual(story.map(({ index }) => index).toSorted((a, b) => a - b));
    expect(new Set(story.map(({ entry }) => entry.type))).toEqual(
      new Set([
        "batch.started",
        "activation.intended",
        "activation.recorded",
        "machine-file.issued",
        "delivery.intended",
        "delivery.committed",
        "batch.finished",
      ]),
    );
  });

  test("files that expire soon are the newest of each device, and not those already replaced or long good", async () => {
    const { ledger } = world.station;
    const now = new Date();
    const within = async (days: number, from = now) =>
      (await collected(filesExpiring(ledger, from, days))).map(({ deviceName }) => deviceName ?? "").toSorted();
    expect(await within(29)).toEqual([]);
    expect(await within(31)).toEqual(["press", "pump", "valve"]);
    expect(await within(200)).toEqual(["lathe", "press", "pump", "valve"]);
    expect(await within(90, new Date(now.getTime() + 400 * 86_400_000))).toEqual([]);
  });

  test("counts add up by operator and by work order", () => {
    const { byOperator, byWorkOrder } = counts(world.station.ledger, indexRange(world.station.ledger, allTime));
    expect(byOperator).toEqual([
      { name: "Ada", batches: 2, delivered: 5, failed: 0, skipped: 0 },
      { name: "Bo", batches: 1, delivered: 1, failed: 0, skipped: 0 },
    ]);
    expect(byWorkOrder.map(({ name, delivered }) => [name, delivered])).toEqual([
      ["WO-1", 2],
      ["WO-2", 1],
      ["WO-3", 3],
    ]);
    const before = indexRange(world.station.ledger, parsePeriod(null, "2001-01-01"));
    expect(counts(world.station.ledger, before).byOperator).toEqual([]);
  });

  test("overrides name what was decided and by whom; trust on first use is none", () => {
    const { ledger } = world.station;
    expect(overrides(ledger, indexRange(ledger, allTime))).toEqual([]);
    const key = {
      api: "https://licences.example/api/v1",
      kid: "kid-2",
      public_key: Buffer.alloc(32).toString("base64"),
    };
    const batch = "20261122-000000-lost";
    const [first = 0] = ledger.append([
      { type: "signing-key.trusted", ...key, how: "accepted", operator: "Cy" },
      { type: "batch.abandoned", batch, seats_unknown: 1, reason: "operator" },
    ]);
    expect(overrides(ledger, indexRange(ledger, allTime))).toEqual([
      {
        index: first,
        at: expect.any(String),
        kind: "signing-key-accepted",
        operator: "Cy",
        batch: null,
        subject: "kid-2",
      },
      { index: first + 1, at: expect.any(String), kind: "batch-abandoned", operator: null, batch, subject: "operator" },
    ]);
  });
});

describe("periods", () => {
  test("a day as the end means all of that day", () => {
    expect(parsePeriod("2026-03-01", "2026-03-31")).toEqual({
      fromMs: Date.UTC(2026, 2, 1),
      toMs: Date.UTC(2026, 3, 1),
    });
    expect(parsePeriod("2026-03-01T06:30:00Z", null)).toEqual({ fromMs: Date.UTC(2026, 2, 1, 6, 30), toMs: null });
  });

  test.each([
    ["2026-02-30", null],
    ["yesterday", null],
    ["2026-3-1", null],
    ["2026-03-01T06:30:00+01:00", null],
    ["2026-03-02", "2026-03-01"],
  ])("%s to %s is refused", (from, to) => {
    expect(() => parsePeriod(from, to)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

function swapFirstTwo(folder: string): void {
  const [a = "", b = ""] = readdirSync(folder).sort();
  swapFiles(join(folder, a), join(folder, b));
}
