import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { axeViolations } from "./accessibility.ts";
import { everyScreen } from "./every-screen.ts";
import { chromiumPath, launchChromium, nextAction, openFake, serveWindow } from "./window.ts";

/** Left behind for people to look at; not committed. */
const pictures = join(import.meta.dirname, "..", "..", "test-results", "screens");

const all = Object.keys(everyScreen);
const few = [
  "station-busy",
  "station-armed-sixteen",
  "check",
  "batch-proof",
  "single-done",
  "ledger",
  "licenses",
  "licence-grace",
  "ledger-broken",
  "ledger-contradicted",
  "tamper",
  "sign-in-pin",
  "settings",
];
const looks = [
  { theme: "light", language: "en", width: 1280, height: 800, screens: all },
  { theme: "dark", language: "de", width: 1280, height: 720, screens: all },
  { theme: "contrast", language: "de", width: 1280, height: 800, screens: few },
  { theme: "dark", language: "en", width: 1920, height: 1080, screens: few },
  { theme: "light", language: "de", width: 1920, height: 1080, screens: few },
] as const;

describe.skipIf(chromiumPath === undefined)("every screen", () => {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof serveWindow>>;
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    served = await serveWindow();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  describe.each(looks)("$theme, $language, $width x $height", ({ theme, language, width, height, screens }) => {
    test.concurrent.each(screens)("%s: no axe violation, no complaint, nothing cut off", async (name) => {
      const plan = everyScreen[name];
      if (plan === undefined) throw new Error(name);
      const { page, complaints, close } = await openFake(
        browser,
        { address: served.address, script: inject("fakeEngineScript") },
        {
          scenario: plan.scenario,
          hash: plan.hash,
          settings: { theme, language, ...plan.settings },
          ...(plan.needs === undefined ? {} : { needs: plan.needs }),
          ...(plan.licence === undefined ? {} : { licence: plan.licence }),
          ...(plan.ledger === undefined ? {} : { ledger: plan.ledger }),
          ...(plan.people === undefined ? {} : { people: plan.people }),
        },
        { width, height },
      );
      try {
        await plan.act?.(page);
        await page.screenshot({ path: join(pictures, `${name}-${theme}-${language}-${width}.png`) });
        expect(await axeViolations(page)).toEqual([]);
        expect(complaints).toEqual([]);
        // The page itself never scrolls, sideways least of all; lists scroll inside it.
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
        expect(await page.evaluate("document.documentElement.scrollHeight - innerHeight")).toBe(0);
        // The next action is never smaller than a gloved finger, and no button's words run out of it.
        const next = nextAction(page);
        if ((await next.count()) > 0) expect((await next.boundingBox())?.height).toBeGreaterThanOrEqual(56);
        const cut =
          "[...document.querySelectorAll('button, a.button, .rail a')].filter((b) => b.scrollWidth > b.clientWidth + 1 && !b.matches('.tile')).map((b) => b.textContent)";
        expect(await page.evaluate(cut)).toEqual([]);
      } finally {
        await close();
      }
    });
  });
});
