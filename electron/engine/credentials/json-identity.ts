import { JsonNumber, type JsonObject, type JsonValue } from "#shared/formats/strict-json.ts";

/**
 * Whether two JSON texts hold the same value as typed readers see it: member order is free, an integer is never equal
 * to a fraction (1 is not 1.0), integers compare exactly however large, fractions as doubles (1e-07 is 0.0000001) with
 * the sign of zero. Both must have been parsed with numbers kept as written.
 */
export function isIdentical(a: JsonValue, b: JsonValue): boolean {
  if (a instanceof JsonNumber || b instanceof JsonNumber) {
    return a instanceof JsonNumber && b instanceof JsonNumber && isSameNumber(a.text, b.text);
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item: JsonValue, i) => isIdentical(item, b[i] as JsonValue));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [a as JsonObject, b as JsonObject];
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isIdentical(left[name] as JsonValue, right[name] as JsonValue))
  );
}

function isSameNumber(a: string, b: string): boolean {
  // JSON writes each integer in one way only, but for -0, which typed readers take for a fraction.
  const isInteger = (text: string) => /^(?:0|-?[1-9][0-9]*)$/.test(text);
  if (isInteger(a) || isInteger(b)) return a === b;
  return Object.is(Number(a), Number(b));
}
