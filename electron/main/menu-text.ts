/** What the shell itself says: menus and system dialogs. Everything inside the window is in the renderer's own texts. */
export type Language = "en" | "de";

export interface MenuText {
  readonly station: string;
  readonly addFolder: string;
  readonly exportLedger: string;
  readonly exportKeys: string;
  readonly edit: string;
  readonly view: string;
  readonly window: string;
  readonly help: string;
}

export const menuText: Readonly<Record<Language, MenuText>> = {
  en: {
    station: "Station",
    addFolder: "Add folder as a stick…",
    exportLedger: "Export ledger…",
    exportKeys: "Export public keys…",
    edit: "Edit",
    view: "View",
    window: "Window",
    help: "Help",
  },
  de: {
    station: "Station",
    addFolder: "Ordner als Stick hinzufügen …",
    exportLedger: "Journal exportieren …",
    exportKeys: "Öffentliche Schlüssel exportieren …",
    edit: "Bearbeiten",
    view: "Ansicht",
    window: "Fenster",
    help: "Hilfe",
  },
};

export interface DialogText {
  readonly choose: string;
  readonly stick: string;
  readonly keys: string;
  readonly ledger: string;
  readonly certificates: string;
  readonly licence: string;
  readonly "carried-licence": string;
  readonly "vendor-key": string;
  readonly seatList: string;
  readonly checkpoint: string;
  readonly understood: string;
  readonly stillDelivering: string;
  readonly stillDeliveringDetail: string;
  readonly stillWorking: string;
  readonly stillWorkingDetail: string;
  readonly stopAndQuit: string;
  readonly stay: string;
  readonly windowDied: string;
  readonly windowDiedDetail: string;
  readonly failed: string;
}

export const dialogText: Readonly<Record<Language, DialogText>> = {
  en: {
    choose: "Choose",
    stick: "Choose the folder that stands in for a stick",
    keys: "Choose where the public keys go",
    ledger: "Choose where the ledger's export goes",
    certificates: "Choose the certification authority's certificate",
    licence: "Choose the licence file to watch",
    "carried-licence": "Choose the licence to carry",
    "vendor-key": "Choose the vendor's public key",
    seatList: "Choose the list of seats from the licensing server",
    checkpoint: "Choose a checkpoint that came back",
    understood: "Understood",
    stillDelivering: "A delivery is being written to a stick.",
    stillDeliveringDetail:
      "It takes a moment. Leave the stick in, and close the station when the stick may be removed.",
    stillWorking: "A batch is being worked on.",
    stillWorkingDetail:
      "You can stop here: seats that were taken are recorded, and the batch goes on when you continue it.",
    stopAndQuit: "Stop and quit",
    stay: "Stay",
    windowDied: "The window keeps failing.",
    windowDiedDetail: "Batches go on without it. Close the station and start it again; what was done is recorded.",
    failed: "That did not work.",
  },
  de: {
    choose: "Auswählen",
    stick: "Ordner auswählen, der für einen Stick steht",
    keys: "Ziel für die öffentlichen Schlüssel auswählen",
    ledger: "Ziel für den Export des Journals auswählen",
    certificates: "Zertifikat der Zertifizierungsstelle auswählen",
    licence: "Lizenzdatei auswählen, der gefolgt werden soll",
    "carried-licence": "Lizenz auswählen, die überbracht werden soll",
    "vendor-key": "Öffentlichen Schlüssel des Anbieters auswählen",
    seatList: "Liste der Lizenzplätze vom Lizenzserver auswählen",
    checkpoint: "Zurückgekommenen Prüfpunkt auswählen",
    understood: "Verstanden",
    stillDelivering: "Eine Lieferung wird auf einen Stick geschrieben.",
    stillDeliveringDetail:
      "Das dauert einen Moment. Lassen Sie den Stick stecken und schließen Sie die Station, sobald er entfernt werden darf.",
    stillWorking: "Ein Stapel ist in Arbeit.",
    stillWorkingDetail:
      "Sie können hier anhalten: Belegte Plätze sind verzeichnet, und der Stapel geht weiter, wenn Sie ihn fortsetzen.",
    stopAndQuit: "Anhalten und beenden",
    stay: "Bleiben",
    windowDied: "Das Fenster stürzt immer wieder ab.",
    windowDiedDetail:
      "Stapel laufen ohne es weiter. Beenden Sie die Station und starten Sie sie neu; was getan ist, ist verzeichnet.",
    failed: "Das hat nicht geklappt.",
  },
};

/** @param locale as the system writes it, `de-AT` for one */
export function languageOf(locale: string): Language {
  return /^de\b/i.test(locale) ? "de" : "en";
}
