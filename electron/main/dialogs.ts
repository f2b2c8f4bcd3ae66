import type { Dialogs, FolderPurpose, LicenceFilePurpose } from "../engine/handlers/dialogs.ts";
import type { Language } from "./menu-text.ts";
import { dialogText } from "./menu-text.ts";

interface OpenDialogOptions {
  readonly title: string;
  readonly buttonLabel: string;
  readonly properties: ("openDirectory" | "openFile" | "createDirectory")[];
  readonly filters?: { name: string; extensions: string[] }[];
}

/** Shows one dialog on the station's window. */
export type ShowOpenDialog = (
  options: OpenDialogOptions,
) => Promise<{ readonly canceled: boolean; readonly filePaths: readonly string[] }>;

/** The system's own dialogs: the only way a path gets into the station. */
export function systemDialogs(show: ShowOpenDialog, language: () => Language): Dialogs {
  const choose = async (options: OpenDialogOptions): Promise<string | null> => {
    const { canceled, filePaths } = await show(options);
    return canceled ? null : (filePaths[0] ?? null);
  };
  return {
    chooseFolder: async (purpose: FolderPurpose) => {
      const text = dialogText[language()];
      const properties: OpenDialogOptions["properties"] =
        purpose === "stick" ? ["openDirectory"] : ["openDirectory", "createDirectory"];
      return await choose({ title: text[purpose], buttonLabel: text.choose, properties });
    },
    chooseSeatList: async () => {
      const text = dialogText[language()];
      const filters = [{ name: "CSV", extensions: ["csv"] }];
      return await choose({ title: text.seatList, buttonLabel: text.choose, properties: ["openFile"], filters });
    },
    chooseCheckpointFile: async () => {
      const text = dialogText[language()];
      return await choose({ title: text.checkpoint, buttonLabel: text.choose, properties: ["openFile"] });
    },
    chooseCertificateFile: async () => {
      const text = dialogText[language()];
      const filters = [{ name: "PEM", extensions: ["pem", "crt", "cer"] }];
      return await choose({ title: text.certificates, buttonLabel: text.choose, properties: ["openFile"], filters });
    },
    chooseLicenceFile: async (purpose: LicenceFilePurpose) => {
      const text = dialogText[language()];
      const filters = purpose === "vendor-key" ? [{ name: "PEM", extensions: ["pem"] }] : [];
      return await choose({ title: text[purpose], buttonLabel: text.choose, properties: ["openFile"], filters });
    },
  };
}
