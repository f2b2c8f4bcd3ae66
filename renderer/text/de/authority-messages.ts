import type { Messages } from "../message.ts";

const nothingSpent = "Kein Platz wurde belegt, kein Stick beschrieben.";

export const authorityMessages = {
  OPERATOR_UNKNOWN: [
    "Ausweis und PIN gehören nicht zusammen.",
    "Niemand wurde angemeldet.",
    "Den Ausweis ansehen und die PIN noch einmal eingeben.",
  ],
  OPERATOR_LOCKED_OUT: [
    "Für diesen Ausweis wurden zu viele falsche PINs eingegeben.",
    "Der Ausweis muss warten. Laufende Steckplätze arbeiten weiter.",
    "Die Wartezeit abwarten oder die Verwaltung um eine neue PIN bitten.",
  ],
  OPERATOR_SIGN_IN_NEEDED: ["Niemand ist angemeldet.", nothingSpent, "Ausweis scannen und PIN eingeben."],
  OPERATOR_NOT_ALLOWED: [
    "Ihre Rolle erlaubt das nicht.",
    "Nichts wurde geändert.",
    "Schichtleitung oder Verwaltung bitten, sich anzumelden und es zu tun.",
  ],
  APPROVAL_NEEDED: [
    "Eine zweite Person muss das zuerst freigeben.",
    nothingSpent,
    "Die Schichtleitung mit ihrem Ausweis herbitten.",
  ],
} as const satisfies Partial<Messages>;
