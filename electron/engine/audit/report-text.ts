export type ReportLanguage = "en" | "de";

/** Everything the report says in words of its own; what the ledger says stays as it was written. */
export interface ReportText {
  readonly title: string;
  readonly station: string;
  readonly period: string;
  readonly made: string;
  readonly entries: string;
  readonly entriesOf: (from: number, to: number, size: number) => string;
  readonly noEntries: (size: number) => string;
  readonly beginning: string;
  readonly end: string;
  readonly until: string;
  readonly before: string;
  readonly bundle: string;
  readonly root: string;
  readonly software: string;
  readonly intro: string;
  readonly operators: string;
  readonly workOrders: string;
  readonly files: string;
  readonly exceptions: string;
  readonly decisions: string;
  readonly checkpoint: string;
  readonly checkpointIntro: string;
  readonly countColumns: (first: string) => readonly string[];
  readonly operator: string;
  readonly workOrder: string;
  readonly fileColumns: readonly string[];
  readonly exceptionColumns: readonly string[];
  readonly decisionColumns: readonly string[];
  readonly noneNamed: string;
  readonly none: string;
  readonly yes: string;
  readonly no: string;
  /** The foot of every page: its own number, and how many there are. */
  readonly page: string;
  readonly of: string;
}

export const reportTexts: Readonly<Record<ReportLanguage, ReportText>> = {
  en: {
    title: "Provisioning report",
    station: "Station",
    period: "Period",
    made: "Made",
    entries: "Ledger entries",
    entriesOf: (from, to, size) => `${from} to ${to} of ${size}, counted from 0`,
    noEntries: (size) => `none in the period, of ${size}`,
    beginning: "the beginning",
    end: "the end",
    until: "to",
    before: "before",
    bundle: "Bundle (SHA-256)",
    root: "Ledger root (SHA-256)",
    software: "Software",
    intro:
      "Every line below is copied from the station's ledger. The bundle of this report proves it: the SHA-256 of its entries.jsonl and the root of its checkpoint are at the foot of every page.",
    operators: "Operators",
    workOrders: "Work orders",
    files: "Devices and files",
    exceptions: "Exceptions",
    decisions: "Decisions by people",
    checkpoint: "Checkpoint",
    checkpointIntro:
      "The signed head of the ledger when this report was made. Keep this page: any later export must contain it.",
    countColumns: (first) => [first, "Batches", "Files delivered", "Failed", "Skipped"],
    operator: "Operator",
    workOrder: "Work order",
    fileColumns: [
      "Entry",
      "Issued",
      "Device, serial",
      "Fingerprint",
      "Its SHA-256",
      "File SHA-256",
      "Expires",
      "On stick",
    ],
    exceptionColumns: ["Entry", "Time", "What", "Device or batch", "Code or reason"],
    decisionColumns: ["Entry", "Time", "What", "Operator", "About"],
    noneNamed: "(none named)",
    none: "None.",
    yes: "yes",
    no: "no",
    page: "Page",
    of: "of",
  },
  de: {
    title: "Bericht über ausgestellte Lizenzen",
    station: "Station",
    period: "Zeitraum",
    made: "Erstellt",
    entries: "Einträge im Journal",
    entriesOf: (from, to, size) => `${from} bis ${to} von ${size}, ab 0 gezählt`,
    noEntries: (size) => `keine im Zeitraum, von ${size}`,
    beginning: "Anfang",
    end: "Ende",
    until: "bis",
    before: "vor",
    bundle: "Bündel (SHA-256)",
    root: "Wurzel des Journals (SHA-256)",
    software: "Programm",
    intro:
      "Jede Zeile unten ist aus dem Journal der Station kopiert. Das Bündel zu diesem Bericht belegt sie: Der SHA-256 seiner Datei entries.jsonl und die Wurzel seines Prüfpunkts stehen am Fuß jeder Seite.",
    operators: "Bediener",
    workOrders: "Aufträge",
    files: "Geräte und Dateien",
    exceptions: "Ausnahmen",
    decisions: "Entscheidungen von Menschen",
    checkpoint: "Prüfpunkt",
    checkpointIntro:
      "Der signierte Kopf des Journals bei Erstellung dieses Berichts. Bewahren Sie diese Seite auf: Jeder spätere Export muss ihn enthalten.",
    countColumns: (first) => [first, "Chargen", "Dateien geliefert", "Fehlgeschlagen", "Ausgelassen"],
    operator: "Bediener",
    workOrder: "Auftrag",
    fileColumns: [
      "Eintrag",
      "Ausgestellt",
      "Gerät, Seriennr.",
      "Fingerabdruck",
      "Dessen SHA-256",
      "SHA-256 der Datei",
      "Läuft ab",
      "Auf Stick",
    ],
    exceptionColumns: ["Eintrag", "Zeit", "Was", "Gerät oder Charge", "Code oder Grund"],
    decisionColumns: ["Eintrag", "Zeit", "Was", "Bediener", "Worüber"],
    noneNamed: "(niemand genannt)",
    none: "Keine.",
    yes: "ja",
    no: "nein",
    page: "Seite",
    of: "von",
  },
};
