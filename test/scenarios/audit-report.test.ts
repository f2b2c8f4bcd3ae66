import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex } from "#shared/formats/encoding.ts";
import { allTime, parsePeriod } from "../../electron/engine/audit/period.ts";
import { bundleHash } from "../../electron/engine/audit/bundle-hash.ts";
import { reconcile } from "../../electron/engine/audit/reconcile.ts";
import { reportPage } from "../../electron/engine/audit/report.ts";
import type { ReportLanguage } from "../../electron/engine/audit/report-text.ts";
import { seatsFromCsv } from "../../electron/engine/audit/seat-list.ts";
import { type AuditorWorld, auditorWorld } from "../fixtures/auditor-world.ts";
import { collected } from "../fixtures/collected.ts";
import { sha256 } from "../fixtures/delivery-world.ts";

let world: AuditorWorld;

beforeAll(async () => {
  world = await auditorWorld();
  await world.provision("stick", ["pump", "valve"], { workOrder: "WO-<1>", operator: 'Ada "& Co"' });
  world.station.ledger.append([
    {
      type: "device.failed",
      batch: "20261122-000000-lost",
      fingerprint_sha256: sha256("x"),
      device_name: "kiln\u202e<b>",
      stage: "issue",
      code: "API_TIMEOUT",
      message: "late",
      seat: "taken",
    },
    { type: "batch.abandoned", batch: "20261122-000000-lost", seats_unknown: 1, reason: "operator" },
  ]);
});

afterAll(async () => {
  await world?.close();
});

async function report(period = allTime, language: ReportLanguage = "en"): Promise<string> {
  const { ledger } = world.station;
  const pieces = reportPage(ledger, {
    period,
    now: new Date("2026-11-22T12:00:00Z"),
    version: "1.2.3",
    language,
    checkpoint: ledger.checkpoint(),
    bundleSha256: await bundleHash(ledger, ledger.size),
  });
  return (await collected(pieces)).join("");
}

describe("the report", () => {
  test("names station, period, operators, every device with its file, exceptions, decisions and the version", async () => {
    const page = await report();
    const files = [...world.station.ledger.entries()].flatMap(({ entry }) =>
      entry.type === "machine-file.issued" ? [entry.file_sha256] : [],
    );
    expect(files).toHaveLength(2);
    for (const text of [
      "dock-7.example",
      "pump",
      "valve",
      ...files,
      "API_TIMEOUT",
      "batch-abandoned",
      "licence-station 1.2.3",
    ])
      expect(page).toContain(text);
    expect(page).toContain("<td>Ada &quot;&amp; Co&quot;</td><td>1</td><td>2</td><td>0</td><td>0</td>");
  });

  test("puts the bundle's hash and the ledger's root at the foot of every page, and the checkpoint on it as text and as a QR code", async () => {
    const page = await report();
    const { ledger } = world.station;
    const lines = await readFile(join(await world.exportTo("hashed"), "entries.jsonl"));
    expect(page).toContain(
      `content: "Bundle (SHA-256) ${sha256(lines)}\\A Ledger root (SHA-256) ${hex(ledger.rootAt(ledger.size))}"`,
    );
    expect(page).toContain("counter(page)");
    expect(page).toContain(`<pre>${ledger.checkpoint()}</pre>`);
    expect(page).toMatch(/<svg[^>]*viewBox/);
  });

  test("speaks German where the station does, and leaves what the ledger says as it is", async () => {
    const page = await report(allTime, "de");
    for (const text of ['<html lang="de">', "Bericht über ausgestellte Lizenzen", "Seite", "batch-abandoned"])
      expect(page).toContain(text);
    expect(page).not.toMatch(/Devices and files|Operators|Checkpoint</);
  });

  test("shows what people typed as text: no markup, nothing that turns the line around", async () => {
    const page = await report();
    expect(page).toContain("kiln\ufffd&lt;b&gt;");
    expect(page).toContain("WO-&lt;1&gt;");
    expect(page).not.toContain("\u202e");
    expect(page).not.toMatch(/<(?:script|b)\b/);
  });

  test("of a period without entries says so and still carries the checkpoint", async () => {
    const page = await report(parsePeriod("2001-01-01", "2001-12-31"));
    expect(page).toContain("none in the period");
    expect(page).not.toContain("pump");
    expect(page).toContain("<pre>");
  });
});

describe("reconciliation with the licensing server", () => {
  test("the sandbox's own list of seats agrees with the ledger", async () => {
    const seats = world.sandbox
      .activations()
      .map(({ fingerprint, activation_id }) => ({ fingerprint, activationId: activation_id, deviceName: null }));
    expect(await reconcile(world.station.ledger, seats, sha256(world.sandbox.licenseKey))).toEqual({
      seats: 2,
      agreeing: 2,
      unanswered: 0,
      differences: [],
    });
  });

  test("seats unlogged, seats gone, other names and other activations are told apart", async () => {
    const [pump] = world.sandbox.activations();
    const csv = [
      "\ufeffid,Fingerprint,Name",
      `${pump?.activation_id},fingerprint of pump on stick,"pump, old"`,
      "act-9,fingerprint of a stranger,stranger",
      "",
    ].join("\r\n");
    const { differences } = await reconcile(world.station.ledger, seatsFromCsv(csv), null);
    expect(differences).toEqual([
      {
        kind: "name-differs",
        fingerprintSha256: sha256("fingerprint of pump on stick"),
        deviceName: "pump",
        server: "pump, old",
        ledger: "pump",
      },
      {
        kind: "seat-unlogged",
        fingerprintSha256: sha256("fingerprint of a stranger"),
        deviceName: "stranger",
        server: "act-9",
        ledger: null,
      },
      {
        kind: "seat-gone",
        fingerprintSha256: sha256("fingerprint of valve on stick"),
        deviceName: "valve",
        server: null,
        ledger: expect.any(String),
      },
    ]);
    const other = seatsFromCsv(
      "fingerprint,activation_id\nfingerprint of pump on stick,act-other\nfingerprint of valve on stick,\n",
    );
    expect((await reconcile(world.station.ledger, other, null)).differences).toEqual([
      {
        kind: "activation-differs",
        fingerprintSha256: sha256("fingerprint of pump on stick"),
        deviceName: "pump",
        server: "act-other",
        ledger: pump?.activation_id,
      },
    ]);
  });

  test("a list of another licence shares no seat with this one", async () => {
    expect(await reconcile(world.station.ledger, [], sha256("another key"))).toEqual({
      seats: 0,
      agreeing: 0,
      unanswered: 0,
      differences: [],
    });
  });

  test("a dashboard's own column names are understood, and seats that were given back are none", () => {
    const csv =
      "Activation ID,Device-ID,Device Name,Deactivated At,Status\na1,fp-one-00,one,,active\na2,fp-two-00,two,2026-01-01,\na3,fp-three,,,Inactive\n";
    expect(seatsFromCsv(csv)).toEqual([{ fingerprint: "fp-one-00", activationId: "a1", deviceName: "one" }]);
  });

  test.each([
    "",
    "device\nx\n",
    'fingerprint\n"x\n',
    'fingerprint\nx"y\n',
    "fingerprint,Fingerprint\na,b\n",
    "id,fingerprint\n1,\n",
    "fingerprint\na,b\n",
  ])("what is no list is refused: %j", (text) => {
    expect(() => seatsFromCsv(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
