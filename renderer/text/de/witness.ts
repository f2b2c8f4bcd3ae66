import type { witness as english } from "../en/witness.ts";
import type { Shape } from "../shape.ts";
import { entries, n } from "./counts.ts";

export const witness: Shape<typeof english> = {
  title: "Zeugen",
  body: "Prüfpunkte, die von Sticks, Papier, Exporten und anderen Stationen zurückkommen. Jeder beweist, dass hinter ihm nichts am Journal geändert wurde.",
  noContradiction: "Nichts, was zurückkam, widerspricht dem Journal.",
  contradicted: "Das Journal wurde ausgetauscht",
  contradictedBody: (size, at) =>
    `Am ${at} kam ein Prüfpunkt über ${entries(size)} zurück, den diese Station signiert hat und der nicht zum heutigen Journal gehört.`,
  reasons: {
    ahead: "Das Journal ist eine ältere Kopie seiner selbst: Es wurde zurückgesetzt.",
    fork: "Aus einem Anfang wurden zwei Journale geschrieben: Es wurde gegabelt.",
    unknown: "Beide Prüfpunkte sind als Beweis aufgehoben.",
  },
  contradictedNext: "Beide speichern und der Revision übergeben.",
  saveTheirs: "Zurückgekommenen speichern",
  saveOurs: "Den des Journals speichern",
  add: "Prüfpunkt aufnehmen",
  paste: "Prüfpunkt, Quittung oder Antwort eines Zeugen",
  pasteHint: "Den ganzen Text einfügen oder in dieses Feld scannen.",
  take: "Aufnehmen",
  choose: "Datei wählen",
  taken: (size) =>
    size === 1
      ? "Er gehört zu diesem Journal: Der erste Eintrag ist unverändert."
      : `Er gehört zu diesem Journal: Die ersten ${n(size)} Einträge sind unverändert.`,
  vouched: (names, count, needed) => `${names}: ${n(count)} von ${n(needed)} nötigen bezeugen ihn.`,
  seen: "Zurückgekommen",
  seenOn: (stick) => `Stick ${stick}`,
  seenElse: "eingefügt oder aus einer Datei",
  seenNone: "Bisher kam nichts zurück.",
  cosigned: "Von anderen bezeugt",
  by: (names) => `von ${names}`,
  policy: "Wer bezeugen muss",
  policyNone: "Niemand muss dieses Journal bezeugen.",
  policyBody: (needed, of) => `${n(needed)} von ${n(of)} Zeugen müssen einen Prüfpunkt bezeugen.`,
  policyChange: "Zeugen festlegen",
  needed: "Wie viele bezeugen müssen",
  neededWrong: (most) => `Eine ganze Zahl von 0 bis ${n(most)}, so viele wie unten genannt.`,
  keys: "Schlüssel der Zeugen",
  keysHint: "Einer je Zeile, wie ihn jeder Zeuge hier unten als seinen eigenen zeigt.",
  ownKey: "Diese Station als Zeuge",
  ownKeyBody: "Diesen Schlüssel den Stationen geben, deren Journal diese hier bezeugen soll.",
};
