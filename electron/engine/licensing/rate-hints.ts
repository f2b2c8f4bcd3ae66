export interface RateHints {
  /** How long the server asks to wait. */
  readonly waitMs: number | null;
  /** Requests that still pass, as far as the server says. */
  readonly remaining: number | null;
}

/**
 * `Retry-After` (RFC 9110 section 10.2.3, seconds or HTTP date), else the reset of `RateLimit-*` or `X-RateLimit-*`
 * (seconds from now, or since 1970 where it is too large for that). What is not exactly one of these is ignored.
 */
export function rateHints(headers: Readonly<Record<string, string>>, now: Date): RateHints {
  const first = (names: readonly string[]) => {
    for (const name of names) {
      const value = wholeNumber(headers[name]);
      if (value !== null) return value;
    }
    return null;
  };
  const remaining = first(["ratelimit-remaining", "x-ratelimit-remaining"]);
  const reset = first(["ratelimit-reset", "x-ratelimit-reset"]);
  return { waitMs: retryAfter(headers["retry-after"], now) ?? resetWait(reset, now), remaining };
}

function retryAfter(value: string | undefined, now: Date): number | null {
  const seconds = wholeNumber(value);
  if (seconds !== null) return seconds * 1000;
  // The preferred form only; a date of another form is as good as none.
  if (value === undefined || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value))
    return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

function resetWait(reset: number | null, now: Date): number | null {
  if (reset === null) return null;
  return reset < 1_000_000_000 ? reset * 1000 : Math.max(0, reset * 1000 - now.getTime());
}

function wholeNumber(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,12}$/.test(value) ? Number(value) : null;
}
