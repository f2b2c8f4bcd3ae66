import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { chromiumPath, type FakeWindowOptions, fakeWindows, nextAction } from "./window.ts";

const pin = "284615";

describe.skipIf(chromiumPath === undefined)("licence, operators and approvals on a fake engine", () => {
  const windows = fakeWindows();
  const open = async (options: FakeWindowOptions) => (await windows.open(options)).page;
  /** What a badge scanner does, then a PIN on the keyboard. */
  const showBadge = async (page: Page, badge: string, secret = pin) => {
    await page.getByLabel("Badge", { exact: true }).and(page.locator(":focus")).waitFor();
    await page.keyboard.type(`${badge}\n`);
    await takesPin(page);
    await page.keyboard.type(`${secret}\n`);
  };
  /** A scanner and a person type after the field is there; while a PIN is being checked it takes none. */
  const takesPin = (page: Page) => page.locator('input[type="password"]:focus:enabled').waitFor();

  test("a token pasted is verified, makes the station active, and stays nowhere in the window", async () => {
    const page = await open({ scenario: "quiet", hash: "#/licence", licence: "none" });
    await page.getByRole("heading", { name: "No licence" }).waitFor();
    await page.getByRole("button", { name: "Paste a licence token" }).click();
    const field = page.getByLabel("Licence token", { exact: true });
    expect(await field.getAttribute("type")).toBe("password");
    await field.fill("SECRET-NONSENSE");
    await page.keyboard.press("Enter");
    await page.getByText("The licence token's signature does not verify.").waitFor();
    await page.getByRole("heading", { name: "No licence" }).waitFor();
    expect(await field.inputValue()).toBe("");
    await field.fill("LS1.SECRET-TOKEN");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Active" }).waitFor();
    expect(await page.content()).not.toContain("SECRET");
    const kept = await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href");
    expect(kept).not.toContain("SECRET");
  });

  test.each([
    ["grace", /still works for 1[89] days/],
    ["read-only", "It can be read, nothing is provisioned."],
    ["locked-out", "has ended for good. Nothing is provisioned."],
    ["quota-over", /quota is used up. More is free in 5 h/],
  ] as const)("%s: every screen says so", async (licence, words) => {
    const page = await open({ scenario: "busy", licence, hash: "#/station" });
    for (const screen of [
      "station",
      "check/s1",
      "batch",
      "single",
      "carry",
      "devices",
      "ledger",
      "licenses",
      "settings",
    ]) {
      await page.evaluate(`location.hash = "#/${screen}"`);
      await page.locator(".alarm").getByText(words).waitFor();
    }
    await page.getByRole("link", { name: "See the station licence" }).click();
    await page.locator(".licence-word").waitFor();
  });

  test("where writing is refused the button is off and says why, but reading goes on", async () => {
    const page = await open({ scenario: "one-stick", licence: "read-only", hash: "#/check/s1" });
    await page.locator(".check-grid").waitFor();
    expect(await nextAction(page).isDisabled()).toBe(true);
    await page.getByText("The station licence does not allow this now.").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.evaluate('location.hash = "#/ledger"');
    await nextAction(page).click();
    await page.locator('.note[data-tone="done"]').waitFor();
  });

  test("a batch larger than the quota says how far it would get, before anything is spent", async () => {
    const page = await open({ scenario: "one-stick", licence: "few-left", hash: "#/check/s1" });
    await page.getByText(/^The station licence lets 6 of these 24 be provisioned now/).waitFor();
    await page.getByRole("button", { name: "Provision 6 of 24 devices" }).waitFor();
  });

  test("tampering takes the place of every screen that writes; a recovery key brings them back", async () => {
    const page = await open({ scenario: "busy", licence: "tampered", hash: "#/station" });
    await page.getByRole("heading", { name: "Tampering was found" }).waitFor();
    await page.getByText("max_devices is 10000 in the token and 1000000 in the store.").waitFor();
    await page.getByRole("button", { name: "Open the ledger" }).click();
    await page.getByRole("link", { name: "See what was found" }).click();
    await page.getByLabel("Recovery key").fill("wrong");
    await nextAction(page).click();
    await page.getByText("The licence token's signature does not verify.").waitFor();
    await page.getByLabel("Recovery key").fill("LS1.RECOVERY");
    await nextAction(page).click();
    await page.getByRole("heading", { name: "Active" }).waitFor();
    expect(await page.locator(".alarm").count()).toBe(0);
  });

  test("recovery asks for a second person on the spot, whose approval goes along with the same key", async () => {
    const page = await open({ scenario: "busy", licence: "tampered", people: "administrator", hash: "#/station" });
    await page.getByLabel("Recovery key").fill("LS1.two");
    await nextAction(page).click();
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByLabel("Why it is needed").fill("Store repaired after the disk fault");
    await page.keyboard.press("Enter");
    await showBadge(page, "NW-1043");
    await page.getByText("Approved by Miriam Sandoval-Kretschmer.").waitFor();
    await nextAction(page).click();
    await page.getByRole("radiogroup", { name: "Slots" }).waitFor();
  });

  test("signed out the slots stay in sight; a wrong PIN is refused in words; badge and PIN open the same screen", async () => {
    const page = await open({ scenario: "busy", people: "signed-out", hash: "#/devices" });
    await page.getByRole("list", { name: "Slots" }).getByText("Activating").first().waitFor();
    expect(await page.getByRole("heading", { name: "Devices" }).isVisible()).toBe(false);
    await showBadge(page, "NW-1042", "000000");
    await page.getByText("Badge and PIN do not belong together.").waitFor();
    for (const digit of pin) await page.locator(".pin-pad").getByRole("button", { name: digit, exact: true }).click();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Devices", exact: true }).waitFor();
    await page.getByRole("button", { name: "Jonas Albrecht: switch operator" }).waitFor();
  });

  test("after too many wrong PINs the badge counts down and takes nothing", async () => {
    const page = await open({ scenario: "quiet", people: "signed-out" });
    await showBadge(page, "NW-1042", "000000");
    for (const _ of [1, 2]) {
      await page.getByText("Badge and PIN do not belong together.").waitFor();
      await takesPin(page);
      await page.keyboard.type("000000\n");
    }
    await page.getByText("Too many wrong PINs.").waitFor();
    await page.getByText(/^Locked for (1 min|2 min|\d+ s)/).waitFor();
    expect(await page.locator(".pin-pad").count()).toBe(0);
  });

  test("another badge takes over without leaving the screen, and what is locked is found again as it was", async () => {
    const page = await open({ scenario: "quiet", people: "operator", hash: "#/single" });
    await page.locator("textarea").fill("fp-0123456789abcdef");
    await page.evaluate("fakeEngine.lock()");
    await page.getByRole("heading", { name: "Who works here?" }).waitFor();
    expect(await page.locator("textarea").isVisible()).toBe(false);
    await page.keyboard.press("Control+Enter");
    await showBadge(page, "NW-1042");
    await page.locator("textarea").waitFor();
    expect(await page.locator("textarea").inputValue()).toBe("fp-0123456789abcdef");
    await page.getByRole("button", { name: "Jonas Albrecht: switch operator" }).click();
    await showBadge(page, "NW-2001");
    await page.getByRole("button", { name: "Pia Lindqvist: switch operator" }).waitFor();
    // Somebody else begins the same screen anew, and sees why the button is off.
    expect(await page.locator("textarea").inputValue()).toBe("");
    expect(page.url()).toContain("#/single");
    await page.getByText("Pia Lindqvist may not do this in the role of Auditor.").waitFor();
  });

  test("a conflict override waits for a second person; refused it stays shut, approved the same button works", async () => {
    const page = await open({ scenario: "busy", people: "operator", licence: "none", hash: "#/station" });
    await page.evaluate(
      'fakeEngine.plug([{ id: "x1", label: "LINE-A", slot: 1, state: "ready", requests: 8, conflicts: 1 }])',
    );
    await page.evaluate('location.hash = "#/check/x1"');
    await page.getByText("Accept as they are").click();
    await nextAction(page).click();
    await page.getByRole("button", { name: "Ask a second person" }).click();
    await page.getByLabel("Why it is needed").fill("Both names are the same press");
    await page.keyboard.press("Enter");
    await showBadge(page, "NW-1042");
    await page.getByText("Your role does not include this.").waitFor();
    await page.getByRole("button", { name: "Another badge" }).click();
    await showBadge(page, "NW-1043");
    await page.getByText("Approved by Miriam Sandoval-Kretschmer.").waitFor();
    // The session is still the first one's.
    await page.getByRole("button", { name: "Jonas Albrecht: switch operator" }).waitFor();
    await nextAction(page).click();
    await page.waitForURL(/#\/batch\//);
  });

  test("the first account is the administrator's, and from then on everyone signs in", async () => {
    const page = await open({ scenario: "quiet", hash: "#/settings" });
    await page.getByRole("button", { name: "Set up operators" }).click();
    await page.getByLabel("Badge", { exact: true }).fill("NW-1");
    await page.getByLabel("Name", { exact: true }).fill("Renate Vogel");
    await page.getByLabel("PIN", { exact: true }).fill("739146");
    await page.getByLabel("The same PIN once more").fill("739146");
    await page.getByRole("button", { name: "Create the account" }).click();
    await showBadge(page, "NW-1", "739146");
    await page.getByRole("button", { name: "Renate Vogel: switch operator" }).waitFor();
    await page.getByText("Manages operators, keys, licences and settings.").waitFor();
  });

  test("an approval that waits is decided from the list", async () => {
    const page = await open({ scenario: "quiet", people: "administrator", hash: "#/settings" });
    await page.getByRole("button", { name: "Decide" }).click();
    await page.getByLabel("Badge", { exact: true }).waitFor();
    await page.keyboard.type("NW-1043\n");
    await page.locator(".pin-pad").waitFor();
    await page.keyboard.type(pin);
    await page.getByRole("button", { name: "Refuse" }).click();
    await page.getByText("by Miriam Sandoval-Kretschmer", { exact: true }).waitFor();
  });

  test("a work order is signed and listed with what is left", async () => {
    const page = await open({ scenario: "quiet", people: "supervisor", hash: "#/settings" });
    await page.getByRole("button", { name: "Sign a work order" }).click();
    await page.getByLabel("Work order", { exact: true }).fill("WO-9");
    const panel = page.locator("aside");
    await panel.getByLabel("Product").fill("acme-gateway");
    await panel.getByLabel("Devices").fill("25");
    await panel.getByLabel("Longest time to live, in days").fill("90");
    await panel.getByLabel("From day, UTC").fill("2028-02-01");
    await panel.getByLabel("To the end of day, UTC").fill("2028-01-31");
    await panel.getByText("The last day is before the first.").waitFor();
    await panel.getByLabel("To the end of day, UTC").fill("2028-02-29");
    await panel.getByRole("button", { name: "Sign it" }).click();
    await page.getByText("25 of 25 devices left").waitFor();
    await page.getByText(/2028-02-01 to 2028-02-29/).waitFor();
  });

  test("a carried licence is looked at, put on the stick, and leads to its proof", async () => {
    const page = await open({ scenario: "busy", hash: "#/carry" });
    await page.getByLabel("Licence token", { exact: true }).fill("unknown key");
    await page.keyboard.press("Enter");
    await page.getByText("The licence token is signed with a key this station does not know.").waitFor();
    expect(await nextAction(page).isDisabled()).toBe(true);
    await page.getByLabel("Licence token", { exact: true }).fill("SECRET-TOKEN");
    await page.keyboard.press("Enter");
    await page.getByText("Signed by a key this station believes").waitFor();
    expect(await page.content()).not.toContain("SECRET-TOKEN");
    await page.getByLabel("File name on the stick").fill("../up.key");
    expect(await nextAction(page).isDisabled()).toBe(true);
    await page.getByLabel("File name on the stick").fill("sentari.key");
    await nextAction(page).click();
    await page.getByText("Delivered and read back").waitFor();
    await page.getByRole("button", { name: "Show proof" }).click();
    await page.waitForURL(/#\/batch\/b-done/);
  });
});
