import { describe, expect, test } from "vitest";
import { chromiumPath, type FakeWindowOptions, fakeWindows, nextAction } from "./window.ts";

describe.skipIf(chromiumPath === undefined)("the window on a fake engine", () => {
  const windows = fakeWindows();
  const open = async (options: FakeWindowOptions) => (await windows.open(options)).page;

  test("what needs a hand is chosen by itself, arrows choose another slot, and the corner follows", async () => {
    const page = await open({ scenario: "busy", hash: "#/station" });
    await page.getByRole("button", { name: "Finish slot 4" }).waitFor();
    await page.getByRole("radio", { name: /^Slot 4/ }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: "Show proof of slot 3" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("button", { name: "Watch slot 7" }).waitFor();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: "Check 500 devices" }).waitFor();
  });

  test("every tile tells a screen reader its state when that changes", async () => {
    const page = await open({ scenario: "one-stick", hash: "#/station" });
    const told = page.locator('.tiles [role="status"]').first();
    await expect
      .poll(() => page.evaluate("document.querySelector('.tiles [role=status]').textContent !== ''"), {
        timeout: 20_000,
      })
      .toBe(true);
    expect(await told.textContent()).toBe("Slot 1: Ready. Check it now");
    await page.evaluate('fakeEngine.plug([{ state: "action", problem: { code: "STICK_GONE", message: "gone" } }])');
    await page.getByText("The stick was pulled before it was finished.").waitFor();
    expect(await told.textContent()).toBe("Slot 1: Action. See what to do");
  });

  test("giving a batch up asks once more, and taking it back changes nothing", async () => {
    const page = await open({ scenario: "busy", hash: "#/station" });
    await page.getByRole("button", { name: "Give the batch up" }).click();
    await page.getByRole("alertdialog").waitFor();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Finish slot 4" }).waitFor();
  });

  test("a held stick is decided with the keyboard; where files are written again that is asked once more", async () => {
    const page = await open({ scenario: "armed", hash: "#/station" });
    const tile = (slot: number) => page.locator(`.tile[data-slot="${slot}"]`);
    const press = async (name: string) => {
      await page.getByRole("button", { name }).focus();
      await page.keyboard.press("Enter");
    };
    await tile(6).focus();
    await press("Go on with the other 22");
    await page.locator('.tile[data-slot="6"][data-state="activating"]').waitFor();
    await tile(11).focus();
    await press("Write 25 files again");
    await page.getByRole("alertdialog").waitFor();
    await press("Leave it held");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(await tile(11).getAttribute("data-state")).toBe("held");
    await press("Write 25 files again");
    const dialog = page.getByRole("alertdialog");
    await dialog.getByRole("button", { name: "Write 25 files again" }).click();
    await page.locator('.tile[data-slot="11"][data-state="activating"]').waitFor();
  });

  test("conflicts must be decided before anything can be spent", async () => {
    const page = await open({ scenario: "busy", hash: "#/check/s1" });
    await page.getByRole("button", { name: "Decide the conflicts first" }).waitFor();
    expect(await nextAction(page).isDisabled()).toBe(true);
    await page.getByText("Leave them out").click();
    await page.getByRole("button", { name: "Provision 499 devices" }).waitFor();
    await page.getByText("Accept as they are").click();
    await page.getByRole("button", { name: "Provision 500 devices" }).waitFor();
  });

  test("a batch is paused, resumed, retried, and filtered by state and by typing", async () => {
    const page = await open({ scenario: "busy", hash: "#/batch/b-run" });
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: /^Retry \d+ devices$/ }).waitFor({ timeout: 60_000 });
    await page.getByRole("radio", { name: /^Failed/ }).click();
    await page.getByRole("gridcell", { name: "The licence has no free seat." }).first().waitFor();
    await nextAction(page).click();
    await page.locator('.summary[data-tone="done"]').waitFor();
    await page.getByRole("radio", { name: /^All/ }).click();
    await page.getByRole("searchbox").fill("oven-0006");
    await page.getByText("1 device shown").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("320 devices shown").waitFor();
  });

  test("a call that fails says what happened, what it means and what to do, without a bare code in sight", async () => {
    const page = await open({
      scenario: "one-stick",
      hash: "#/check/s1",
      failing: { "batch.preflight": "API_UNREACHABLE" },
    });
    await page.getByText("The licensing server did not answer.").waitFor();
    await page.getByText("Check the network, the proxy and the API address, then finish the batch.").waitFor();
    expect(await page.getByText("API_UNREACHABLE", { exact: true }).isVisible()).toBe(false);
    await page.getByText("Details for support").click();
    expect(await page.getByText("API_UNREACHABLE", { exact: true }).isVisible()).toBe(true);
    await page.getByRole("button", { name: "Check again" }).waitFor();
  });

  test("a licence key is masked while it is typed and nowhere afterwards", async () => {
    const page = await open({ scenario: "busy", hash: "#/licenses" });
    await page.getByRole("button", { name: "Add a licence key" }).first().click();
    const field = page.getByLabel("Licence key", { exact: true });
    expect(await field.getAttribute("type")).toBe("password");
    await field.fill("SECRET-KEY-9Z9Z");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("9Z9Z").first().waitFor();
    expect(await page.content()).not.toContain("SECRET-KEY");
    const kept = await page.evaluate(
      "JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href",
    );
    expect(kept).not.toContain("SECRET-KEY");
  });

  test("language and theme change at once and everywhere", async () => {
    const page = await open({ scenario: "quiet", hash: "#/settings" });
    await page.getByText("Deutsch", { exact: true }).click();
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("de");
    await page.getByText("Dunkel", { exact: true }).click();
    await expect
      .poll(() => page.evaluate("document.documentElement.dataset.theme === 'dark'"), { timeout: 20_000 })
      .toBe(true);
    await page.getByText("Fertigung").first().click();
    await expect
      .poll(() => page.evaluate("document.documentElement.dataset.density === 'factory'"), { timeout: 20_000 })
      .toBe(true);
  });

  test("a wrong passphrase is refused in words; the right one opens the station", async () => {
    const page = await open({ scenario: "quiet", needs: "passphrase" });
    await page.getByLabel("Passphrase").fill("wrong passphrase");
    await page.keyboard.press("Enter");
    await page.getByText("The station's keys can't be opened.").waitFor();
    await page.getByLabel("Passphrase").fill("four words for tests");
    await page.keyboard.press("Enter");
    await page.getByRole("radiogroup", { name: "Slots" }).waitFor();
  });

  test("plots show the same numbers as a table", async () => {
    const page = await open({ scenario: "busy", hash: "#/devices" });
    await page.getByRole("button", { name: "Show as a table" }).click();
    await page.getByRole("cell", { name: "2027-05" }).waitFor();
    await page.getByRole("button", { name: "Show as a plot" }).click();
    await page.getByRole("img", { name: /files expire/ }).waitFor();
  });

  test("columns are chosen and stay chosen", async () => {
    const page = await open({ scenario: "busy", hash: "#/batch/b-done" });
    await page.getByRole("button", { name: "Choose columns" }).click();
    await page.getByText("Serial", { exact: true }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("columnheader", { name: "Serial" }).waitFor();
    await page.reload();
    await page.getByRole("columnheader", { name: "Serial" }).waitFor();
  });
});
