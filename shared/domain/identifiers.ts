import { utf8 } from "#shared/formats/encoding.ts";

/** The contract's rules for names (LICENSESEAT section 2). Lengths are bytes of UTF-8. */

/** `min` to `max` bytes without ASCII control characters. */
export function isText(value: string, min: number, max: number): boolean {
  if (value.length > max || /[\u0000-\u001f\u007f]/.test(value)) return false;
  // A character is at most three bytes a UTF-16 unit, which settles most without encoding.
  if (value.length >= min && value.length * 3 <= max) return true;
  const length = utf8(value).length;
  return length >= min && length <= max;
}

export function isProductSlug(value: string): boolean {
  return value.length <= 100 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(value);
}

export function isKeyId(value: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/.test(value);
}

export function isEntitlementKey(value: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,99}$/.test(value);
}

/** Licence keys as requests may carry them: no blanks around, at most 255 bytes. */
export function isLicenseKey(value: string): boolean {
  return isText(value, 1, 255) && value.trim() === value;
}

export const licenseModes = ["hardware_locked", "floating", "named_user"] as const;

export function isLicenseMode(value: string): boolean {
  return (licenseModes as readonly string[]).includes(value);
}
