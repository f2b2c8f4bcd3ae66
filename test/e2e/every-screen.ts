import type { Page } from "playwright";
import type { FakeEngineOptions } from "../fakes/fake-engine-transport.ts";
import { nextAction } from "./window.ts";

export interface ScreenPlan {
  readonly scenario: FakeEngineOptions["scenario"];
  readonly hash: string;
  readonly settings?: FakeEngineOptions["settings"];
  readonly needs?: FakeEngineOptions["needs"];
  readonly licence?: FakeEngineOptions["licence"];
  readonly people?: FakeEngineOptions["people"];
  readonly ledger?: FakeEngineOptions["ledger"];
  /** Brings the screen into the state that is looked at. */
  readonly act?: (page: Page) => Promise<void>;
}

const press = (name: RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
const openRow = async (page: Page) => {
  await page.getByRole("gridcell").first().waitFor();
  await page.getByRole("row").nth(3).click();
  await page.locator("aside").waitFor();
};

const compareWithServer = async (page: Page) => {
  await page.getByRole("radio", { name: /Compare with|Mit dem Server/ }).click();
  await nextAction(page).click();
  await page.evaluate("fakeEngine.advance(64_000)");
  await page.getByText(/1\d\d (of|von) 384/).waitFor();
};

/** Every screen in the states worth a look: empty, at work, done, failed, each panel open. */
export const everyScreen: Readonly<Record<string, ScreenPlan>> = {
  "station-busy": { scenario: "busy", hash: "#/station" },
  "station-one-slot": { scenario: "one-stick", hash: "#/station", settings: { slots: 1 } },
  "station-four-slots": { scenario: "one-stick", hash: "#/station" },
  "station-sixteen-slots": { scenario: "busy", hash: "#/station", settings: { slots: 16, profile: "factory" } },
  "station-armed-sixteen": { scenario: "armed", hash: "#/station" },
  "station-teaching": {
    scenario: "quiet",
    hash: "#/station",
    act: async (page) => {
      await press(/^Bench|^Werkbank/)(page);
      await press(/Teach|anlernen/)(page);
      await page.getByText(/Plug into slot 1 now|Jetzt in Steckplatz 1 einstecken/).waitFor();
    },
  },
  "station-armed-refused": {
    scenario: "armed",
    hash: "#/station",
    act: (page) => page.locator('.tile[data-slot="7"]').click(),
  },
  "station-armed-held": {
    scenario: "armed",
    hash: "#/station",
    act: (page) => page.locator('.tile[data-slot="6"]').click(),
  },
  "station-armed-decide": {
    scenario: "armed",
    hash: "#/station",
    act: async (page) => {
      await page.locator('.tile[data-slot="11"]').click();
      await press(/^Write 25 files|^25 Dateien/)(page);
      await page.getByRole("alertdialog").waitFor();
    },
  },
  "station-armed-left-out": {
    scenario: "armed",
    hash: "#/station",
    act: (page) => page.locator('.tile[data-slot="12"]').click(),
  },
  "station-armed-locked": { scenario: "armed", hash: "#/station", people: "signed-out" },
  "station-rehearsal-grace": {
    scenario: "busy",
    hash: "#/station",
    licence: "grace",
    settings: { rehearsal: true, slots: 16 },
  },
  "station-bench": { scenario: "taught", hash: "#/station", act: press(/^Bench|^Werkbank/) },
  "station-empty": { scenario: "quiet", hash: "#/station" },
  check: { scenario: "busy", hash: "#/check/s1", act: (page) => page.locator(".check-grid").waitFor() },
  "batch-running": {
    scenario: "busy",
    hash: "#/batch/b-run",
    act: (page) => page.getByRole("gridcell").first().waitFor(),
  },
  "batch-proof": { scenario: "busy", hash: "#/batch/b-done", act: press(/proof|Nachweis/) },
  "batch-failed-device": {
    scenario: "big",
    hash: "#/batch",
    act: async (page) => {
      await page.getByRole("radio", { name: /Failed|Fehlgeschlagen/ }).click();
      await page
        .getByRole("gridcell", { name: /Failed|Fehlgeschlagen/ })
        .first()
        .waitFor();
      await openRow(page);
    },
  },
  "batch-refused-files": {
    scenario: "big",
    hash: "#/batch",
    act: (page) => page.getByRole("radio", { name: /Refused|Abgelehnt/ }).click(),
  },
  "batch-session": { scenario: "busy", hash: "#/batch/b-run", act: press(/^Session|^Sitzung/) },
  "batch-none": { scenario: "quiet", hash: "#/batch" },
  single: { scenario: "busy", hash: "#/single" },
  "single-done": {
    scenario: "busy",
    hash: "#/single",
    act: async (page) => {
      await page.locator("textarea").fill("fp-0123456789abcdef0123\nline-3-press");
      await nextAction(page).click();
      await page.getByRole("button", { name: /Show as QR|Als QR zeigen/ }).click();
    },
  },
  devices: { scenario: "busy", hash: "#/devices", act: (page) => page.getByRole("gridcell").first().waitFor() },
  "devices-history": { scenario: "busy", hash: "#/devices", act: openRow },
  ledger: {
    scenario: "busy",
    hash: "#/ledger",
    act: async (page) => {
      await nextAction(page).click();
      await page.locator('.note[data-tone="done"]').waitFor();
    },
  },
  "ledger-entry": { scenario: "busy", hash: "#/ledger", act: openRow },
  "ledger-checkpoint": { scenario: "busy", hash: "#/ledger", act: press(/^Checkpoint|^Prüfpunkt/) },
  "ledger-witnesses": {
    scenario: "busy",
    hash: "#/ledger",
    act: async (page) => {
      await press(/^Witnesses|^Zeugen/)(page);
      await page.locator(".witness-list").first().waitFor();
    },
  },
  "ledger-witness-taken": {
    scenario: "busy",
    hash: "#/ledger",
    act: async (page) => {
      await press(/^Witnesses|^Zeugen/)(page);
      await page.locator("aside textarea").first().fill("a note");
      await press(/^Take it in|^Aufnehmen/)(page);
      await page.locator("aside .note").nth(1).waitFor();
    },
  },
  "ledger-witness-policy": {
    scenario: "busy",
    hash: "#/ledger",
    act: async (page) => {
      await press(/^Witnesses|^Zeugen/)(page);
      await press(/^Change who|^Zeugen festlegen/)(page);
      await page.getByLabel(/^How many|^Wie viele/).scrollIntoViewIfNeeded();
    },
  },
  "ledger-contradicted": {
    scenario: "busy",
    hash: "#/ledger",
    ledger: "contradicted",
    act: async (page) => {
      await press(/^Witnesses|^Zeugen/)(page);
      await page.locator('aside .note[data-tone="action"]').waitFor();
    },
  },
  "ledger-broken": {
    scenario: "busy",
    hash: "#/ledger",
    ledger: "broken",
    act: (page) => page.getByRole("gridcell").first().waitFor(),
  },
  "station-ledger-broken": { scenario: "one-stick", hash: "#/station", ledger: "broken" },
  "settings-ledger-broken": { scenario: "busy", hash: "#/settings", ledger: "broken" },
  "keys-rotate": {
    scenario: "busy",
    hash: "#/settings",
    people: "administrator",
    act: async (page) => {
      await page.locator(".key-row button").first().click();
      await page.getByRole("alertdialog").waitFor();
    },
  },
  "keys-rotate-approval": {
    scenario: "busy",
    hash: "#/settings",
    people: "administrator",
    act: async (page) => {
      await page.locator(".key-row button").first().click();
      await page.getByRole("alertdialog").getByRole("button").last().click();
      await page.locator(".key-row .note").waitFor();
    },
  },
  "keys-rotated": {
    scenario: "busy",
    hash: "#/settings",
    act: async (page) => {
      await page.locator(".key-row button").nth(1).click();
      await page.getByRole("alertdialog").getByRole("button").last().click();
      await page.locator(".key-row .note").waitFor();
    },
  },
  answers: {
    scenario: "busy",
    hash: "#/answers",
    act: async (page) => {
      await nextAction(page).click();
      await page.getByRole("gridcell").first().waitFor();
    },
  },
  "answers-before": { scenario: "busy", hash: "#/answers" },
  "answers-overrides": {
    scenario: "busy",
    hash: "#/answers",
    act: async (page) => {
      await page.getByRole("radio", { name: /Overrides|Entscheidungen/ }).click();
      await nextAction(page).click();
      await page.getByRole("gridcell").first().waitFor();
    },
  },
  "answers-compared": {
    scenario: "busy",
    hash: "#/answers",
    act: async (page) => {
      await compareWithServer(page);
      await page.evaluate("fakeEngine.advance(200_000)");
      await page.getByRole("gridcell").first().waitFor();
    },
  },
  "answers-comparing": { scenario: "busy", hash: "#/answers", act: compareWithServer },
  "answers-comparison-stopped": {
    scenario: "busy",
    hash: "#/answers",
    act: async (page) => {
      await compareWithServer(page);
      await press(/^Stop comparing|^Vergleich anhalten/)(page);
      await page.getByText(/^Stopped after|^Angehalten nach/).waitFor();
    },
  },
  licenses: { scenario: "busy", hash: "#/licenses", act: (page) => page.locator(".policy-card").first().waitFor() },
  "licenses-add": { scenario: "first-run", hash: "#/licenses", act: (page) => nextAction(page).click() },
  licence: { scenario: "busy", hash: "#/licence", licence: "active" },
  "licence-none": { scenario: "quiet", hash: "#/licence", licence: "none" },
  "licence-grace": { scenario: "busy", hash: "#/licence", licence: "grace" },
  "licence-read-only": { scenario: "busy", hash: "#/licence", licence: "read-only" },
  "licence-locked-out": { scenario: "busy", hash: "#/licence", licence: "locked-out" },
  "licence-quota-over": { scenario: "busy", hash: "#/licence", licence: "quota-over" },
  "licence-offline-soon": { scenario: "busy", hash: "#/licence", licence: "offline-soon" },
  "licence-offline-over": { scenario: "busy", hash: "#/licence", licence: "offline-over" },
  "licence-paste": { scenario: "quiet", hash: "#/licence", licence: "none", act: (page) => nextAction(page).click() },
  "licence-fetch": {
    scenario: "quiet",
    hash: "#/licence",
    licence: "offline-over",
    act: (page) => nextAction(page).click(),
  },
  tamper: { scenario: "busy", hash: "#/station", licence: "tampered" },
  "tamper-ledger": { scenario: "busy", hash: "#/ledger", licence: "tampered" },
  "station-few-left": { scenario: "busy", hash: "#/station", licence: "few-left" },
  "check-allowance": {
    scenario: "one-stick",
    hash: "#/check/s1",
    licence: "few-left",
    act: (page) => page.locator(".check-grid").waitFor(),
  },
  "check-read-only": {
    scenario: "one-stick",
    hash: "#/check/s1",
    licence: "read-only",
    act: (page) => page.locator(".check-grid").waitFor(),
  },
  "sign-in": { scenario: "busy", hash: "#/station", people: "signed-out" },
  "sign-in-pin": {
    scenario: "busy",
    hash: "#/station",
    people: "signed-out",
    settings: { profile: "factory" },
    act: async (page) => {
      await page.getByRole("textbox").fill("NW-1042");
      await page.keyboard.press("Enter");
      await page.locator(".pin-pad").waitFor();
    },
  },
  "switch-operator": {
    scenario: "busy",
    hash: "#/station",
    people: "operator",
    act: async (page) => {
      await page.locator(".strip-operator button").click();
      await page.getByRole("textbox").fill("NW-1043");
      await page.keyboard.press("Enter");
      await page.locator(".pin-pad").waitFor();
    },
  },
  "role-refused": { scenario: "one-stick", hash: "#/check/s1", people: "auditor" },
  "check-approval": {
    scenario: "busy",
    hash: "#/check/s1",
    people: "operator",
    act: async (page) => {
      await page
        .getByText(/Accept as they are|So annehmen|annehmen/)
        .first()
        .click();
      await nextAction(page).click();
      await page.getByRole("button", { name: /Ask a second person|Zweite Person bitten/ }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  operators: {
    scenario: "busy",
    hash: "#/settings",
    people: "administrator",
    act: (page) => page.locator(".people-list").first().scrollIntoViewIfNeeded(),
  },
  "operators-rules": {
    scenario: "busy",
    hash: "#/settings",
    people: "supervisor",
    act: (page) => page.locator(".people-list-narrow").last().scrollIntoViewIfNeeded(),
  },
  "operators-change": {
    scenario: "busy",
    hash: "#/settings",
    people: "administrator",
    act: async (page) => {
      await page
        .getByRole("button", { name: /Jonas Albrecht (ändern)?|Change Jonas/ })
        .last()
        .click();
      await page.locator("aside").waitFor();
    },
  },
  "operators-first": {
    scenario: "busy",
    hash: "#/settings",
    act: async (page) => {
      await page.getByRole("button", { name: /Set up operators|Personen einrichten/ }).click();
      await page.locator("aside").waitFor();
    },
  },
  "work-order": {
    scenario: "busy",
    hash: "#/settings",
    people: "supervisor",
    act: press(/Sign a work order|Auftrag signieren/),
  },
  carry: { scenario: "busy", hash: "#/carry" },
  "carry-found": {
    scenario: "busy",
    hash: "#/carry",
    act: async (page) => {
      await page.locator("input[type=password]").fill("token");
      await page.keyboard.press("Enter");
      await page.locator(".carry-customer").waitFor();
    },
  },
  "carry-unknown-key": {
    scenario: "busy",
    hash: "#/carry",
    act: async (page) => {
      await page.locator("input[type=password]").fill("unknown key");
      await page.keyboard.press("Enter");
      await page.locator(".carry-customer").waitFor();
    },
  },
  "carry-done": {
    scenario: "busy",
    hash: "#/carry",
    act: async (page) => {
      await page.locator("input[type=password]").fill("token");
      await page.keyboard.press("Enter");
      await page.locator(".carry-customer").waitFor();
      await nextAction(page).click();
      await page.locator(".carry-done").waitFor();
    },
  },
  settings: { scenario: "busy", hash: "#/settings" },
  "set-up": { scenario: "first-run", hash: "" },
  "set-up-licence": {
    scenario: "first-run",
    hash: "",
    act: async (page) => {
      for (let step = 0; step < 3; step += 1) await nextAction(page).click();
    },
  },
  "set-up-done": {
    scenario: "first-run",
    hash: "",
    licence: "none",
    act: async (page) => {
      for (let step = 0; step < 3; step += 1) await nextAction(page).click();
      await page.getByRole("button", { name: /^Later|^Später/ }).click();
      await nextAction(page).click();
      await page.locator(".rehearsal-done").waitFor();
    },
  },
  "settings-down": {
    scenario: "busy",
    hash: "#/settings",
    people: "administrator",
    act: press(/^Operators$|^Personen$/),
  },
  "lock-new": { scenario: "quiet", hash: "", needs: "new-passphrase" },
  lock: { scenario: "quiet", hash: "", needs: "passphrase" },
};
