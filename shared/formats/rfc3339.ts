/**
 * RFC 3339 section 5.6 date-time, zone required, to milliseconds since 1970 (further digits dropped). Null when the
 * text is anything else, names a day its month does not have, or a leap second.
 */
export function parseInstant(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const field = (index: number) => Number(match[index] ?? 0);
  const [year, month, day] = [field(1), field(2), field(3)];
  const [hour, minute, second] = [field(4), field(5), field(6)];
  const [zoneHour, zoneMinute] = [field(9), field(10)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return null;
  const milliseconds = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  // Years below 100 would be taken for the twentieth century, so 400 years, one full cycle, are added and taken off.
  const local = Date.UTC(year + 400, month - 1, day, hour, minute, second, milliseconds) - cycleMs;
  const offset = (zoneHour * 60 + zoneMinute) * 60_000;
  return match[8] === "-" ? local + offset : local - offset;
}

const pattern = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,64}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const cycleMs = 146_097 * 86_400_000;

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
