import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { axeViolations } from "./accessibility.ts";
import { everyScreen } from "./every-screen.ts";
import { chromiumPath, launchChromium, nextAction, openFake, serveWindow } from "./window.ts";

/** Left behind for people to look at; not committed. */
const pictures = join(import.meta.dirname, "..", "..", "test-results", "screens");

const all = Object.keys(everyScreen);
const few = new Set([
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
]);
/** Every screen is looked at once in each language; some also in another light and size, as the system may change them. */
const looks = [
  {
    language: "en",
    first: { theme: "light", width: 1280, height: 800 },
    others: [{ theme: "dark", width: 1920, height: 1080 }],
  },
  {
    language: "de",
    first: { theme: "dark", width: 1280, height: 720 },
    others: [
      { theme: "contrast", width: 1280, height: 800 },
      { theme: "light", width: 1920, height: 1080 },
    ],
  },
] as const satisfies readonly { readonly language: string; readonly first: Look; readonly others: readonly Look[] }[];

interface Look {
  readonly theme: "light" | "dark" | "contrast";
  readonly width: number;
  readonly height: number;
}

async function show(page: Page, { theme, width, height }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({
    colorScheme: theme === "dark" ? "dark" : "light",
    contrast: theme === "contrast" ? "more" : "no-preference",
  });
  await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: "attached" });
}

/** What is wrong with a page as it stands, in words; empty: it could be shipped. */
async function complaintsAbout(page: Page): Promise<readonly string[]> {
  const wrong = [...(await axeViolations(page))];
  // The page itself never scrolls, sideways least of all; lists scroll inside it.
  const [over, below] = await page.evaluate<readonly [number, number]>(
    "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]",
  );
  if (over !== 0 || below !== 0) wrong.push(`the page scrolls by ${over} x ${below} pixels`);
  // The next action is never smaller than a gloved finger, and no button's words run out of it.
  const next = nextAction(page);
  const height = (await next.count()) > 0 ? ((await next.boundingBox())?.height ?? 0) : leastTarget;
  if (height < leastTarget) wrong.push(`the next action is ${height} pixels high`);
  const cut =
    "[...document.querySelectorAll('button, a.button, .rail a')].filter((b) => b.scrollWidth > b.clientWidth + 1 && !b.matches('.tile')).map((b) => b.textContent)";
  for (const words of await page.evaluate<readonly string[]>(cut)) wrong.push(`cut off: ${words}`);
  return wrong;
}

const leastTarget = 56;

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

  describe.each(looks)("$language", ({ language, first, others }) => {
    test.concurrent.each(all)("%s: no axe violation, no complaint, nothing cut off", async (name) => {
      const plan = everyScreen[name];
      if (plan === undefined) throw new Error(name);
      const { page, complaints, close } = await openFake(
        browser,
        { address: served.address, script: inject("fakeEngineScript") },
        {
          scenario: plan.scenario,
          hash: plan.hash,
          settings: { theme: "system", language, ...plan.settings },
          ...(plan.needs === undefined ? {} : { needs: plan.needs }),
          ...(plan.licence === undefined ? {} : { licence: plan.licence }),
          ...(plan.ledger === undefined ? {} : { ledger: plan.ledger }),
          ...(plan.people === undefined ? {} : { people: plan.people }),
        },
        first,
      );
      try {
        await show(page, first);
        await plan.act?.(page);
        for (const look of few.has(name) ? [first, ...others] : [first]) {
          await show(page, look);
          await page.screenshot({ path: join(pictures, `${name}-${look.theme}-${language}-${look.width}.png`) });
          expect([look, await complaintsAbout(page)]).toEqual([look, []]);
        }
        expect(complaints).toEqual([]);
      } finally {
        await close();
      }
    });
  });
});
