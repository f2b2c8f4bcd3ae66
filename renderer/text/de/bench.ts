import type { bench as english } from "../en/bench.ts";
import type { Shape } from "../shape.ts";
import { conflicts, devices, files, n, requests } from "./counts.ts";

export const bench: Shape<typeof english> = {
  open: "Werkbank und Automatik",
  title: "Werkbank",
  armedTitle: "Scharf geschaltet",
  arm: "Scharf schalten",
  disarm: "Entschärfen",
  armHint:
    "Ab dann wird jeder Stick in einem angelernten Steckplatz ohne Nachfrage bearbeitet, im Rahmen dieses Auftrags.",
  workOrder: "Auftrag",
  count: "Höchstens so viele Geräte",
  countError: "Eine ganze Zahl von 1 bis 1.000.000.",
  renewals: "Geräte mit früherer Datei erneuern",
  order: (order, product) => `${order} · ${product}`,
  figures: (done, count, left) => `${n(done)} von ${n(count)} fertig, ${n(left)} übrig`,
  underWay: (count) => `${devices(count)} in Arbeit`,
  hint: "Sticks einstecken. Grün: abziehen. Rot und Gelb sagen, was sie brauchen.",
  hintTeaching: "Was schon steckt, lehrt nichts; einen Stick abziehen und neu einstecken.",
  slots: "Steckplätze",
  noSlots: "Kein Steckplatz ist angelernt. Jeder lernt seinen Anschluss durch einen eingesteckten Stick.",
  taughtSlots: (count) => `${n(count)} Steckplätze angelernt`,
  teach: (count) => `${n(count)} Steckplätze anlernen`,
  teachOne: (slot) => `Steckplatz ${slot} anlernen`,
  teachOneAgain: (slot) => `Steckplatz ${slot} neu anlernen`,
  forget: (slot) => `Steckplatz ${slot} vergessen`,
  plugInto: (slot) => `Jetzt in Steckplatz ${slot} einstecken`,
  teachHere: "Jetzt hier einstecken",
  teachLater: "Kommt noch",
  stopTeaching: "Anlernen beenden",
  teachProblem: {
    "no-port": "Das System nennt den Anschluss dieses Sticks nicht. Einen einfachen USB-Stick verwenden.",
    "port-taken": "Dieser Anschluss gehört seit eben einem anderen Steckplatz. Den nächsten verwenden.",
  },
  owed: "Muss wiederkommen",
  owedWhat: (count) => `${devices(count)} darauf begonnen`,
  giveUp: "Aufgeben",
  giveUpTitle: (label) => `${label} aufgeben?`,
  giveUpBody:
    "Sein Platz im Auftrag wird frei. Belegte Lizenzplätze bleiben belegt und vermerkt; kommt der Stick zurück, wird er dann abgeschlossen.",
  keep: "Weiter warten",
  elsewhere: "Nicht verwendete Laufwerke",
  allow: "Dieses Laufwerk erlauben",
  looseDrive: "In keinem Steckplatz. Anschluss anlernen oder von Hand bearbeiten.",
  retry: "Neu versuchen",
  accept: {
    "some-refused": ({ devices: good }) => `Mit den anderen ${n(good)} weitermachen`,
    renewal: ({ renewals }) => `${devices(renewals)} erneuern`,
    lost: ({ devices: served }) => `${files(served)} neu schreiben`,
    "repeat-elsewhere": ({ devices: served }) => `${files(served)} ein zweites Mal schreiben`,
    "some-repeats": ({ repeats }) => `${files(repeats)} neu schreiben`,
  },
  acceptTitle: {
    lost: (label) => `Dateien auf ${label} neu schreiben?`,
    "repeat-elsewhere": (label) => `Zweite Dateien auf ${label} schreiben?`,
    "some-repeats": (label) => `Dateien auf ${label} neu schreiben?`,
  },
  acceptBody: {
    lost: ({ devices: served }) =>
      `Für ${devices(served)} lag eine Datei auf diesem Stick; sie wird neu geschrieben. Dafür wird kein Lizenzplatz belegt. Ist dieser Stick eine Kopie, bleiben auch die Dateien auf dem anderen gültig.`,
    "repeat-elsewhere": ({ devices: served }) =>
      `Für ${devices(served)} liegt schon eine Datei auf einem anderen Stick; hier kommt eine zweite dazu. Dafür wird kein Lizenzplatz belegt; die Dateien dort bleiben gültig.`,
    "some-repeats": ({ repeats, devices: all }) =>
      `Für ${devices(all)} wird eine neue Datei geschrieben; für ${n(repeats)} davon gibt es schon eine, die gültig bleibt. Für diese wird kein Lizenzplatz belegt.`,
  },
  acceptNot: "Angehalten lassen",
  changed: "Der Steckplatz hat sich inzwischen geändert. Es wurde nichts getan; bitte noch einmal ansehen.",
  eject: "Auswerfen",
  ejected: { "powered-off": "Abgeschaltet. Abziehen.", unmounted: "Abziehen.", gone: "Ist schon abgezogen." },
  tile: (slot) => `Steckplatz ${slot}`,
  todo: {
    empty: "Stick einstecken",
    reading: "Stecken lassen",
    ready: "Stecken lassen",
    activating: "Stecken lassen",
    writing: "Stecken lassen",
    verifying: "Stecken lassen",
    remove: "Fertig: Stick abziehen",
    action: "Bitte nachsehen",
    held: "Wartet auf eine Entscheidung",
  },
  scanProblem:
    "Die Laufwerke dieses Rechners waren nicht zu lesen. Was hier steht, kann veraltet sein; die Station versucht es weiter.",
  message: {
    disarmed: "Nicht scharf geschaltet",
    stale: "Steckte schon: neu einstecken",
    twin: "Zwei gleiche Sticks: nacheinander einstecken",
    pulled: "Zu früh abgezogen: wieder einstecken",
    early: "Vor der Freigabe abgezogen: neu einstecken",
    "no-requests": "Keine Anfragen darauf",
    "all-refused": "Keine Anfrage ist brauchbar",
    "some-refused": "Einige Anfragen unbrauchbar",
    conflict: "Anfragen widersprechen sich",
    product: "Verlangt ein anderes Produkt",
    repeat: "Alle schon bedient: nichts geschrieben",
    lost: "Dateien fehlen oder sind verändert",
    "repeat-elsewhere": "Auf anderem Stick bedient",
    "some-repeats": "Einige sind schon bedient",
    renewal: "Hat schon Dateien",
    "no-room": "Mehr Geräte, als übrig sind",
    "left-out": "Einige ausgelassen",
  },
  more: {
    disarmed: () => "Erst scharf schalten, dann den Stick neu einstecken.",
    stale: () => "Ohne Nachfrage wird nur bearbeitet, was nach dem Scharfschalten eingesteckt wird.",
    twin: () =>
      "Die Station kann diesen Stick nicht von einem in einem anderen Steckplatz unterscheiden. Beide abziehen und nacheinander einstecken.",
    pulled: () => "Nichts ist verloren: Was begonnen war, ist vermerkt und wartet auf genau diesen Stick.",
    early: () =>
      "Alles ist darauf, doch das System hatte ihn noch nicht freigegeben. Er wird geprüft, sobald er wieder steckt.",
    "no-requests": () => "Erst die Fingerabdrücke der Geräte darauf exportieren.",
    "all-refused": ({ refused }) =>
      `${requests(refused)} darauf unbrauchbar. Entschärfen und den Stick von Hand prüfen, um die Gründe zu sehen.`,
    "some-refused": ({ refused, devices: good }) =>
      `${requests(refused)} unbrauchbar; ${devices(good)} könnten weitergehen. Mit diesen weitermachen, oder den Stick abziehen und von Hand prüfen.`,
    conflict: ({ conflicts: count }) =>
      `${conflicts(count)}, untereinander oder zum Journal. Entschärfen und von Hand entscheiden, was stimmt.`,
    product: () => "Der Auftrag gilt einem anderen Produkt. Jenen Auftrag scharf schalten oder den Stick abziehen.",
    repeat: ({ devices: served }) => `${devices(served)} darauf mit Datei. Stick abziehen.`,
    lost: ({ devices: served }) =>
      `Laut Journal sind Dateien für ${devices(served)} auf diesem Stick; sie fehlen oder sind verändert. Neu schreiben oder den Stick abziehen.`,
    "repeat-elsewhere": ({ devices: served }) =>
      `${devices(served)} darauf bekamen in diesem Auftrag Dateien auf einem anderen Stick. Hier eine zweite schreiben oder den Stick abziehen.`,
    "some-repeats": ({ repeats, devices: all }) =>
      `${n(repeats)} von ${devices(all)} bekamen in diesem Auftrag schon Dateien. Diese mit dem Rest neu schreiben oder den Stick abziehen.`,
    renewal: ({ renewals }) =>
      `${devices(renewals)} darauf mit früherer Datei; dieser Auftrag erneuert keine. Nur diese erneuern oder den Stick abziehen.`,
    "no-room": ({ devices: asked, room }) =>
      `Verlangt werden ${devices(asked)}; im Auftrag und im Kontingent der Station sind ${n(room)} übrig.`,
    "left-out": ({ refused }) =>
      `${requests(refused)} unbrauchbar und wie entschieden ausgelassen. Alles andere ist fertig. Stick abziehen.`,
  },
};
