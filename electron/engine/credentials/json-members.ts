import { isText } from "#shared/domain/identifiers.ts";
import { JsonNumber, type JsonObject, type JsonValue } from "#shared/formats/strict-json.ts";

/** Readers of one member of parsed JSON whose numbers were kept as written. Null means: not of that kind. */

export function asObject(value: JsonValue | undefined): JsonObject | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !(value instanceof JsonNumber) ? (value as JsonObject) : null;
}

export function asArray(value: JsonValue | undefined): readonly JsonValue[] | null {
  return Array.isArray(value) ? value : null;
}

/** An integer written as one (`1.0`, `1e3` and `-0` are not) that a double holds exactly. */
export function asInteger(value: JsonValue | undefined): number | null {
  if (!(value instanceof JsonNumber) || !/^(?:0|-?[1-9][0-9]{0,15})$/.test(value.text)) return null;
  const number = Number(value.text);
  return Number.isSafeInteger(number) ? number : null;
}

/** Text(min-max) of LICENSESEAT section 2. */
export function asText(value: JsonValue | undefined, min: number, max: number): string | null {
  return typeof value === "string" && isText(value, min, max) ? value : null;
}

export function isAbsent(value: JsonValue | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** Whether the object has all of `required` and nothing beyond these and `optional`. */
export function hasExactly(object: JsonObject, required: readonly string[], optional: readonly string[] = []): boolean {
  const names = Object.keys(object);
  return (
    required.every((name) => Object.hasOwn(object, name)) &&
    names.every((name) => required.includes(name) || optional.includes(name))
  );
}

/** Every number within what Swift reads too: finite, at most 128 characters (LICENSESEAT section 1). */
export function hasUsualNumbers(value: JsonValue): boolean {
  if (value instanceof JsonNumber) return value.text.length <= 128 && Number.isFinite(Number(value.text));
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(hasUsualNumbers);
}
