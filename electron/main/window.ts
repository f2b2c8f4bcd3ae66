import type { BrowserWindowConstructorOptions } from "electron";
import type { WindowState } from "./window-state.ts";

/** Everything the window is made with. The page is a stranger to the system: isolated, sandboxed, without Node. */
export function windowOptions(
  state: WindowState,
  paths: { readonly preload: string; readonly icon: string },
): BrowserWindowConstructorOptions {
  return {
    ...(state.bounds ?? { width: 1280, height: 800 }),
    minWidth: 1024,
    minHeight: 680,
    show: false,
    backgroundColor: "#101418",
    icon: paths.icon,
    webPreferences: {
      preload: paths.preload,
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
    },
  };
}

/** How often a page may die before it is left dead, and within what time. */
const mostCrashes = 3;
const crashWindowMs = 60_000;

/**
 * Decides after each death of the page's process: reload, or give up because it dies again and again. The engine
 * lives in another process and does not notice.
 */
export function createCrashJudge(monotonicMs: () => number): () => "reload" | "give-up" {
  let crashes: number[] = [];
  return () => {
    const now = monotonicMs();
    crashes = [...crashes.filter((at) => now - at < crashWindowMs), now];
    return crashes.length > mostCrashes ? "give-up" : "reload";
  };
}
