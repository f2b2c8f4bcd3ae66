import { formatNumber } from "../../model/format.ts";

/** Numbers with their nouns. */
export const n = (value: number): string => formatNumber(value, "en");

const counted = (one: string, many: string) => (value: number) => `${n(value)} ${value === 1 ? one : many}`;

export const devices = counted("device", "devices");
export const seats = counted("seat", "seats");
export const files = counted("file", "files");
export const requests = counted("request", "requests");
export const days = counted("day", "days");
export const entries = counted("entry", "entries");
export const conflicts = counted("conflict", "conflicts");
