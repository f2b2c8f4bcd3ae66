import { EventEmitter } from "node:events";

/**
 * As much of Electron as the shell touches, recording what it is told. It decides nothing: a test plays the page, the
 * system and the person.
 */
export function fakeElectron(
  options: { readonly isPackaged?: boolean; readonly locale?: string; readonly isFirst?: boolean } = {},
) {
  const log: string[] = [];
  const contents = Object.assign(new EventEmitter(), {
    mainFrame: { url: "station://window/" },
    sent: [] as unknown[][],
    reloads: 0,
    windowOpenHandler: null as null | (() => { action: string }),
    setWindowOpenHandler(handler: () => { action: string }) {
      contents.windowOpenHandler = handler;
    },
    send: (...args: unknown[]) => void contents.sent.push(args),
    reload: () => {
      contents.reloads += 1;
    },
  });
  const window = Object.assign(new EventEmitter(), {
    options: {},
    loaded: null as string | null,
    shown: false,
    focused: false,
    webContents: contents,
    loadURL: async (url: string) => {
      window.loaded = url;
    },
    isDestroyed: () => false,
    isMinimized: () => false,
    isMaximized: () => false,
    maximize: () => {},
    restore: () => {},
    focus: () => {
      window.focused = true;
    },
    show: () => {
      window.shown = true;
    },
    getNormalBounds: () => ({ x: 10, y: 20, width: 1300, height: 900 }),
  });
  const paths: Record<string, string> = {};
  const app = Object.assign(new EventEmitter(), {
    name: "Licence Station",
    isPackaged: options.isPackaged ?? true,
    paths,
    setPath: (name: string, path: string) => {
      paths[name] = path;
    },
    enableSandbox: () => void log.push("sandbox"),
    requestSingleInstanceLock: () => options.isFirst ?? true,
    whenReady: async () => {
      log.push("ready");
    },
    getLocale: () => options.locale ?? "en-US",
    getVersion: () => "9.9.9",
    quits: 0,
    quit: () => {
      app.quits += 1;
      app.emit("before-quit", event());
    },
    exited: null as number | null,
    exit: (code: number) => {
      app.exited = code;
    },
  });
  const handled = new Map<string, (...args: never[]) => unknown>();
  const ipcMain = {
    handle: (channel: string, handler: (...args: never[]) => unknown) => void handled.set(channel, handler),
    on: (channel: string, listener: (...args: never[]) => unknown) => void handled.set(channel, listener),
  };
  const hardened: Record<string, (...args: never[]) => unknown> = {};
  const defaultSession = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: (handler: () => void) => void Object.assign(hardened, { request: handler }),
    setPermissionCheckHandler: (handler: () => boolean) => void Object.assign(hardened, { check: handler }),
    setDevicePermissionHandler: (handler: () => boolean) => void Object.assign(hardened, { device: handler }),
    webRequest: { onBeforeRequest: (handler: () => void) => void Object.assign(hardened, { before: handler }) },
  });
  const schemes: unknown[] = [];
  const protocols = new Map<string, (request: Request) => Response>();
  const dialogs: { kind: string; options: unknown }[] = [];
  const answers = { folder: null as string | null, button: 0 };
  const menus: unknown[] = [];

  // Called with `new`, as the real one is; there is only one window.
  function BrowserWindow(given: object) {
    Object.assign(window.options, given);
    app.emit("web-contents-created", event(), contents);
    return window;
  }
  /** Programs that were started beside the shell; none of them ever answers. */
  const utilities: string[] = [];
  const module = {
    app,
    utilityProcess: {
      fork: (program: string) => {
        utilities.push(program);
        return Object.assign(new EventEmitter(), { pid: undefined, postMessage: () => {}, kill: () => true });
      },
    },
    BrowserWindow,
    ipcMain,
    session: { defaultSession },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    protocol: {
      registerSchemesAsPrivileged: (given: unknown[]) => {
        log.push("schemes");
        schemes.push(...given);
      },
      handle: (scheme: string, handler: (request: Request) => Response) => void protocols.set(scheme, handler),
    },
    safeStorage: {
      isAsyncEncryptionAvailable: async () => true,
      encryptStringAsync: async (text: string) => Buffer.from(`sealed ${text}`),
      decryptStringAsync: async (sealed: Buffer) => ({ result: sealed.toString().slice(7), shouldReEncrypt: false }),
      getSelectedStorageBackend: () => "gnome_libsecret",
    },
    dialog: {
      showOpenDialog: async (_window: unknown, given: unknown) => {
        dialogs.push({ kind: "open", options: given });
        return { canceled: answers.folder === null, filePaths: answers.folder === null ? [] : [answers.folder] };
      },
      showMessageBox: async (_window: unknown, given: unknown) => {
        dialogs.push({ kind: "message", options: given });
        return { response: answers.button };
      },
      showErrorBox: (title: string, message: string) =>
        void dialogs.push({ kind: "error", options: { title, message } }),
    },
    Menu: {
      buildFromTemplate: (template: unknown) => template,
      setApplicationMenu: (menu: unknown) => void menus.push(menu),
    },
  };
  return {
    module,
    app,
    window,
    contents,
    handled,
    hardened,
    defaultSession,
    schemes,
    protocols,
    dialogs,
    answers,
    menus,
    utilities,
    log,
  };
}

export function event() {
  return {
    prevented: false,
    preventDefault() {
      this.prevented = true;
    },
  };
}
