import type { MenuItemConstructorOptions } from "electron";
import type { CallName } from "#shared/ipc/contract.ts";
import { type Language, menuText } from "./menu-text.ts";

/**
 * The native menu. Its commands are calls of the same contract that the window uses, made by the shell itself, so the
 * page needs no way to be told anything.
 */
export function menuTemplate(options: {
  readonly language: Language;
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly run: (call: CallName) => void;
}): MenuItemConstructorOptions[] {
  const { language, platform, isPackaged, run } = options;
  const text = menuText[language];
  const command = (label: string, accelerator: string, call: CallName): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => run(call),
  });
  const separator: MenuItemConstructorOptions = { type: "separator" };
  const isMac = platform === "darwin";
  return [
    ...(isMac ? [{ role: "appMenu" as const }] : []),
    {
      label: text.station,
      submenu: [
        command(text.addFolder, "CmdOrCtrl+O", "sticks.add-folder"),
        separator,
        command(text.exportLedger, "CmdOrCtrl+Shift+L", "ledger.export"),
        command(text.exportKeys, "CmdOrCtrl+Shift+K", "keys.export"),
        separator,
        { role: isMac ? "close" : "quit" },
      ],
    },
    {
      label: text.edit,
      submenu: [
        { role: "undo" },
        { role: "redo" },
        separator,
        { role: "cut" },
        { role: "copy" },
        { role: "paste" },
        { role: "selectAll" },
      ],
    },
    {
      label: text.view,
      submenu: [
        // The window holds no truth: a reload costs nothing, not even in the middle of a batch.
        { role: "reload" },
        separator,
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        separator,
        { role: "togglefullscreen" },
        ...(isPackaged ? [] : [separator, { role: "toggleDevTools" as const }]),
      ],
    },
    { label: text.window, role: "windowMenu" },
    { label: text.help, role: "help", submenu: [{ role: "about" }] },
  ];
}
