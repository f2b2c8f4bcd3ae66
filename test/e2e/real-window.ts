import { join } from "node:path";
import type { Browser, Page } from "playwright";
import { startBrowserHost } from "../../electron/browser-host/host.ts";
import { readPageFiles } from "../../electron/engine/platform/page-files.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import type { WindowStation } from "../fakes/window-station.ts";
import { listen, nextAction } from "./window.ts";

const root = join(import.meta.dirname, "..", "..");
const pictures = process.env["STATION_PICTURES"];

export interface RealWindow {
  readonly page: Page;
  /** Errors of the page and what its content policy refused; a good run has none. */
  readonly complaints: readonly string[];
  readonly show: (hash: string) => Promise<void>;
  /** Left behind for people to look at, where STATION_PICTURES names a folder. */
  readonly picture: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The built window in a browser, on the engine that a station has just now. After `reopen` it needs another one. */
export async function openRealWindow(browser: Browser, station: WindowStation): Promise<RealWindow> {
  const pages = await readPageFiles(join(root, "dist", "renderer"));
  const host = await startBrowserHost({ dispatch: station.engine.dispatch, pages, random: systemRandom });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(host.address);
  await page.locator("main:visible").waitFor();
  return {
    page,
    complaints,
    show: async (hash) => {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    },
    picture: async (name) => {
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
    },
    close: async () => {
      await context.close();
      await host.close();
    },
  };
}

/** What a badge scanner does, then a PIN on the keyboard. */
export async function showBadge(page: Page, badge: string, pin: string): Promise<void> {
  await page.getByLabel("Badge", { exact: true }).waitFor();
  await page.keyboard.type(`${badge}\n`);
  await page.locator(".pin-pad").waitFor();
  await page.keyboard.type(`${pin}\n`);
}

/** Checks the one stick and provisions all it asks for, as an operator does. */
export async function provisionStick({ page, show }: RealWindow, stick: string): Promise<void> {
  await show(`#/check/${stick}`);
  await page.locator(".check-grid").waitFor();
  await nextAction(page).click();
  await page.locator('.summary[data-tone="done"]').waitFor({ timeout: 90_000 });
}
