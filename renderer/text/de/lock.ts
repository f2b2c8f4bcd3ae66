import type { lock as english } from "../en/lock.ts";
import type { Shape } from "../shape.ts";

export const lock: Shape<typeof english> = {
  title: "Station öffnen",
  body: "Die Schlüssel der Station sind mit einer Passphrase versiegelt. Vorher lässt sich nichts lesen oder schreiben.",
  newTitle: "Passphrase wählen",
  newBody:
    "Dieses System hat keinen tauglichen Schlüsselspeicher, deshalb werden die Schlüssel der Station mit einer Passphrase versiegelt. Sie wird bei jedem Start verlangt. Niemand kann sie wiederherstellen: ohne sie sind die Schlüssel verloren.",
  field: "Passphrase",
  again: "Noch einmal dieselbe",
  hint: "Mindestens 8 Zeichen. Mehrere Wörter merkt man sich leichter als Sonderzeichen.",
  tooShort: "Mindestens 8 Zeichen.",
  differs: "Die beiden sind nicht gleich.",
  open: "Station öffnen",
  seal: "Schlüssel versiegeln",
  opening: "Wird geöffnet",
};
