import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../electron/cli/run.ts";
import { heldServer } from "../fakes/held-server.ts";
import { licenseWindow, someDevices, type WindowStation, windowStation } from "../fakes/window-station.ts";
import { testVendor, unlimited } from "../fixtures/station-licence.ts";
import { openRealWindow, provisionStick, type RealWindow, showBadge } from "./real-window.ts";
import { chromiumPath, launchChromium, nextAction } from "./window.ts";

const passphrase = "correct horse";

/** A station that somebody laid hands on while it was closed, in a real browser on the real engine. */
describe.skipIf(chromiumPath === undefined)("trouble on the real engine", () => {
  let browser: Browser;
  let station: WindowStation;
  let window: RealWindow;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    await window?.close();
    await station?.close();
  });

  async function open() {
    station = await windowStation({ engine: { passphrase } });
    await licenseWindow(station);
    const { product } = station.sandbox;
    await station.call("job.set", { product, pool: "main", policyId: "field", workOrder: "WO-1" });
    window = await openRealWindow(browser, station);
  }
  /** Closes window and station, lets something befall the home, and opens both again. */
  async function reopen(meanwhile: () => void) {
    await window.close();
    await station.reopen(meanwhile);
    window = await openRealWindow(browser, station);
  }
  /** `station ledger verify`, as an auditor runs it on the home. */
  async function verified() {
    let stdout = "";
    const code = await run(["ledger", "verify", "--home", join(station.folder, "home"), "--json"], {
      stdout: (text) => void (stdout += text),
      stderr: () => {},
      env: { STATION_PASSPHRASE: passphrase },
      signal: new AbortController().signal,
    });
    return { code, verdict: JSON.parse(stdout) };
  }

  /** One claim of the open copy of the licence, by hand. */
  const editClaims = () => {
    const stored = join(station.folder, "home", "licence.json");
    writeFileSync(stored, readFileSync(stored, "utf8").replace('"tier":"test"', '"tier":"best"'));
  };

  test("an edited licence store: the tamper page, tokens that are no recovery refused, a second person, the vendor's key, and work goes on", async () => {
    await open();
    await station.call("operators.add", { badge: "NW-1", name: "Ada", role: "administrator", secret: "hopper-7730" });
    await station.call("operators.add", { badge: "NW-2", name: "Grace", role: "supervisor", secret: "lovelace-81" });
    await station.call("operators.policy", {
      approvals: ["licence-recovery"],
      lockAfterMinutes: null,
      needAllotment: null,
    });
    const stick = await station.stick(someDevices(2));
    await reopen(editClaims);
    const { page, show, picture, complaints } = window;
    await showBadge(page, "NW-1", "hopper-7730");
    await page.locator(".tamper").waitFor();
    await page.getByText(/tier/).first().waitFor();
    await picture("t1-tampered");
    for (const screen of [`check/${stick}`, "single", "carry", "station"]) {
      await show(`#/${screen}`);
      await page.locator(".tamper").waitFor();
    }
    expect(await station.reply("batch.start", { stickId: stick, onConflict: "refuse" })).toMatchObject({
      ok: false,
      error: { code: "STATION_TAMPERED" },
    });

    const asked = await forTheVendor(page);
    const issued_at = "2026-11-22T00:00:00Z";
    const hand = async (token: string) => {
      await page.getByLabel("Recovery key", { exact: true }).fill(token);
      await nextAction(page).click();
    };
    await hand("not a token at all");
    await page.getByText("This is not a licence token, or part of it is missing.", { exact: true }).waitFor();
    await hand(testVendor.token(unlimited));
    await page.getByText("This token was made for another purpose.", { exact: true }).waitFor();
    await page.getByText(/^Check which of the vendor's files was given/).waitFor();
    await picture("t2-not-a-recovery");
    await hand(testVendor.token({ ...asked, event: "0".repeat(64), issued_at }, "recovery"));
    await page.getByText("This recovery key is not for what was seen here.", { exact: true }).waitFor();
    await picture("t3-another-event");

    await hand(testVendor.token({ ...asked, issued_at }, "recovery"));
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByLabel("Why it is needed").fill("A disk was put back");
    await page.keyboard.press("Enter");
    await showBadge(page, "NW-2", "lovelace-81");
    await page.getByText("Approved by Grace.").waitFor();
    await picture("t4-approved");
    await nextAction(page).click();
    await page.locator(".tamper").waitFor({ state: "detached" });
    await provisionStick(window, stick);
    expect(station.sandbox.activations()).toHaveLength(2);

    await show("#/ledger");
    await page.getByRole("gridcell", { name: "Station recovered" }).waitFor();
    await picture("t5-ledger");
    expect(complaints).toEqual([]);
    const told = (await station.call("ledger.page", { before: null, limit: 500, type: null, query: "" })).rows
      .map(({ type }) => type)
      .reverse();
    const story = ["tamper.detected", "approval.asked", "approval.given", "approval.used", "licence.recovered"];
    expect(told.filter((type) => story.includes(type))).toEqual(story);
    expect(told.lastIndexOf("batch.finished")).toBeGreaterThan(told.indexOf("licence.recovered"));
    await window.close();
    const { code, verdict } = await verified();
    expect([code, verdict]).toMatchObject([0, { ok: true, problems: [] }]);
  });

  test("a damaged entry: the window opens for reading, names it, spends nothing, saves what is left, and closes", async () => {
    await open();
    const stick = await station.stick(someDevices(3));
    await provisionStick(window, stick);
    const { total } = await station.call("devices.search", { query: "", offset: 0, limit: 1 });
    const at = 7;
    await reopen(() => damage(join(station.folder, "home", "ledger.db"), at));
    const { page, show, picture, complaints } = window;
    await show("#/station");
    await page
      .locator(".alarm")
      .getByText(/^The ledger does not verify/)
      .waitFor();
    await picture("d1-station");
    const { size } = (await station.until("status", ({ ledger }) => ledger.health === "broken")).ledger;

    await show(`#/check/${stick}`);
    await page.locator(".alarm").waitFor();
    await expect.poll(() => nextAction(page).isDisabled()).toBe(true);
    await picture("d2-check");
    await show("#/single");
    await page
      .getByLabel(/^Fingerprint/)
      .first()
      .fill("fp-pasted-0001");
    expect(await nextAction(page).isDisabled()).toBe(true);
    await picture("d3-single");
    const spends = [
      await station.reply("batch.start", { stickId: stick, onConflict: "refuse" }),
      await station.reply("single.issue", { fingerprint: "fp-pasted-0001", name: "", stickId: null }),
      await station.reply("keys.rotate", { use: "manifest" }),
    ];
    expect(spends.map((one) => (one.ok ? "done" : one.error.code))).toEqual(Array(3).fill("LEDGER_BROKEN"));
    expect(station.sandbox.activations()).toHaveLength(3);

    await show("#/devices");
    await page.getByRole("gridcell", { name: "device 0" }).waitFor();
    expect((await station.call("devices.search", { query: "", offset: 0, limit: 1 })).total).toBe(total);
    await page.locator(".alarm").getByRole("link").click();
    await page
      .getByText(new RegExp(`ntry ${at}\\b`))
      .first()
      .waitFor();
    await picture("d4-ledger");
    station.chosen.folder = station.folder;
    await page.getByRole("button", { name: "Save what is left" }).click();
    await page.getByText(`${size - 1} entries that can still be proved saved`).waitFor();
    await picture("d5-saved");
    const folder = readdirSync(station.folder).find((name) => name.startsWith("ledger-")) ?? "";
    expect(readFileSync(join(station.folder, folder, "DAMAGE.txt"), "utf8")).toContain(`entry ${at}: `);
    await page.getByRole("button", { name: "Verify again" }).click();
    await expect.poll(() => page.getByRole("button", { name: "Verify again" }).isEnabled()).toBe(true);
    await page
      .getByText(new RegExp(`^Entry ${at} is not the one`))
      .first()
      .waitFor();
    await picture("d6-verified-again");
    expect(complaints).toEqual([]);

    // Closed and opened once more, it stands where it stood, and nothing was written.
    await reopen(() => {});
    await window.page.locator(".alarm, .note[data-tone=action]").first().waitFor();
    expect((await station.until("status", ({ ledger }) => ledger.health === "broken")).ledger.size).toBe(size);
    await window.close();
    const { code, verdict } = await verified();
    expect([code, verdict]).toMatchObject([
      5,
      { ok: false, problems: expect.arrayContaining([expect.objectContaining({ index: at, kind: "leaf" })]) },
    ]);
  });

  test("a server that answers nothing: the comparison says how far it is, also after a reload, is stopped, and works later", async () => {
    await open();
    await provisionStick(window, await station.stick(someDevices(4)));
    const held = await heldServer();
    try {
      await station.call("settings.update", { apiUrl: held.url });
      const { page, show, picture, complaints } = window;
      const compare = page.getByRole("radio", { name: "Compare with the server" });
      await show("#/answers");
      await compare.click();
      await nextAction(page).click();
      await page.getByText("0 of 4 devices asked about").waitFor();
      await page.reload();
      await compare.click();
      await page.getByText("0 of 4 devices asked about").waitFor();
      expect(await nextAction(page).isDisabled()).toBe(true);
      await picture("c1-comparing");
      await page.getByRole("button", { name: "Stop comparing" }).click();
      await page.getByText("Stopped after 0 of 4 devices").waitFor();
      await picture("c2-stopped");
      await station.call("settings.update", { apiUrl: station.sandbox.url });
      await nextAction(page).click();
      await page.getByText("Server and ledger agree on all 4 seats").waitFor();
      await picture("c3-agree");
      expect(complaints).toEqual([]);
    } finally {
      held.close();
    }
  });
});

/** What the page tells the person to send, read off the page. */
async function forTheVendor(page: Page): Promise<{ readonly station: string; readonly event: string }> {
  await page.getByRole("button", { name: "Copy for the vendor" }).click();
  const sent = String(await page.evaluate("navigator.clipboard.readText()"));
  const [station = "", event = ""] = sent.match(/\b[0-9a-f]{64}\b/g) ?? [];
  return { station, event };
}

/** One digit of one entry's time. */
function damage(path: string, index: number): void {
  const database = new DatabaseSync(path);
  const row = database.prepare("SELECT bytes FROM entries WHERE idx = ?").get(index);
  const bytes = Buffer.from(row?.["bytes"] as Uint8Array);
  bytes[bytes.indexOf('"at":"20') + 8] = 0x31;
  database.prepare("UPDATE entries SET bytes = ? WHERE idx = ?").run(bytes, index);
  database.close();
}
