import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyFingerprint } from "#shared/verifier/trusted-keys.ts";
import { cosignerType } from "#shared/formats/cosignature.ts";
import { formatVkey } from "#shared/formats/signed-note.ts";
import { cosignerKey } from "../../electron/engine/cosigner.ts";
import { stationKeyFiles } from "../../electron/engine/exported-keys.ts";
import { auditorPage } from "../../electron/engine/audit/auditor-page.ts";
import { allTime } from "../../electron/engine/audit/period.ts";
import { bundleHash } from "../../electron/engine/audit/bundle-hash.ts";
import { writeReport } from "../../electron/engine/audit/report-files.ts";
import { chromiumPrinter } from "../../electron/engine/platform/chromium.ts";
import { type AuditorWorld, auditorWorld, trustedKeysIn } from "../fixtures/auditor-world.ts";

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const root = new URL("../..", import.meta.url).pathname;

describe.skipIf(executable === undefined)("the auditor's page, opened from a disk", () => {
  let world: AuditorWorld;
  let browser: Browser;
  let page: Page;
  let stick: string;
  let bundle: string;
  let keys: string;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    execFileSync(
      process.execPath,
      ["node_modules/vite/bin/vite.js", "build", "-c", "renderer/auditor/vite.config.ts"],
      { cwd: root },
    );
    world = await auditorWorld();
    stick = await world.provision("stick", ["pump", "valve"]);
    appendMany(world, 100_000);
    bundle = await world.exportTo("bundle");
    keys = world.exportKeys("keys");
    const { CI: _, ...env } = process.env;
    browser = await chromium.launch({ executablePath: executable ?? "", args: ["--no-sandbox"], env });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  async function open(locale = "en-GB"): Promise<void> {
    requests.length = 0;
    complaints.length = 0;
    const context = await browser.newContext({ locale, offline: true });
    page = await context.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    // A copy far from the project, as an auditor has it.
    const copy = join(world.base, "verify.html");
    writeFileSync(copy, auditorPage() ?? "");
    await page.goto(pathToFileURL(copy).href);
  }

  async function giveKeys(): Promise<void> {
    await page.setInputFiles(
      "#key-files",
      ["ledger.vkey", "manifest.pem", "minisign.pub"].map((name) => join(keys, name)),
    );
    await page.getByText("minisign key Trusted").waitFor();
  }

  async function hand(...folders: readonly string[]): Promise<void> {
    for (const folder of folders) await page.setInputFiles("#evidence-folder", folder);
    await page.getByText("files at hand").waitFor();
  }

  async function verdict(): Promise<string> {
    await page.getByRole("button", { name: "Verify the evidence" }).click();
    return await page.locator(".banner h2").innerText({ timeout: 60_000 });
  }

  test("a bundle of 100,000 entries and a stick are found good without a network, and nothing but the page is asked for", async () => {
    await open();
    await giveKeys();
    await hand(bundle, stick);
    expect(await verdict()).toBe("Everything verifies");
    expect(await page.locator("article h3").allInnerTexts()).toEqual([
      expect.stringContaining("Ledger export bundle"),
      expect.stringContaining("Stick stick"),
    ]);
    expect(await page.locator("article").first().innerText()).toMatch(/100,0\d\d entries, root [0-9a-f]{64}/);
    expect(requests).toEqual([expect.stringMatching(/^file:/)]);
    expect(complaints).toEqual([]);
  }, 90_000);

  test("one changed byte of an entry is named with its file and line", async () => {
    const forged = join(world.base, "forged");
    execFileSync("cp", ["-r", bundle, forged]);
    const path = join(forged, "entries.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes('"device_name":"pump"'));
    lines[at] = (lines[at] ?? "").replace('"device_name":"pump"', '"device_name":"pumq"');
    writeFileSync(path, lines.join("\n"));
    await open();
    await giveKeys();
    await hand(forged);
    expect(await verdict()).toMatch(/things are wrong$/);
    expect(await page.locator('[data-code="entries-differ"]').innerText()).toContain(
      `forged/entries.jsonl line ${at + 1}`,
    );
    expect(await page.locator('[data-code="root-differs"]').innerText()).toContain("forged/checkpoint");
  }, 90_000);

  test("with nothing but fingerprints on paper, keys that came with the evidence are trusted once they are the same", async () => {
    const { ledger, manifest } = trustedKeysIn(keys);
    await open();
    await hand(stick);
    const typed = (key: Uint8Array) => keyFingerprint(key).toUpperCase().replace(/.{4}/g, "$& ");
    // The stick carries no manifest key; the auditor has that one as a file.
    await page.setInputFiles("#key-files", join(keys, "manifest.pem"));
    const field = page.getByLabel("Printed fingerprint, Ledger key dock-7.example");
    await field.fill(`${"0".repeat(64)}`);
    await page.getByText("Not the same").waitFor();
    await field.fill(typed(ledger.publicKey));
    await page.getByText("Ledger key Trusted").waitFor();
    expect(await verdict()).toBe("Everything verifies");
    expect(await page.locator("article").innerText()).toContain("this one is listed in the signed manifest");
    expect(manifest).not.toBeNull();
  }, 60_000);

  test("it speaks German, changes language without losing what was given, and passes an accessibility audit", async () => {
    await open("de-DE");
    await page.getByText("Schlüssel, denen Sie trauen").waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await giveKeys();
    await hand(stick);
    expect(await verdict()).toBe("Everything verifies");
    await page.getByRole("button", { name: "Deutsch" }).click();
    await page.getByText("Journal-Schlüssel Vertraut").waitFor();
    const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(source);
    const violations = await page.evaluate(async () => {
      type Axe = { run(): Promise<{ violations: readonly { id: string; nodes: readonly { html: string }[] }[] }> };
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    });
    expect(violations).toEqual([]);
  }, 60_000);

  test("a stick from before a rotation is judged with the key history, and witnesses that are asked for are missed", async () => {
    const rotated = await auditorWorld("rotated.example");
    try {
      const older = await rotated.provision("older", ["pump"]);
      for (const use of ["ledger", "manifest", "minisign"] as const) rotated.station.rotateKey(use, { operator: null });
      const whole = await rotated.exportTo("whole");
      const { keys: ring, ledger, name } = rotated.station;
      const given = Object.entries(stationKeyFiles(ring, ledger, name).files).map(([file, bytes]) => {
        const path = join(rotated.base, file);
        writeFileSync(path, bytes);
        return path;
      });
      const current = given.filter((path) => /(ledger\.vkey|manifest\.pem|minisign\.pub)$/.test(path));
      await open();
      await page.setInputFiles("#key-files", current);
      await page.getByText("minisign key Trusted").waitFor();
      await hand(older);
      expect(await verdict()).not.toBe("Everything verifies");
      const bad = await page.locator(".banner h2").innerText();
      await page.setInputFiles("#key-files", join(rotated.base, "key-history.json"));
      await page.getByText("The history of the station's keys is at hand").waitFor();
      expect(await verdict()).not.toBe(bad);
      const good = await page.locator(".banner h2").innerText();
      await hand(whole);
      expect(await verdict()).toBe(good);
      await page.getByText("Witnesses", { exact: true }).click();
      await page
        .getByLabel("Keys of witnesses, one a line")
        .fill(formatVkey(cosignerKey(rotated.station), cosignerType));
      await page.getByLabel("How many must vouch").fill("1");
      await page.getByText("1 witnesses named, 1 must vouch.").waitFor();
      expect(await verdict()).not.toBe(good);
      expect(complaints).toEqual([]);
    } finally {
      await rotated.close();
    }
  }, 90_000);
});

describe.skipIf(executable === undefined)("the auditor's report", () => {
  test("prints to a PDF with the bundle's hash and the ledger's root at the foot of every page", async () => {
    const world = await auditorWorld();
    try {
      await world.provision(
        "stick",
        Array.from({ length: 40 }, (_, i) => `device-${i}`),
      );
      const file = join(world.base, "report.pdf");
      const order = { period: allTime, now: new Date(), version: "0.0.0-test", language: "en" as const };
      await writeReport(world.station.ledger, order, file, chromiumPrinter(process.env));
      const pdf = readFileSync(file);
      const bundleSha256 = await bundleHash(world.station.ledger, world.station.ledger.size);
      const root = Buffer.from(world.station.ledger.rootAt(world.station.ledger.size)).toString("hex");
      const text = spawnSync("pdftotext", ["-layout", join(world.base, "report.pdf"), "-"]);
      expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
      // Poppler's tool is not everywhere; where it is, it reads what a person would.
      if (text.status !== 0) return;
      const pages = text.stdout.toString().split("\f").slice(0, -1);
      expect(pages.length).toBeGreaterThan(1);
      for (const [at, one] of pages.entries()) {
        expect(one).toContain(bundleSha256);
        expect(one).toContain(root);
        expect(one).toContain(`Page ${at + 1} of ${pages.length}`);
      }
    } finally {
      await world.close();
    }
  }, 60_000);
});

/** Lengthens the ledger past what any batch would, as years do. */
function appendMany({ station }: AuditorWorld, count: number): void {
  const digest = "ab".repeat(32);
  for (let done = 0; done < count; done += 1000) {
    station.ledger.append(
      Array.from({ length: 1000 }, (_, i) => ({
        type: "device.skipped" as const,
        batch: "20261122-080000-year",
        fingerprint_sha256: digest,
        device_name: `device ${done + i}`,
        code: "CONFLICT_SKIPPED",
      })),
    );
  }
}
