import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDispatch } from "../../electron/engine/dispatch.ts";
import { silentLog } from "../../electron/engine/platform/log.ts";
import { systemDialogs } from "../../electron/main/dialogs.ts";
import { serveIpc } from "../../electron/main/ipc.ts";
import { followLanguage } from "../../electron/main/language.ts";
import { menuTemplate } from "../../electron/main/menu.ts";
import { dialogText, languageOf, menuText } from "../../electron/main/menu-text.ts";
import { guardQuit } from "../../electron/main/quit.ts";
import { systemSealing } from "../../electron/main/sealing.ts";
import { createCrashJudge, windowOptions } from "../../electron/main/window.ts";
import { readWindowState, writeWindowState } from "../../electron/main/window-state.ts";
import { type Failure, StationError } from "../../shared/domain/errors.ts";
import { channels } from "../../shared/ipc/channels.ts";
import { calls } from "../../shared/ipc/contract.ts";
import { event, fakeElectron } from "../fakes/electron.ts";
import { type FakeEvent, electronMessages } from "../fakes/electron-messages.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { stubFeeds, stubHandlers } from "../fakes/stub-engine.ts";

const turn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

describe("messages between page and shell", () => {
  function arrange(isOurs: (event: FakeEvent) => boolean = ({ sender }) => sender === "window") {
    const { handlers, given } = stubHandlers({ "ledger.checkpoint": () => ({ checkpoint: "note" }) });
    const feeds = stubFeeds();
    const clock = fakeClock();
    const messages = electronMessages();
    const dispatch = createDispatch({ handlers, feeds: feeds.feeds, clock, log: silentLog });
    const ipc = serveIpc({ messages: messages.main, dispatch, isOurs, send: messages.send });
    return { given, feeds, clock, messages, ipc };
  }

  test("a stranger is told nothing and starts nothing", async () => {
    const { messages, given, feeds, clock } = arrange();
    const stranger = messages.pageOf("stranger");
    expect(await stranger.invoke(channels.call, "ledger.checkpoint", {})).toMatchObject({
      ok: false,
      error: { code: "USAGE" },
    });
    stranger.send(channels.subscribe, 1, "sticks");
    await clock.advance(100);
    expect([given, feeds.listeners]).toEqual([[], 0]);
  });

  test("a stranger cannot end or acknowledge what the window listens to", async () => {
    const { messages, feeds, clock } = arrange();
    const page = messages.pageOf("window");
    const stranger = messages.pageOf("stranger");
    const seen: unknown[] = [];
    page.on(channels.snapshot, () => void seen.push(1));
    page.send(channels.subscribe, 1, "sticks");
    await clock.advance(1);
    stranger.send(channels.unsubscribe, 1);
    stranger.send(channels.taken, 1);
    feeds.set("sticks", []);
    await clock.advance(1000);
    expect([feeds.listeners, seen.length]).toEqual([1, 1]);
  });

  test("a page that does not take its snapshot gets no second one", async () => {
    const { messages, feeds, clock } = arrange();
    const page = messages.pageOf("window");
    let seen = 0;
    page.on(channels.snapshot, () => {
      seen += 1;
    });
    page.send(channels.subscribe, 7, "verification");
    await clock.advance(1);
    for (let i = 0; i < 50; i++) {
      feeds.set("verification", feeds.empty.verification);
      await clock.advance(50);
    }
    expect(seen).toBe(1);
    page.send(channels.taken, 7);
    await clock.advance(100);
    expect(seen).toBe(2);
  });

  test.each([[0], [-1], [1.5], ["1"], [null], [{}], [Number.MAX_VALUE]])(
    "a subscription named %j is not opened",
    async (id) => {
      const { messages, feeds, clock } = arrange();
      messages.pageOf("window").send(channels.subscribe, id, "sticks");
      await clock.advance(100);
      expect(feeds.listeners).toBe(0);
    },
  );

  test("a page gone wild opens so many and no more, and the same name only once", async () => {
    const { messages, feeds, clock } = arrange();
    const page = messages.pageOf("window");
    for (let id = 1; id <= 200; id++) page.send(channels.subscribe, id, "sticks");
    page.send(channels.subscribe, 1, "batches");
    await clock.advance(100);
    expect(feeds.listeners).toBe(64);
  });

  test("when the page goes, all it listened to ends", async () => {
    const { messages, feeds, clock, ipc } = arrange();
    const page = messages.pageOf("window");
    for (let id = 1; id <= 5; id++) page.send(channels.subscribe, id, "sticks");
    await clock.advance(100);
    ipc.endAll();
    await clock.advance(100);
    expect([feeds.listeners, clock.sleeping]).toEqual([0, 0]);
  });
});

describe("the bridge a page gets", () => {
  test("is two functions and nothing of Electron", () => {
    expect(Object.keys(electronMessages().bridge())).toEqual(["call", "subscribe"]);
  });

  test("answers a failure when the message cannot even be sent, and never rejects", async () => {
    const bridge = electronMessages().bridge();
    expect(await bridge.call("settings.get", { no: () => "clone" })).toMatchObject({
      ok: false,
      error: { code: "INTERNAL" },
    });
  });

  test("takes a snapshot even when its listener throws", async () => {
    const messages = electronMessages();
    const taken: unknown[] = [];
    messages.main.on(channels.taken, (_event, id) => void taken.push(id));
    messages.bridge().subscribe("sticks", () => {
      throw new Error("drawing failed");
    });
    messages.send(channels.snapshot, 1, []);
    await turn();
    expect([taken, messages.errors]).toEqual([[1], [new Error("drawing failed")]]);
  });
});

describe("ending the station", () => {
  function arrange(state: { blocker?: Failure | null; working?: boolean; stop?: boolean; fault?: Error } = {}) {
    const { app } = fakeElectron();
    const said: string[] = [];
    const engine = {
      closed: 0,
      blocker: state.blocker ?? null,
      quitBlocker: () => engine.blocker,
      isWorking: () => state.working ?? false,
      close: async () => {
        engine.closed += 1;
        if (state.fault !== undefined) throw state.fault;
      },
    };
    const onClose = guardQuit({
      app,
      engine,
      tellBlocked: async () => void said.push("blocked"),
      askToStop: async () => {
        said.push("asked");
        return state.stop ?? false;
      },
      warn: ({ message }) => said.push(message),
    });
    return { app, engine, said, onClose };
  }
  const blocker: Failure = { code: "STICK_BUSY", message: "A delivery is being written." };

  test("waits until the engine has closed its ledger, then ends by itself", async () => {
    const { app, engine, said } = arrange();
    const first = event();
    app.emit("before-quit", first);
    expect([first.prevented, engine.closed]).toEqual([true, 1]);
    await turn();
    expect([app.quits, said]).toEqual([1, []]);
    const second = event();
    app.emit("before-quit", second);
    expect(second.prevented).toBe(false);
  });

  test("ends although the engine could not close in order, and says so", async () => {
    const { app, said } = arrange({ fault: new StationError("HOME_UNREADABLE", "The disk is full.") });
    app.emit("before-quit", event());
    await turn();
    expect([app.quits, said]).toEqual([1, ["The disk is full."]]);
    const again = event();
    app.emit("before-quit", again);
    expect(again.prevented).toBe(false);
  });

  test("is refused, saying why, while a delivery is being committed", async () => {
    const { app, engine, said } = arrange({ blocker });
    const asked = event();
    app.emit("before-quit", asked);
    await turn();
    expect([asked.prevented, engine.closed, said, app.quits]).toEqual([true, 0, ["blocked"], 0]);
  });

  test("asks while a batch is worked on; staying keeps everything open", async () => {
    const { app, engine, said } = arrange({ working: true });
    app.emit("before-quit", event());
    await turn();
    expect([engine.closed, said]).toEqual([0, ["asked"]]);
  });

  test("stops the batch when that is the answer", async () => {
    const { app, engine } = arrange({ working: true, stop: true });
    app.emit("before-quit", event());
    await turn();
    expect([engine.closed, app.quits]).toEqual([1, 1]);
  });

  test("is refused when the batch came to its delivery while the question was on the screen", async () => {
    const { app, engine, said } = arrange({ working: true, stop: true });
    app.emit("before-quit", event());
    engine.blocker = blocker;
    await turn();
    expect([engine.closed, said]).toEqual([0, ["asked", "blocked"]]);
  });

  test("closing the window is asking to end, and does not take the window away before it is decided", async () => {
    const { engine, onClose, said } = arrange({ blocker });
    const closing = event();
    onClose(closing);
    await turn();
    expect([closing.prevented, engine.closed, said]).toEqual([true, 0, ["blocked"]]);
  });

  test("asks one question at a time", async () => {
    const { app, said } = arrange({ working: true });
    app.emit("before-quit", event());
    app.emit("before-quit", event());
    await turn();
    expect(said).toEqual(["asked"]);
  });
});

describe("the system's key store", () => {
  const { safeStorage } = fakeElectron().module;

  test("seals and opens any bytes", async () => {
    const sealing = await systemSealing(safeStorage, "linux");
    if (sealing?.custody !== "os") throw new Error("no store");
    const secret = new Uint8Array([0, 255, 7, 128]);
    const sealed = await sealing.store.protect(secret);
    expect(Buffer.from(sealed).toString("latin1")).not.toContain("\u0000\u00ff\u0007\u0080");
    expect(await sealing.store.unprotect(sealed)).toEqual(secret);
  });

  test.each(["basic_text", "unknown"] as const)("on Linux with %s is none", async (backend) => {
    expect(await systemSealing({ ...safeStorage, getSelectedStorageBackend: () => backend }, "linux")).toBeNull();
  });

  test("is none where encryption is not available, or asking for it fails", async () => {
    expect(await systemSealing({ ...safeStorage, isAsyncEncryptionAvailable: async () => false }, "darwin")).toBeNull();
    expect(
      await systemSealing(
        { ...safeStorage, isAsyncEncryptionAvailable: () => Promise.reject(new Error("locked")) },
        "win32",
      ),
    ).toBeNull();
  });

  test.each(["darwin", "win32"] as const)("is there on %s", async (platform) => {
    expect(
      (await systemSealing({ ...safeStorage, getSelectedStorageBackend: () => "unknown" }, platform))?.custody,
    ).toBe("os");
  });
});

describe("menus and dialogs", () => {
  const template = (platform: NodeJS.Platform, isPackaged = true) => {
    const run: string[] = [];
    return { run, items: menuTemplate({ language: "en", platform, isPackaged, run: (call) => run.push(call) }) };
  };
  const flat = (items: unknown): { role?: string; accelerator?: string; click?: () => void }[] =>
    (items as { submenu?: unknown }[]).flatMap((item) =>
      Array.isArray(item.submenu) ? flat(item.submenu) : [item as object],
    );

  test.each(["linux", "win32", "darwin"] as const)(
    "%s: every command is a call of the contract, with a shortcut of its own",
    (platform) => {
      const { run, items } = template(platform);
      const commands = flat(items).filter(({ click }) => click !== undefined);
      for (const { click } of commands) click?.();
      expect(run).toHaveLength(3);
      expect(run.every((call) => Object.hasOwn(calls, call))).toBe(true);
      const keys = commands.map(({ accelerator }) => accelerator);
      expect(new Set(keys).size).toBe(keys.length);
    },
  );

  test("the packaged app offers no developer tools", () => {
    const roles = (isPackaged: boolean) => flat(template("linux", isPackaged).items).map(({ role }) => role);
    expect(roles(true)).not.toContain("toggleDevTools");
    expect(roles(false)).toContain("toggleDevTools");
  });

  test("both languages say everything", () => {
    for (const text of [menuText, dialogText]) {
      expect(Object.keys(text.de)).toEqual(Object.keys(text.en));
      expect(Object.values(text.de).every((words) => words.length > 0)).toBe(true);
    }
    expect(["de", "de-AT", "DE-ch", "en-GB", "fr", "den", ""].map(languageOf)).toEqual([
      "de",
      "de",
      "de",
      "en",
      "en",
      "en",
      "en",
    ]);
  });

  test("the menu's language follows the settings as they pass", async () => {
    const { handlers } = stubHandlers({
      "settings.update": (({ language }: { language: string }) => ({ language })) as never,
    });
    const changed: string[] = [];
    const raw = {
      call: async (name: unknown, input: unknown) => ({
        ok: true as const,
        value: handlers["settings.update"](input as never),
      }),
      subscribe: () => ({ ok: true as const, value: () => {} }),
    };
    const dispatch = followLanguage(raw, (language) => changed.push(language));
    for (const language of ["de", "de", "en"]) await dispatch.call("settings.update", { language });
    await dispatch.call("job.get", { language: "de" });
    expect(changed).toEqual(["de", "en"]);
  });

  test("a folder comes from the system's dialog, worded for its purpose; nothing chosen is null", async () => {
    const shown: { title: string; properties: string[] }[] = [];
    let answer: string[] = ["/media/stick"];
    const dialogs = systemDialogs(
      async (options) => {
        shown.push(options);
        return { canceled: answer.length === 0, filePaths: answer };
      },
      () => "de",
    );
    expect(await dialogs.chooseFolder("stick")).toBe("/media/stick");
    expect(await dialogs.chooseFolder("ledger")).toBe("/media/stick");
    expect(await dialogs.chooseCertificateFile()).toBe("/media/stick");
    answer = [];
    expect(await dialogs.chooseFolder("keys")).toBeNull();
    expect(shown.map(({ properties }) => properties)).toEqual([
      ["openDirectory"],
      ["openDirectory", "createDirectory"],
      ["openFile"],
      ["openDirectory", "createDirectory"],
    ]);
    expect(new Set(shown.map(({ title }) => title)).size).toBe(4);
  });
});

describe("the window's place", () => {
  let folder: string;
  let file: string;
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "station-window-"));
    file = join(folder, "window.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const at = (x: number, y: number) => ({ bounds: { x, y, width: 1300, height: 900 }, maximized: true });

  test("is kept", () => {
    writeWindowState(file, at(40, 50));
    expect(readWindowState(file, screens)).toEqual(at(40, 50));
  });

  test.each([[at(5000, 50)], [at(40, 1500)], [at(-1250, 0)], [at(0, -400)]])(
    "is forgotten when its screen is gone: %j",
    (state) => {
      writeWindowState(file, state);
      expect(readWindowState(file, screens)).toEqual({ bounds: null, maximized: true });
    },
  );

  test.each([
    "",
    "{",
    "[]",
    '{"bounds":{"x":0}}',
    '{"bounds":null,"maximized":false,"evil":1}',
    `{"bounds":{"x":0,"y":0,"width":1e9,"height":5},"maximized":false}`,
  ])("is the first one when the file is damaged: %s", (text) => {
    writeFileSync(file, text);
    expect(readWindowState(file, screens)).toEqual({ bounds: null, maximized: false });
  });

  test("cannot be written where nothing can be, and that is no failure", () => {
    writeWindowState(join(folder, "no", "such", "folder.json"), at(0, 0));
    expect(readWindowState(join(folder, "no", "such", "folder.json"), screens).bounds).toBeNull();
  });

  test("fits the smallest screen the station is made for", () => {
    const { width, height, minWidth, minHeight } = windowOptions(
      { bounds: null, maximized: false },
      { preload: "", icon: "" },
    );
    expect([width, height]).toEqual([1280, 800]);
    expect(Number(minWidth)).toBeLessThanOrEqual(1280);
    expect(Number(minHeight)).toBeLessThanOrEqual(720);
  });
});

test("a page that dies is loaded again, until it dies again and again within a minute", () => {
  let now = 0;
  const judge = createCrashJudge(() => now);
  expect([judge(), judge(), judge(), judge()]).toEqual(["reload", "reload", "reload", "give-up"]);
  now += 61_000;
  expect(judge()).toBe("reload");
});
