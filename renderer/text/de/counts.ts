import { formatNumber } from "../../model/format.ts";

/** Numbers with their nouns. */
export const n = (value: number): string => formatNumber(value, "de");

const counted = (one: string, many: string) => (value: number) => `${n(value)} ${value === 1 ? one : many}`;

export const devices = counted("Gerät", "Geräte");
export const seats = counted("Lizenzplatz", "Lizenzplätze");
export const files = counted("Datei", "Dateien");
export const requests = counted("Anfrage", "Anfragen");
export const days = counted("Tag", "Tage");
export const entries = counted("Eintrag", "Einträge");
export const conflicts = counted("Widerspruch", "Widersprüche");
