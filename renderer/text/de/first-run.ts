import type { firstRun as english } from "../en/first-run.ts";
import type { Shape } from "../shape.ts";
import { devices } from "./counts.ts";

export const firstRun: Shape<typeof english> = {
  title: "Station einrichten",
  step: (step, steps) => `Schritt ${step} von ${steps}`,
  steps: {
    welcome: "Willkommen",
    station: "Station",
    server: "Server",
    license: "Gerätelizenz",
    rehearsal: "Probelauf",
  },
  later: "Später",
  welcome: {
    title: "Vom Stick voll Fingerabdrücke zu geprüften Lizenzen",
    body: "Ein Stick mit Anfragedateien kommt hinein. Jedes Gerät bekommt seinen Lizenzplatz und seine Lizenzdatei, geprüft wie später vom Gerät selbst. Jeder Schritt steht in einem Journal, das Manipulation zeigt. Die Einrichtung dauert drei Minuten und endet mit einem Probelauf, der nichts Echtes verbraucht.",
    next: "Station benennen",
  },
  station: {
    title: "Wer und wo",
    body: "Beide Namen stehen auf jeder Lieferung, damit sie sich zurückverfolgen lässt.",
    next: "Server verbinden",
  },
  server: {
    title: "Der Lizenzserver",
    body: "Das hat Zeit: der Probelauf braucht keinen Server.",
    next: "Gerätelizenz hinzufügen",
  },
  license: {
    title: "Die erste Gerätelizenz",
    body: "Auch das hat Zeit. Der Schlüssel kommt in den Schlüsselspeicher und wird nie mehr gezeigt.",
    next: "Probelauf beginnen",
  },
  rehearsal: {
    title: "Einmal proben",
    body: "Ein Übungsstick mit zwölf Geräten wird angelegt und auf einem Server in diesem Programm ausgestattet.",
    make: "Übungsstick ausstatten",
    stages: {
      begin: "Übungsserver starten",
      stick: "Übungsstick mit 12 Anfragen anlegen",
      check: "Vor dem Verbrauch prüfen",
      run: "Aktivieren, ausstellen, schreiben, zurücklesen, prüfen",
      done: "Stick kann abgezogen werden",
    },
    doneTitle: "Grün: so sieht ein fertiger Stick aus",
    doneBody:
      "Zwölf Geräte haben eine geprüfte Datei, ein signiertes Manifest und eine Quittung aus dem Journal. Im Ernst ist es genauso, mit echtem Stick.",
    licence: (limit) =>
      `Ohne Stationslizenz lassen sich am Tag ${devices(limit)} ausstatten. Sie lässt sich jederzeit unter Stationslizenz eintragen.`,
    operators: "Personen einrichten",
    finish: "Zur Station",
    again: "Noch einmal",
  },
};
