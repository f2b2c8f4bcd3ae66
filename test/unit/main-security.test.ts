import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answerPageRequest, windowSchemes } from "../../electron/main/protocol.ts";
import {
  type Frame,
  hardenContents,
  hardenSession,
  isOwnAddress,
  isOwnMessage,
  type SessionPieces,
} from "../../electron/main/security.ts";
import { windowOptions } from "../../electron/main/window.ts";
import { contentSecurityPolicy, pageHeaders } from "../../shared/ipc/page-headers.ts";
import { utf8 } from "../../shared/formats/encoding.ts";
import { event, fakeElectron } from "../fakes/electron.ts";

const root = join(import.meta.dirname, "..", "..");
const own = "station://window/";
const foreign = [
  "https://window/",
  "station://other/",
  "station://window.evil/",
  "station://user@window/",
  "stationx://window/",
  "file:///etc/passwd",
  "data:text/html,x",
  "blob:station://window/x",
  "about:blank",
  "",
  "station:window",
];

test("only pages of the window's own protocol and host are ours", () => {
  expect(isOwnAddress(own)).toBe(true);
  expect(isOwnAddress("station://window/assets/a.js?x#y")).toBe(true);
  expect(foreign.filter(isOwnAddress)).toEqual([]);
});

describe("whose message it is", () => {
  const mainFrame: Frame = { url: own };
  const contents = { mainFrame };

  test("our window's main frame on our protocol is heard", () => {
    expect(isOwnMessage({ sender: contents, senderFrame: mainFrame }, contents)).toBe(true);
  });

  test("nobody else is: another window, a frame inside, a frame that is gone, a page that has moved, no window at all", () => {
    expect(isOwnMessage({ sender: { mainFrame }, senderFrame: mainFrame }, contents)).toBe(false);
    expect(isOwnMessage({ sender: contents, senderFrame: { url: own } }, contents)).toBe(false);
    expect(isOwnMessage({ sender: contents, senderFrame: null }, contents)).toBe(false);
    for (const url of foreign) {
      const moved = { url };
      const there = { mainFrame: moved };
      expect(isOwnMessage({ sender: there, senderFrame: moved }, there)).toBe(false);
    }
    expect(isOwnMessage({ sender: contents, senderFrame: mainFrame }, null)).toBe(false);
  });
});

describe("what a page may ask for", () => {
  const { module, hardened, defaultSession } = fakeElectron();
  hardenSession(module.session.defaultSession as unknown as SessionPieces);
  const ask = (permission: string, details: object) => {
    const answers: boolean[] = [];
    (hardened["request"] as unknown as (...args: unknown[]) => void)(
      null,
      permission,
      (granted: boolean) => answers.push(granted),
      {
        requestingUrl: own,
        isMainFrame: true,
        ...details,
      },
    );
    return answers;
  };
  const check = hardened["check"] as unknown as (...args: unknown[]) => boolean;

  test("our own page may use the camera and write to the clipboard", () => {
    expect(ask("media", { mediaTypes: ["video"] })).toEqual([true]);
    expect(ask("clipboard-sanitized-write", {})).toEqual([true]);
    expect(check(null, "media", own, { mediaType: "video" })).toBe(true);
    expect(check(null, "clipboard-sanitized-write", own, {})).toBe(true);
  });

  test("it may not listen, nor may anybody else see, nor a frame inside it", () => {
    expect(ask("media", { mediaTypes: ["audio"] })).toEqual([false]);
    expect(ask("media", { mediaTypes: ["video", "audio"] })).toEqual([false]);
    expect(ask("media", {})).toEqual([false]);
    expect(ask("media", { mediaTypes: ["video"], isMainFrame: false })).toEqual([false]);
    expect(check(null, "media", own, { mediaType: "audio" })).toBe(false);
    for (const requestingUrl of foreign) {
      expect(ask("media", { mediaTypes: ["video"], requestingUrl })).toEqual([false]);
      expect(check(null, "media", requestingUrl, { mediaType: "video" })).toBe(false);
    }
  });

  test.each(
    "clipboard-read,deprecated-sync-clipboard-read,display-capture,fileSystem,fullscreen,geolocation,hid,idle-detection,keyboardLock,local-fonts,local-network-access,loopback-network,mediaKeySystem,midi,midiSysex,nfc,notifications,openExternal,payment-handler,persistent-storage,pointerLock,sensors,serial,speaker-selection,storage-access,top-level-storage-access,usb,window-management,unknown".split(
      ",",
    ),
  )("%s is refused", (permission) => {
    expect(ask(permission, {})).toEqual([false]);
    expect(check(null, permission, own, {})).toBe(false);
    expect((hardened["device"] as () => boolean)()).toBe(false);
  });

  test("no request leaves for any network", () => {
    const cancelled = (url: string) => {
      let cancel: boolean | null = null;
      (hardened["before"] as unknown as (...args: unknown[]) => void)({ url }, (answer: { cancel: boolean }) => {
        cancel = answer.cancel;
      });
      return cancel;
    };
    const out = [
      "http://127.0.0.1/",
      "https://example.com/",
      "ws://x/",
      "wss://x/",
      "ftp://x/",
      "file:///etc/passwd",
      "station://other/x",
      "chrome://gpu/",
    ];
    expect(out.map(cancelled)).toEqual(out.map(() => true));
    expect([own, "station://window/assets/a.js", "blob:station://window/1", "data:image/png,x"].map(cancelled)).toEqual(
      [false, false, false, false],
    );
  });

  test("only what our page has made itself can be saved", () => {
    const download = (url: string) => {
      const asked = event();
      defaultSession.emit("will-download", asked, { getURL: () => url });
      return asked.prevented;
    };
    expect(download("blob:station://window/7f3a")).toBe(false);
    expect(
      ["https://example.com/x.exe", "data:x", "blob:https://window/7", "file:///etc/passwd"].map(download),
    ).toEqual([true, true, true, true]);
  });
});

test.each(["will-navigate", "will-frame-navigate", "will-redirect", "will-attach-webview"])(
  "%s is stopped, wherever it would lead",
  (name) => {
    const { contents } = fakeElectron();
    hardenContents(contents);
    const asked = event();
    contents.emit(name, asked, own);
    expect(asked.prevented).toBe(true);
  },
);

test("a page opens no window", () => {
  const { contents } = fakeElectron();
  hardenContents(contents);
  expect(contents.windowOpenHandler?.()).toEqual({ action: "deny" });
});

test("the window is isolated, sandboxed and without Node, and nothing of the web's safety is switched off", () => {
  const { webPreferences } = windowOptions(
    { bounds: null, maximized: false },
    { preload: "/app/preload.cjs", icon: "/app/icon.png" },
  );
  expect(webPreferences).toEqual({
    preload: "/app/preload.cjs",
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
  });
});

describe("the window's protocol", () => {
  const pages = new Map([["/index.html", { type: "text/html; charset=utf-8", bytes: utf8("<!doctype html>") }]]);
  const ask = (url: string, method = "GET") => answerPageRequest(pages, { url, method });

  test("bypasses no policy and lets no other origin in", () => {
    expect(windowSchemes).toEqual([
      { scheme: "station", privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ]);
  });

  test("serves the window's files with the policy", async () => {
    const answer = ask(own);
    expect([answer.status, await answer.text()]).toEqual([200, "<!doctype html>"]);
    for (const [name, value] of Object.entries(pageHeaders)) expect(answer.headers.get(name)).toBe(value);
  });

  test.each([
    "station://window/../../etc/passwd",
    "station://window/..%2f..%2fetc/passwd",
    "station://window/%2e%2e/secret",
    "station://window//etc/passwd",
    "station://window/assets/",
    "station://window/constructor",
    "station://other/index.html",
    "https://window/index.html",
    "not an address",
  ])("%s is not there", (url) => expect(ask(url).status).toBe(404));

  test.each(["POST", "PUT", "HEAD"])("%s is refused", (method) => expect(ask(own, method).status).toBe(405));
});

test("the policy lets nothing inline, nothing foreign and no evaluated text run", () => {
  const policy = new Map(
    contentSecurityPolicy.split("; ").map((rule) => [rule.split(" ")[0], rule.split(" ").slice(1).join(" ")]),
  );
  expect(policy.get("default-src")).toBe("'none'");
  expect(policy.get("script-src")).toBe("'self'");
  expect(policy.get("style-src")).toBe("'self'");
  expect(policy.get("frame-ancestors")).toBe("'none'");
  expect(policy.get("base-uri")).toBe("'none'");
  expect(policy.get("form-action")).toBe("'none'");
  expect(contentSecurityPolicy).not.toMatch(/unsafe|http|\*/);
});

test("no source of the shell opens an address outside, weakens Chromium, or embeds a browser", () => {
  const sources = [
    "main.ts",
    "window.ts",
    "security.ts",
    "protocol.ts",
    "menu.ts",
    "ipc.ts",
    "dialogs.ts",
    "quit.ts",
    "sealing.ts",
  ];
  const text = sources.map((name) => readFileSync(join(root, "electron", "main", name), "utf8")).join("\n");
  expect(text).not.toMatch(
    /openExternal|openPath|appendSwitch|no-sandbox|enableBlinkFeatures|allowpopups|executeJavaScript|loadFile|file:\/\//i,
  );
});

test("Electron is pinned exactly, on the line the fuses and the policy were tried with", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Number(devDependencies.electron.split(".")[0])).toBeGreaterThanOrEqual(45);
});
