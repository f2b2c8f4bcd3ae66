import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { _electron, type Page } from "playwright";
import { chromiumPath, launchChromium, listen } from "./window.ts";

export interface Station {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Asks the engine behind the page directly, to arrange what a test is not about. */
  readonly call: (name: string, input: unknown) => Promise<unknown>;
  /** Where exports land. */
  readonly out: string;
  readonly close: () => Promise<void>;
}

export interface Launcher {
  readonly name: string;
  /** Null where this window can be opened here; else why not, in plain words. */
  readonly missing: string | null;
  readonly launch: (from: { readonly sticks: readonly string[]; readonly language?: "en" | "de" }) => Promise<Station>;
}

const root = join(import.meta.dirname, "..", "..");
const passphrase = "four words for tests";

/** The real engine in a browser over loopback. */
const browserHost: Launcher = {
  name: "browser host",
  missing: chromiumPath === undefined ? "there is no Chromium" : null,
  async launch({ sticks, language = "en" }) {
    const work = mkdtempSync(join(tmpdir(), "station-e2e-"));
    const out = join(work, "out");
    mkdirSync(out);
    const host = spawn(
      process.execPath,
      [
        join(root, "electron", "browser-host", "main.ts"),
        "--home",
        join(work, "home"),
        "--out",
        out,
        ...sticks.flatMap((stick) => ["--stick", stick]),
      ],
      { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, STATION_PASSPHRASE: passphrase } },
    );
    const address = await firstLine(host);
    const browser = await launchChromium();
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: language === "de" ? "de-DE" : "en-GB",
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const complaints = listen(page);
    await page.goto(address);
    await page.locator("main").waitFor();
    return {
      page,
      complaints,
      out,
      call: (name, input) =>
        page.evaluate(`(async () => {
        const token = sessionStorage.getItem("station-run-token");
        const reply = await fetch("/call/${name}", { method: "POST", body: JSON.stringify(${JSON.stringify(input)}),
          headers: { "X-Station-Token": token, "Content-Type": "application/json" } });
        return reply.json();
      })()`),
      async close() {
        await browser.close();
        await ended(host);
        rmSync(work, { recursive: true, force: true });
      },
    };
  },
};

const electronFolder = join(root, "node_modules", "electron");
const electronBinary = existsSync(join(electronFolder, "path.txt"))
  ? join(electronFolder, "dist", readFileSync(join(electronFolder, "path.txt"), "utf8"))
  : null;
const shell = join(root, "dist", "main", "main.js");

/** The same in the desktop shell; its file dialogs answer by themselves. */
const electron: Launcher = {
  name: "Electron",
  missing:
    electronBinary === null || !existsSync(electronBinary)
      ? "the Electron binary is not on this machine"
      : existsSync(shell)
        ? null
        : "the shell is not built",
  async launch({ sticks, language = "en" }) {
    const work = mkdtempSync(join(tmpdir(), "station-e2e-"));
    const out = join(work, "out");
    mkdirSync(out);
    const app = await _electron.launch({
      executablePath: electronBinary ?? "",
      args: [shell, `--lang=${language}`, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
      env: { ...process.env, STATION_HOME: join(work, "home"), STATION_PASSPHRASE: passphrase },
    });
    await app.evaluate(
      ({ dialog }, folders) => {
        const left = [...folders.sticks];
        dialog.showOpenDialog = () =>
          Promise.resolve({ canceled: false, filePaths: [left.shift() ?? folders.out], bookmarks: [] });
      },
      { sticks: [...sticks], out },
    );
    const page = await app.firstWindow();
    const complaints = listen(page);
    await page.locator("main").waitFor();
    return {
      page,
      complaints,
      out,
      call: (name, input) => page.evaluate(`window.station.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`),
      async close() {
        await app.close();
        rmSync(work, { recursive: true, force: true });
      },
    };
  },
};

export const launchers: readonly Launcher[] = [browserHost, electron];

async function firstLine(process: ChildProcess): Promise<string> {
  if (process.stdout === null) throw new Error("the host has no output");
  for await (const line of createInterface({ input: process.stdout })) return line;
  throw new Error("the host ended before it said its address");
}

function ended(process: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (process.exitCode !== null) return resolve();
    process.once("exit", () => resolve());
    process.kill("SIGTERM");
  });
}
