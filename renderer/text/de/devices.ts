import type { devices as english } from "../en/devices.ts";
import type { Shape } from "../shape.ts";
import { devices as devicesOf, n } from "./counts.ts";

export const devices: Shape<typeof english> = {
  title: "Geräte",
  search: "Name, Seriennummer oder Fingerabdruck",
  columns: {
    name: "Name",
    serial: "Seriennummer",
    fingerprint: "Fingerabdruck",
    issued: "Letzte Datei",
    expires: "Läuft ab",
    files: "Dateien",
  },
  tableLabel: "Ausgestattete Geräte",
  none: "Noch kein Gerät hat eine Datei",
  noneBody: "Jedes Gerät, das diese Station ausstattet, steht hier mit seiner ganzen Geschichte.",
  noMatch: "Kein Gerät passt",
  noMatchBody: "Nach einem Teil des Namens, der Seriennummer oder des Fingerabdrucks suchen.",
  shown: (count) => devicesOf(count),
  saveCsv: "Als CSV speichern",
  expiring: "Ablaufende Dateien je Monat",
  month: "Monat",
  filesColumn: "Dateien",
  plotWords: (count) => `${n(count)} Dateien laufen in den gezeigten Monaten ab`,
  soon: (count) => `in ${n(count)} Tagen`,
  today: "heute",
  past: "abgelaufen",
  history: "Geschichte",
  receipt: "Quittung",
  reissue: "Datei neu ausstellen",
  reissueHint: "Neu ausstellen belegt keinen Platz, solange das Gerät aktiviert ist.",
  reissueUnknown: "Hier ist nur der Prüfwert bekannt, nicht der Fingerabdruck selbst. Anfrage des Geräts neu einlesen.",
  digest: "Fingerabdruck, SHA-256",
  giveBack: {
    open: "Platz freigeben",
    body: "Der Lizenzserver macht den Platz für ein anderes Gerät frei. Die Datei des Geräts öffnet sich bis zu ihrem Ablauf; eine neue Datei belegt wieder einen Platz.",
    reason: "Warum der Platz frei wird",
    confirm: "Platz jetzt freigeben",
  },
};
