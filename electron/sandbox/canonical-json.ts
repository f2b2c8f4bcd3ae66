import type { JsonObject, JsonValue } from "#shared/formats/strict-json.ts";

/**
 * JSON without spaces, member names sorted by code point at every level, arrays in order. Only quotation marks,
 * backslashes and controls are escaped. Not RFC 8785, which sorts by UTF-16 units.
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => canonicalJson(item)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const object = value as JsonObject;
  const members = sortedNames(object).map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name] ?? null)}`);
  return `{${members.join(",")}}`;
}

function sortedNames(object: JsonObject): readonly string[] {
  const names = Object.keys(object).sort();
  // Only where surrogates occur do UTF-16 units and code points differ in order; UTF-8 keeps that of code points.
  if (!/[\ud800-\udfff]/.test(names.join(""))) return names;
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
