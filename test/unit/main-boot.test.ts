import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { channels } from "../../shared/ipc/channels.ts";
import { event, fakeElectron } from "../fakes/electron.ts";

let home: string;
let electron: ReturnType<typeof fakeElectron>;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "station-boot-"));
  vi.stubEnv("STATION_HOME", home);
  vi.resetModules();
});
afterEach(async () => {
  electron.app.quit();
  await vi.waitFor(() => expect(electron.app.quits).toBeGreaterThan(0));
  vi.unstubAllEnvs();
  vi.doUnmock("electron");
  vi.doUnmock("../../electron/engine/platform/page-files.ts");
  rmSync(home, { recursive: true, force: true });
});

/** Runs the shell's own main file on the fake. */
async function boot(options: Parameters<typeof fakeElectron>[0] = {}) {
  electron = fakeElectron(options);
  vi.doMock("electron", () => electron.module);
  vi.doMock("../../electron/engine/platform/page-files.ts", async (original) => ({
    ...(await original<object>()),
    readPageFiles: async () => new Map([["/index.html", { type: "text/html", bytes: new Uint8Array() }]]),
  }));
  await import("../../electron/main/main.ts");
  await vi.waitFor(() => expect(electron.window.loaded ?? electron.app.exited).not.toBeNull());
  return electron;
}

const own = () => ({ sender: electron.contents, senderFrame: electron.contents.mainFrame });
const call = (sender: object, name: string, input: unknown) =>
  (electron.handled.get(channels.call) as unknown as (...args: unknown[]) => Promise<unknown>)(sender, name, input);

test("the shell opens one window on its own protocol, hardened before anything is loaded", async () => {
  const { window, app, log, schemes, protocols, contents, hardened } = await boot();
  expect(window.loaded).toBe("station://window/");
  expect(log).toEqual(["sandbox", "schemes", "ready"]);
  expect(schemes).toHaveLength(1);
  expect([...protocols.keys()]).toEqual(["station"]);
  expect(window.options).toMatchObject({
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  expect(contents.windowOpenHandler?.()).toEqual({ action: "deny" });
  expect(Object.keys(hardened).sort()).toEqual(["before", "check", "device", "request"]);
  expect(app.paths["userData"]).toBe(join(home, "window"));
});

test("the page's calls reach the engine, a stranger's do not", async () => {
  await boot();
  expect(await call(own(), "settings.get", {})).toMatchObject({ ok: true, value: { version: "9.9.9", custody: "os" } });
  for (const stranger of [
    { sender: {}, senderFrame: electron.contents.mainFrame },
    { sender: electron.contents, senderFrame: { url: "station://window/" } },
    { sender: electron.contents, senderFrame: null },
  ]) {
    expect(await call(stranger, "settings.get", {})).toMatchObject({ ok: false, error: { code: "USAGE" } });
  }
});

test("a second start shows the first one's window and opens none of its own", async () => {
  const { app, window } = await boot({ isFirst: false });
  expect([app.exited, window.loaded]).toEqual([0, null]);
});

test("the first start brings its window to the front when a second one is tried", async () => {
  const { app, window } = await boot();
  app.emit("second-instance", event());
  expect(window.focused).toBe(true);
});

test("a page that dies is loaded again without touching the engine, and its subscriptions are gone", async () => {
  const { contents, handled } = await boot();
  const seen = () => contents.sent.filter(([channel]) => channel === channels.snapshot).length;
  (handled.get(channels.subscribe) as unknown as (...args: unknown[]) => void)(own(), 1, "status");
  expect(seen()).toBe(1);
  contents.emit("render-process-gone", event(), { reason: "crashed" });
  expect(contents.reloads).toBe(1);
  (handled.get(channels.subscribe) as unknown as (...args: unknown[]) => void)(own(), 1, "status");
  expect(seen()).toBe(2);
  expect(await call(own(), "settings.get", {})).toMatchObject({ ok: true });
});

test("a page that keeps dying is left, and the person is told", async () => {
  const { contents, dialogs } = await boot();
  for (let i = 0; i < 4; i++) contents.emit("render-process-gone", event(), { reason: "oom" });
  expect(contents.reloads).toBe(3);
  expect(dialogs).toEqual([
    { kind: "error", options: expect.objectContaining({ message: expect.stringContaining("Batches go on") }) },
  ]);
});

test("a reload ends what the old page listened to; a move within the page does not", async () => {
  const { contents, handled } = await boot();
  const subscribe = handled.get(channels.subscribe) as unknown as (...args: unknown[]) => void;
  const seen = () => contents.sent.filter(([channel]) => channel === channels.snapshot).length;
  subscribe(own(), 1, "status");
  contents.emit("did-start-navigation", { isMainFrame: true, isSameDocument: true });
  subscribe(own(), 1, "status");
  expect(seen()).toBe(1);
  contents.emit("did-start-navigation", { isMainFrame: true, isSameDocument: false });
  subscribe(own(), 1, "status");
  expect(seen()).toBe(2);
});

test("the menu speaks the system's language at first and the settings' later", async () => {
  const { menus } = await boot({ locale: "de-DE" });
  const label = () => JSON.stringify(menus.at(-1));
  expect(label()).toContain("Bearbeiten");
  await call(own(), "settings.update", { language: "en" });
  expect(label()).toContain('"Edit"');
});

test("closing the window keeps its place, closes the engine and then ends the app", async () => {
  const { app, window } = await boot();
  const closing = event();
  window.emit("close", closing);
  expect(closing.prevented).toBe(true);
  await vi.waitFor(() => expect(app.quits).toBe(2));
  const last = event();
  window.emit("close", last);
  expect(last.prevented).toBe(false);
  expect(JSON.parse(readFileSync(join(home, "window.json"), "utf8"))).toEqual({
    bounds: { x: 10, y: 20, width: 1300, height: 900 },
    maximized: false,
  });
});

test("where the system has no key store, the station is locked until it has a passphrase", async () => {
  electron = fakeElectron();
  const storage = electron.module.safeStorage as { isAsyncEncryptionAvailable: () => Promise<boolean> };
  storage.isAsyncEncryptionAvailable = async () => false;
  const withoutStore = electron;
  vi.doMock("electron", () => withoutStore.module);
  vi.doMock("../../electron/engine/platform/page-files.ts", () => ({
    readPageFiles: async () => new Map(),
    pageFileAt: () => null,
  }));
  await import("../../electron/main/main.ts");
  await vi.waitFor(() => expect(electron.window.loaded).not.toBeNull());
  expect(await call(own(), "lock.state", {})).toEqual({ ok: true, value: { needs: "new-passphrase" } });
  expect(await call(own(), "settings.get", {})).toMatchObject({ ok: false, error: { code: "SECRET_MISSING" } });
  expect(await call(own(), "lock.open", { secret: "short" })).toMatchObject({ ok: false, error: { code: "USAGE" } });
  expect(await call(own(), "lock.open", { secret: "correct horse battery" })).toEqual({
    ok: true,
    value: { needs: null },
  });
  expect(await call(own(), "settings.get", {})).toMatchObject({ ok: true, value: { custody: "passphrase" } });
});

test("damaged settings are told before the app ends", async () => {
  const { writeFileSync } = await import("node:fs");
  writeFileSync(join(home, "settings.json"), "{");
  const { app, dialogs } = await boot();
  expect(app.exited).toBe(1);
  expect(dialogs).toEqual([
    { kind: "error", options: expect.objectContaining({ message: expect.stringContaining("settings.json") }) },
  ]);
});
