import type { ledger as english } from "../en/ledger.ts";
import type { Shape } from "../shape.ts";
import { entries, n } from "./counts.ts";

export const ledger: Shape<typeof english> = {
  title: "Journal",
  size: (count) => entries(count),
  search: "Gerät, Charge oder Bediener",
  type: "Art des Eintrags",
  allTypes: "Alle Arten",
  columns: { index: "Nr.", at: "Zeit", type: "Art", device: "Gerät", batch: "Charge", operator: "Bediener" },
  tableLabel: "Journaleinträge, neueste zuerst",
  none: "Das Journal ist leer",
  noneBody: "Die erste Charge schreibt die ersten Einträge. Sie lassen sich nie unbemerkt ändern.",
  noMatch: "Kein Eintrag passt",
  noMatchBody: "Art oder Suche ändern.",
  verify: (count) => `${entries(count)} prüfen`,
  verifying: "Wird geprüft",
  progress: (done, total) => `${n(done)} von ${n(total)} Einträgen geprüft`,
  good: "Das Journal ist unversehrt",
  goodBody: (count, at) =>
    count === 1
      ? `Der Eintrag passt zum signierten Kopf. Geprüft ${at}.`
      : `Alle ${entries(count)} passen zum signierten Kopf. Geprüft ${at}.`,
  broken: "Das Journal besteht die Prüfung nicht",
  brokenBody:
    "An ein beschädigtes Journal wird nichts angehängt. Den Datenordner der Station so lassen und mit einem Export oder Stick vergleichen.",
  unchecked: "In dieser Sitzung nicht geprüft",
  export: "Exportieren",
  exported: (count, folder) => `${entries(count)} exportiert nach ${folder}`,
  exportedHere: (count) => `${entries(count)} exportiert`,
  checkpoint: "Prüfpunkt",
  checkpointTitle: "Prüfpunkt",
  checkpointBody:
    "Der signierte Kopf des Journals. Wer ihn aufhebt, kann später beweisen, ob davor etwas geändert wurde.",
  checkpointQr: "Prüfpunkt als QR-Code",
  entry: (index) => `Eintrag ${n(index)}`,
  receipt: "Quittung speichern",
  device: "Geschichte dieses Geräts",
  raw: "Der Eintrag, wie er gespeichert ist",
  hint: (root) => `Kopf ${root}`,
  kinds: {
    "ledger.created": "Journal angelegt",
    "signing-key.trusted": "Signaturschlüssel angenommen",
    "signing-key.changed": "Signaturschlüssel geändert",
    "batch.started": "Charge begonnen",
    "activation.intended": "Aktivierung angekündigt",
    "activation.recorded": "Lizenzplatz belegt",
    "machine-file.issued": "Datei ausgestellt",
    "device.failed": "Gerät fehlgeschlagen",
    "device.skipped": "Gerät ausgelassen",
    "request.rejected": "Anfrage abgelehnt",
    "delivery.intended": "Auslieferung begonnen",
    "delivery.committed": "Auslieferung abgeschlossen",
    "batch.finished": "Charge abgeschlossen",
    "batch.abandoned": "Charge aufgegeben",
    "stick.contradicted": "Stick widerspricht dem Journal",
    "key.rotated": "Schlüssel gewechselt",
  },
};
