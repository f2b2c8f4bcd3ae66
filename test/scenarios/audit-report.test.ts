import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex } from "#shared/formats/encoding.ts";
import { allTime, parsePeriod } from "../../electron/engine/audit/period.ts";
import { reconcile, seatsFromCsv } from "../../electron/engine/audit/reconcile.ts";
import { reportPage } from "../../electron/engine/audit/report.ts";
import { type AuditorWorld, auditorWorld } from "../fixtures/auditor-world.ts";
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
}, 30_000);

afterAll(async () => {
  await world?.close();
});

async function report(period = allTime): Promise<string> {
  let page = "";
  for await (const piece of reportPage(world.station.ledger, {
    period,
    now: new Date("2026-11-22T12:00:00Z"),
    version: "1.2.3",
  }))
    page += piece;
  return page;
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

  test("puts the ledger's root at the foot of every page, and the checkpoint on it as text and as a QR code", async () => {
    const page = await report();
    const { ledger } = world.station;
    expect(page).toContain(`content: "Ledger root ${hex(ledger.rootAt(ledger.size))}"`);
    expect(page).toContain("counter(page)");
    expect(page).toContain(`<pre>${ledger.checkpoint()}</pre>`);
    expect(page).toMatch(/<svg[^>]*viewBox/);
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
  test("the sandbox's own list of seats agrees with the ledger", () => {
    const seats = world.sandbox
      .activations()
      .map(({ fingerprint, activation_id }) => ({ fingerprint, activationId: activation_id, deviceName: null }));
    expect(reconcile(world.station.ledger, seats, sha256(world.sandbox.licenseKey))).toEqual({
      seats: 2,
      agreeing: 2,
      differences: [],
    });
  });

  test("seats unlogged, seats gone, other names and other activations are told apart", () => {
    const [pump] = world.sandbox.activations();
    const csv = [
      "\ufeffid,Fingerprint,Name",
      `${pump?.activation_id},fingerprint of pump on stick,"pump, old"`,
      "act-9,fingerprint of a stranger,stranger",
      "",
    ].join("\r\n");
    const { differences } = reconcile(world.station.ledger, seatsFromCsv(csv), null);
    expect(differences).toEqual([
      {
        kind: "name-differs",
        fingerprintSha256: sha256("fingerprint of pump on stick"),
        server: "pump, old",
        ledger: "pump",
      },
      { kind: "seat-unlogged", fingerprintSha256: sha256("fingerprint of a stranger"), deviceName: "stranger" },
      {
        kind: "seat-gone",
        fingerprintSha256: sha256("fingerprint of valve on stick"),
        deviceName: "valve",
        activationId: expect.any(String),
      },
    ]);
    const other = seatsFromCsv(
      "fingerprint,activation_id\nfingerprint of pump on stick,act-other\nfingerprint of valve on stick,\n",
    );
    expect(reconcile(world.station.ledger, other, null).differences).toEqual([
      {
        kind: "activation-differs",
        fingerprintSha256: sha256("fingerprint of pump on stick"),
        server: "act-other",
        ledger: pump?.activation_id,
      },
    ]);
  });

  test("a list of another licence shares no seat with this one", () => {
    expect(reconcile(world.station.ledger, [], sha256("another key"))).toEqual({
      seats: 0,
      agreeing: 0,
      differences: [],
    });
  });

  test.each(["", "device\nx\n", 'fingerprint\n"x\n', 'fingerprint\nx"y\n'])(
    "what is no list is refused: %j",
    (text) => {
      expect(() => seatsFromCsv(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
    },
  );
});
