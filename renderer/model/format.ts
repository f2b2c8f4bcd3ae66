/** Values as people read them. Instants are RFC 3339 text; what cannot be read is shown as it came. */
export type Language = "en" | "de";

// Making a formatter costs more than a row of a table, so each is made once.
const numberFormats = {
  en: new Intl.NumberFormat("en", { maximumFractionDigits: 1 }),
  de: new Intl.NumberFormat("de", { maximumFractionDigits: 1 }),
} as const;
const wholeFormats = {
  en: new Intl.NumberFormat("en", { maximumFractionDigits: 0 }),
  de: new Intl.NumberFormat("de", { maximumFractionDigits: 0 }),
} as const;
const instantFormats = {
  en: new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" }),
  de: new Intl.DateTimeFormat("de", { dateStyle: "full", timeStyle: "long" }),
} as const;

export function formatNumber(value: number, language: Language): string {
  return numberFormats[language].format(value);
}

/** `2026-11-22 13:05Z`: ISO 8601 to the minute, UTC. */
export function isoMinute(instant: string): string {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? instant : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** `2026-11-22 13:05:09Z`: ISO 8601 to the second, UTC, for edges that are exact. */
export function isoSecond(instant: string): string {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? instant : `${new Date(time).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** `2026-11-22`, the day in UTC. */
export function isoDay(instant: string): string {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? instant : new Date(time).toISOString().slice(0, 10);
}

/** The reader's own time zone, in words, for hovering over an ISO instant. */
export function localTime(instant: string, language: Language): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return instantFormats[language].format(time);
}

const shortLocalFormats = {
  en: new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" }),
  de: new Intl.DateTimeFormat("de", { dateStyle: "medium", timeStyle: "medium" }),
} as const;

/** The reader's own time zone to the second, short enough to stand beside the ISO instant. */
export function localSecond(instant: string, language: Language): string {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? instant : shortLocalFormats[language].format(time);
}

const words = {
  en: { day: ["day", "days"], hour: "h", minute: "min", second: "s" },
  de: { day: ["Tag", "Tage"], hour: "Std.", minute: "Min.", second: "s" },
} as const;

/** `8 s`, `4 min`, `1 h 20 min`, `2 days 4 h`: at most two units, rounded as people would. */
export function formatDuration(seconds: number, language: Language): string {
  const { day, hour, minute, second } = words[language];
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} ${second}`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} ${minute}`;
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), hour, minutes % 60, minute);
  const hours = Math.round(whole / 3600);
  const days = Math.floor(hours / 24);
  return pair(days, days === 1 ? day[0] : day[1], hours % 24, hour);
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

const byteUnits = ["B", "kB", "MB", "GB", "TB"] as const;

/** Decimal units, as sticks are sold. */
export function formatBytes(bytes: number, language: Language): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const formats = unit === 0 || value >= 99.5 ? wholeFormats : numberFormats;
  return `${formats[language].format(value)} ${byteUnits[unit]}`;
}

/** Devices a second, or a minute where that is the number one can picture. */
export function formatRate(perSecond: number, language: Language): string {
  if (perSecond >= 1) return `${formatNumber(perSecond, language)}/s`;
  return `${formatNumber(perSecond * 60, language)}/min`;
}

/** First four, ellipsis, last four. */
export function shortFingerprint(fingerprint: string): string {
  const characters = [...fingerprint];
  if (characters.length <= 9) return fingerprint;
  return `${characters.slice(0, 4).join("")}…${characters.slice(-4).join("")}`;
}

/** A stick's path without its folders. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whole days from `now` to the instant; negative when it has passed. */
export function daysUntil(instant: string, now: Date): number {
  return Math.floor((Date.parse(instant) - now.getTime()) / 86_400_000);
}
