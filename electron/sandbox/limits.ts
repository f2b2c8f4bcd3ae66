import { utf8 } from "#shared/formats/encoding.ts";
import type { JsonObject, JsonValue } from "#shared/formats/strict-json.ts";

/** The contract's "Text(a-b)": a to b bytes of UTF-8 without ASCII control characters. */
export function isText(value: unknown, least: number, most: number): value is string {
  if (typeof value !== "string" || /[\u0000-\u001f\u007f]/.test(value) || !value.isWellFormed()) return false;
  const bytes = /^[\u0020-\u007e]*$/.test(value) ? value.length : utf8(value).length;
  return bytes >= least && bytes <= most;
}

export function hasOuterBlanks(text: string): boolean {
  return text.trim() !== text;
}

export const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
export const entitlementKeyPattern = /^[a-z0-9][a-z0-9_-]{0,99}$/;

/**
 * Metadata that fits everywhere it is later copied, machine files included: depth 20, 4,096 values, 256 members an
 * object, names of 255 bytes, strings of 64 KiB, 128 KiB in all.
 */
export function isMetadata(value: JsonValue): value is JsonObject {
  if (!isObject(value) || utf8(JSON.stringify(value)).length > 128 * 1024) return false;
  let values = 0;
  const fits = (item: JsonValue, depth: number): boolean => {
    if (++values > 4096 || depth > 20) return false;
    if (typeof item === "string") return utf8(item).length <= 64 * 1024;
    if (Array.isArray(item)) return item.every((inner: JsonValue) => fits(inner, depth + 1));
    if (!isObject(item)) return true;
    const members = Object.entries(item);
    return members.length <= 256 && members.every(([name, inner]) => isText(name, 1, 255) && fits(inner, depth + 1));
  };
  return fits(value, 1);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
