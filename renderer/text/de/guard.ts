import type { guard as english } from "../en/guard.ts";
import type { Shape } from "../shape.ts";

export const guard: Shape<typeof english> = {
  what: {
    "no-medium": () => "Keine Karte im Leser",
    "holds-system": () => "Dieser Rechner läuft davon",
    "holds-swap": () => "Dieser Rechner lagert darauf aus",
    "holds-app": () => "Die Station läuft davon",
    "holds-data": () => "Die Daten der Station liegen darauf",
    "part-of-pool": () => "Teil eines größeren Speichers",
    "mounted-elsewhere": () => "Anderweitig in Gebrauch",
    "wrong-bus": () => "Weder USB-Stick noch Karte",
    "not-removable": () => "Eine feste Platte",
    "size-unknown": () => "Größe unbekannt",
    "too-large": ({ size }) => `Zu groß: ${size}`,
    "read-only": () => "Schreibgeschützt",
    "nothing-readable": () => "Kein Dateisystem gefunden",
    locked: () => "Verschlüsselt",
    "file-system": ({ fileSystem }) => `${fileSystem} geht hier nicht`,
    "several-volumes": () => "Mehr als ein Volume",
    "not-mounted": () => "Nicht eingehängt",
  },
  next: {
    "no-medium": () => "Eine Karte einlegen.",
    "holds-system": ({ by }) => `Darauf wird nie geschrieben (${by}). Einen anderen Stick verwenden.`,
    "holds-swap": ({ by }) => `Darauf wird nie geschrieben (${by}). Einen anderen Stick verwenden.`,
    "holds-app": ({ by }) => `Darauf wird nie geschrieben (${by}). Einen anderen Stick verwenden.`,
    "holds-data": ({ by }) => `Darauf wird nie geschrieben (${by}). Einen anderen Stick verwenden.`,
    "part-of-pool": ({ by }) => `Gehört zu ${by}. Einen gewöhnlichen Stick verwenden.`,
    "mounted-elsewhere": ({ place }) =>
      `Ist unter ${place} eingehängt, wo keine Sticks hingehören. In Ruhe lassen oder erst aushängen.`,
    "wrong-bus": () => "Einen USB-Stick oder eine SD-Karte verwenden.",
    "not-removable": () =>
      "Einen Stick verwenden, der als Wechselmedium gilt; externe Festplatten und manche schnellen Sticks tun es nicht.",
    "size-unknown": () => "Neu einstecken.",
    "too-large": ({ limit }) =>
      `Erlaubt sind bis zu ${limit}. Einen kleineren Stick verwenden oder von der Schichtleitung erlauben lassen.`,
    "read-only": () => "Sperre lösen oder einen anderen Stick verwenden.",
    "nothing-readable": () => "Anderswo als exFAT oder FAT32 formatieren; die Station formatiert nie.",
    locked: () => "Erst entsperren, dann neu einstecken.",
    "file-system": () => "Einen Stick mit exFAT oder FAT32 verwenden.",
    "several-volumes": () => "Einen Stick mit nur einem Volume verwenden oder die anderen aushängen.",
    "not-mounted": () => "Einhängen oder neu einstecken.",
  },
};
