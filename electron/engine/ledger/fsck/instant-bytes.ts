const quote = 0x22;
const dayMs = 86_400_000;

/**
 * The instant whose text begins there, in milliseconds since 1970; NaN when it is none. The form that stations and
 * servers write (`2026-01-02T03:04:05.678Z`) is read without making a string, which takes a tenth of the time.
 */
export function instantMs(bytes: Buffer, at: number): number {
  const isUsual =
    bytes[at + 10] === 0x54 && bytes[at + 19] === 0x2e && bytes[at + 23] === 0x5a && bytes[at + 24] === quote;
  const [month, day, hour] = [number(bytes, at + 5, 2), number(bytes, at + 8, 2), number(bytes, at + 11, 2)];
  const [minute, second] = [number(bytes, at + 14, 2), number(bytes, at + 17, 2)];
  const isPlain = month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60;
  if (!isUsual || !isPlain) return Date.parse(bytes.toString("latin1", at, bytes.indexOf(quote, at)));
  const days = daysSince1970(number(bytes, at, 4), month, day);
  return days * dayMs + hour * 3_600_000 + minute * 60_000 + second * 1000 + number(bytes, at + 20, 3);
}

/** In the Gregorian calendar; a year is taken to begin in March, so that the leap day is its last. */
function daysSince1970(year: number, month: number, day: number): number {
  const since = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return since * 365 + Math.floor(since / 4) - Math.floor(since / 100) + Math.floor(since / 400) + dayOfYear - 719_468;
}

/** Of decimal digits; NaN for anything else. */
function number(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
