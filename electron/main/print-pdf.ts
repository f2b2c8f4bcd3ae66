import type { PrintPdf } from "../engine/platform/chromium.ts";

/** What of Electron's windows is used. */
interface PrintWindow {
  loadFile(path: string): Promise<void>;
  destroy(): void;
  readonly webContents: {
    printToPDF(options: {
      readonly preferCSSPageSize: boolean;
      readonly printBackground: boolean;
    }): Promise<Uint8Array>;
  };
}

/** As little as a window can be: nobody sees it, it runs no script, and it shares nothing with the station's own. */
const options = {
  show: false,
  webPreferences: {
    javascript: false,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    partition: "report",
  },
} as const;

/** Prints with the Chromium that the application is made of. @param open makes a window, which is destroyed afterwards */
export function windowPrinter(open: (how: typeof options) => PrintWindow): PrintPdf {
  return async (htmlFile) => {
    const window = open(options);
    try {
      await window.loadFile(htmlFile);
      return await window.webContents.printToPDF({ preferCSSPageSize: true, printBackground: false });
    } catch {
      return null;
    } finally {
      window.destroy();
    }
  };
}
