/** Days as people type them, `2026-11-30`, to the instants that bound them in UTC. Null for what is no day. */
export function dayStart(day: string): string | null {
  const typed = day.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed)) return null;
  const at = Date.parse(`${typed}T00:00:00Z`);
  // Date.parse lets some months have a day too many.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== typed) return null;
  return `${typed}T00:00:00Z`;
}

/** The first instant of the day after. */
export function dayEnd(day: string): string | null {
  const start = dayStart(day);
  if (start === null) return null;
  return `${new Date(Date.parse(start) + 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
}
