import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { shiftedClock } from "../fakes/shifted-clock.ts";
import { licenseWindow, someDevices, windowStation } from "../fakes/window-station.ts";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { openRealWindow, showBadge } from "./real-window.ts";
import { chromiumPath, launchChromium, nextAction } from "./window.ts";

const dayMs = 86_400_000;

/** The licence's whole life in the window, on the real engine under a clock that the test sets. */
describe.skipIf(chromiumPath === undefined)("the station's licence on the real engine", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function open() {
    const clock = shiftedClock();
    const station = await windowStation({ sandbox: { clock: () => clock.now() }, engine: { clock } });
    closing.push(station.close);
    await station.call("job.set", {
      product: station.sandbox.product,
      pool: "main",
      policyId: "field",
      workOrder: "WO-1",
    });
    const { page, complaints, show, picture, close } = await openRealWindow(browser, station);
    closing.push(close);
    return { station, page, complaints, clock, show, picture };
  }

  test("33 without a licence and the 34th refused; a token pasted; grace, read-only and locked out on every screen; renewed", async () => {
    const { station, page, complaints, clock, show, picture } = await open();
    const stick = await station.stick(someDevices(34));
    await show(`#/check/${stick}`);
    await page.getByText(/^The station licence lets 33 of these 34 be provisioned now/).waitFor();
    await picture("1-check-33-of-34");
    await page.getByRole("button", { name: "Provision 33 of 34 devices" }).click();
    await page.locator('.summary:not([data-tone="working"])').waitFor({ timeout: 90_000 });
    expect(station.sandbox.activations()).toHaveLength(33);
    await page
      .getByRole("radio", { name: /Skipped/ })
      .getByText("1", { exact: true })
      .waitFor();
    await picture("2-batch-33-of-34");
    const alone = await station.stick([{ fingerprint: "fp-device-000033", name: "device 33" }]);
    await show(`#/check/${alone}`);
    await page
      .getByText(/quota is used up/)
      .first()
      .waitFor();
    expect(await nextAction(page).isDisabled()).toBe(true);
    await picture("3-check-34th-refused");

    // The vendor's key by a file dialog, the token by paste.
    station.chosen["vendor-key"] = licenceFiles(station.folder, "").key;
    await show("#/licence");
    await page.getByRole("heading", { name: /No licence|Quota used up/ }).waitFor();
    await station.call("licence.add-vendor-key", {});
    const expiresAt = new Date(Math.floor((Date.now() + 20 * dayMs) / 1000) * 1000);
    const claims = { ...unlimited, grace_period_days: 14, read_only_period_days: 30 };
    const paste = async (changes: object) => {
      const field = page.getByLabel("Licence token", { exact: true });
      if (!(await field.isVisible())) await nextAction(page).click();
      await field.fill(testVendor.token({ ...claims, ...changes }));
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Active" }).waitFor();
    };
    await paste({ expires_at: expiresAt.toISOString().replace(".000Z", "Z") });
    await picture("4-active");
    await show(`#/check/${alone}`);
    await page.getByRole("button", { name: "Provision 1 device", exact: true }).waitFor();

    const every = [
      "station",
      `check/${alone}`,
      "batch",
      "single",
      "carry",
      "devices",
      "ledger",
      "licenses",
      "settings",
    ];
    for (const [state, days, words, writes] of [
      ["grace", 21, /still works for 1[23] days/, true],
      ["read-only", 35, "It can be read, nothing is provisioned.", false],
      ["locked-out", 65, "has ended for good. Nothing is provisioned.", false],
    ] as const) {
      const now = new Date(Date.now() + days * dayMs);
      clock.set(now);
      await page.clock.setSystemTime(now);
      for (const screen of every) {
        await show(`#/${screen}`);
        await page.locator(".alarm").getByText(words).waitFor();
      }
      await show(`#/check/${alone}`);
      await page.locator(".check-grid").waitFor();
      await expect.poll(() => nextAction(page).isDisabled()).toBe(!writes);
      await picture(`5-${state}-check`);
      await show("#/licence");
      await page
        .getByRole("heading", { name: { grace: "Grace", "read-only": "Read only", "locked-out": "Locked out" }[state] })
        .waitFor();
      await picture(`6-${state}-licence`);
    }
    await paste({ licence_id: "renewed" });
    await show(`#/check/${alone}`);
    await page.getByRole("button", { name: "Provision 1 device", exact: true }).click();
    await page.locator('.summary[data-tone="done"]').waitFor({ timeout: 90_000 });
    expect(station.sandbox.activations()).toHaveLength(34);
    expect(complaints).toEqual([]);
  });

  test("a watched file that changes gives the open window its new quota; a store edited by hand takes the window to the tamper page", async () => {
    const { station, page, show, picture } = await open();
    await licenseWindow(station);
    const file = join(station.folder, "watched.jwt");
    const put = (quota: number) => {
      writeFileSync(
        `${file}.new`,
        `${testVendor.token({ ...unlimited, licence_id: `NW-${quota}`, daily_quota: quota })}\n`,
      );
      renameSync(`${file}.new`, file);
    };
    put(2);
    station.chosen.licence = file;
    await station.call("licence.watch-file", {});
    const stick = await station.stick(someDevices(5));
    await show(`#/check/${stick}`);
    await page.getByRole("button", { name: "Provision 2 of 5 devices" }).waitFor();
    put(4);
    await page.getByRole("button", { name: "Provision 4 of 5 devices" }).waitFor();
    await picture("7-watched");

    const stored = join(station.folder, "home", "licence.json");
    writeFileSync(stored, readFileSync(stored, "utf8").replace('"daily_quota":4', '"daily_quota":4000'));
    await nextAction(page).click();
    await page
      .getByText(/daily_quota/)
      .first()
      .waitFor();
    await picture("8-tampered");
    for (const screen of ["station", "single", "carry"]) {
      await show(`#/${screen}`);
      await page.locator(".tamper").waitFor();
    }
    expect(station.sandbox.activations()).toEqual([]);
    await show("#/ledger");
    await page.getByRole("gridcell", { name: "Tampering seen" }).first().waitFor();
  });

  test("two people with badges, the first one's override approved on the spot by the second, and the device's seat given back", async () => {
    const { station, page, show, picture } = await open();
    await station.call("operators.add", { badge: "NW-1", name: "Ada", role: "administrator", secret: "hopper-7730" });
    await station.call("operators.add", { badge: "NW-2", name: "Grace", role: "supervisor", secret: "lovelace-81" });
    await station.call("operators.policy", {
      approvals: ["conflict-override", "deactivation"],
      lockAfterMinutes: null,
      needAllotment: null,
    });
    await station.call("session.sign-out", {});
    await page.getByLabel("Badge", { exact: true }).waitFor();
    await picture("9-sign-in");
    await showBadge(page, "NW-2", "lovelace-81");
    await page.getByRole("button", { name: "Grace: switch operator" }).waitFor();
    const stick = await station.stick([
      { fingerprint: "fp-twice-0001", name: "first name" },
      { fingerprint: "fp-twice-0001", name: "second name" },
    ]);
    await show(`#/check/${stick}`);
    await page.getByText("Accept as they are").click();
    await nextAction(page).click();
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByLabel("Why it is needed").fill("Both names are the same press");
    await page.keyboard.press("Enter");
    await showBadge(page, "NW-1", "hopper-7730");
    await page.getByText("Approved by Ada.").waitFor();
    await picture("10-approved");
    await nextAction(page).click();
    await page.locator('.summary[data-tone="done"]').waitFor({ timeout: 90_000 });
    expect(station.sandbox.activations()).toHaveLength(1);

    await show("#/devices");
    await page.getByRole("gridcell", { name: /name/ }).first().click();
    await page.getByRole("button", { name: "Give its seat back" }).click();
    await page.getByLabel("Why the seat is given back").fill("scrapped");
    await page.getByRole("button", { name: "Give the seat back", exact: true }).click();
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByLabel("Why it is needed").fill("scrapped");
    await page.keyboard.press("Enter");
    await showBadge(page, "NW-1", "hopper-7730");
    await page.getByText("Approved by Ada.").waitFor();
    await page.getByRole("button", { name: "Give the seat back", exact: true }).click();
    await page.locator(".history").getByText("Seat given back").waitFor();
    await picture("11-deactivated");
    expect(station.sandbox.activations()).toEqual([]);
  });
});
