import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { pageHeaders } from "#shared/ipc/page-headers.ts";
import type { FakeEngineOptions } from "../fakes/fake-engine-transport.ts";

const root = join(import.meta.dirname, "..", "..");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** A Chromium of the system's; the specs skip where there is none. */
export const chromiumPath = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

/** As root Chromium runs only without its own sandbox. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? "",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

/** The built window over loopback, under the very headers that both hosts send. */
export async function serveWindow(): Promise<{ readonly address: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://host").pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    const file = join(root, "dist", "renderer", name);
    if (!/^[\w./-]+$/.test(name) || name.includes("..") || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { ...pageHeaders, "content-type": types[extname(name)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

export interface OpenPage {
  readonly page: Page;
  /** Errors of the page and what its content policy refused; a good run has none. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

/** A browser for the tests of one block; whatever one of them opens is closed after it. */
export function fakeWindows(): { readonly open: (options: FakeWindowOptions) => Promise<OpenPage> } {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof serveWindow>>;
  let opened: OpenPage[] = [];
  beforeAll(async () => {
    served = await serveWindow();
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const one of opened) await one.close();
    opened = [];
  });
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });
  return {
    open: async (options) => {
      const from = { address: served.address, script: inject("fakeEngineScript") };
      const window = await openFake(browser, from, options);
      opened.push(window);
      return window;
    },
  };
}

export type FakeWindowOptions = FakeEngineOptions & { readonly hash?: string };

/** A window with the fake engine where the preload script would put the real one. */
export async function openFake(
  browser: Browser,
  from: { readonly address: string; readonly script: string },
  options: FakeWindowOptions,
  look: { readonly width?: number; readonly height?: number } = {},
): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = listen(page);
  await page.addInitScript(`globalThis.fakeOptions = ${JSON.stringify(options)};`);
  await page.addInitScript(from.script);
  await page.goto(from.address + (options.hash ?? ""));
  await page.locator("main:visible").waitFor();
  return { page, complaints, close: () => context.close() };
}

export function listen(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}

/** The one next action, in its corner on every screen. */
export function nextAction(page: Page) {
  return page.locator(".screen-foot .button.next:visible");
}
