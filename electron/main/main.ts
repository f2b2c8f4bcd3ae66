import { mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  protocol,
  safeStorage,
  screen,
  session,
  utilityProcess,
} from "electron";
import { toFailure } from "#shared/domain/errors.ts";
import { windowAddress, windowScheme } from "#shared/ipc/channels.ts";
import { readPageFiles } from "../engine/platform/page-files.ts";
import { defaultHome } from "../engine/platform/station-home.ts";
import { openWindowEngine } from "../engine/window-engine.ts";
import { startSandbox } from "../sandbox/sandbox.ts";
import { systemDialogs } from "./dialogs.ts";
import { serveIpc } from "./ipc.ts";
import { followLanguage } from "./language.ts";
import { menuTemplate } from "./menu.ts";
import { dialogText, type Language, languageOf } from "./menu-text.ts";
import { windowPrinter } from "./print-pdf.ts";
import { answerPageRequest, windowSchemes } from "./protocol.ts";
import { guardQuit } from "./quit.ts";
import { systemSealing } from "./sealing.ts";
import { hardenContents, hardenSession, isOwnMessage } from "./security.ts";
import { utilityChildren } from "./utility-child.ts";
import { createCrashJudge, windowOptions } from "./window.ts";
import { readWindowState, writeWindowState } from "./window-state.ts";

const built = import.meta.dirname;
const home = process.env["STATION_HOME"] || defaultHome(process.env, process.platform, homedir());

// Everything up to here must be said before the app is ready.
mkdirSync(home, { recursive: true, mode: 0o700 });
app.setPath("userData", join(home, "window"));
app.enableSandbox();
protocol.registerSchemesAsPrivileged(windowSchemes);
app.on("web-contents-created", (_event, contents) => hardenContents(contents));

// A second start shows the first one's window; its data belongs to one process at a time.
if (app.requestSingleInstanceLock()) app.whenReady().then(start).catch(giveUp);
else app.exit(0);

/** Without its settings or its pages there is no window to say it in. */
function giveUp(error: unknown): void {
  dialog.showErrorBox(app.name, toFailure(error).message);
  app.exit(1);
}

async function start(): Promise<void> {
  let language: Language = languageOf(app.getLocale());
  const pages = await readPageFiles(join(built, "..", "renderer"));
  hardenSession(session.defaultSession);
  protocol.handle(windowScheme, (request) => answerPageRequest(pages, request));

  const stateFile = join(home, "window.json");
  const state = readWindowState(
    stateFile,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow(
    windowOptions(state, { preload: join(built, "..", "preload", "preload.cjs"), icon: join(built, "icon.png") }),
  );
  const engine = openWindowEngine({
    home,
    sealing: await systemSealing(safeStorage, process.platform),
    passphrase: process.env["STATION_PASSPHRASE"] || null,
    version: app.getVersion(),
    env: process.env,
    dialogs: systemDialogs(
      (options) => dialog.showOpenDialog(window, options),
      () => language,
    ),
    startRehearsalServer: ({ stateFile: file, port }) =>
      startSandbox({ stateFile: file, port, latencyMs: 25, jitterMs: 15 }),
    verifierPy: () => readFileSync(join(built, "verify.py")),
    startChild: utilityChildren(utilityProcess, built),
    printPdf: windowPrinter((options) => new BrowserWindow(options)),
    log: { info: (message) => console.error(message), warn: (message) => console.error(message) },
  });

  const showMenu = () => {
    const run = (call: Parameters<Parameters<typeof menuTemplate>[0]["run"]>[0]) =>
      void engine.dispatch.call(call, {}).then((reply) => {
        if (!reply.ok) dialog.showErrorBox(dialogText[language].failed, reply.error.message);
      });
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(menuTemplate({ language, platform: process.platform, isPackaged: app.isPackaged, run })),
    );
  };
  const dispatch = followLanguage(engine.dispatch, (next) => {
    language = next;
    showMenu();
  });
  showMenu();

  const ipc = serveIpc({
    messages: ipcMain,
    dispatch,
    isOurs: (event) => isOwnMessage(event, window.isDestroyed() ? null : window.webContents),
    send: (channel, ...args) => {
      if (!window.isDestroyed()) window.webContents.send(channel, ...args);
    },
  });

  const onClose = guardQuit({
    app,
    engine,
    tellBlocked: async () => {
      const text = dialogText[language];
      await dialog.showMessageBox(window, {
        type: "warning",
        message: text.stillDelivering,
        detail: text.stillDeliveringDetail,
        buttons: [text.understood],
      });
    },
    askToStop: async () => {
      const text = dialogText[language];
      const buttons = [text.stay, text.stopAndQuit];
      const { response } = await dialog.showMessageBox(window, {
        type: "question",
        message: text.stillWorking,
        detail: text.stillWorkingDetail,
        buttons,
        cancelId: 0,
        defaultId: 0,
      });
      return response === 1;
    },
    warn: ({ message }) => console.error(message),
  });
  window.on("close", (event) => {
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    onClose(event);
  });

  const judgeCrash = createCrashJudge(() => performance.now());
  window.webContents.on("render-process-gone", () => {
    ipc.endAll();
    const text = dialogText[language];
    if (judgeCrash() === "reload") window.webContents.reload();
    else dialog.showErrorBox(text.windowDied, text.windowDiedDetail);
  });
  // A page that is loaded anew has forgotten what its predecessor listened to.
  window.webContents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) ipc.endAll();
  });
  window.once("ready-to-show", () => {
    if (state.maximized) window.maximize();
    window.show();
  });
  app.on("second-instance", () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  await window.loadURL(windowAddress);
}
