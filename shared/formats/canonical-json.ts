import { StationError } from "#shared/domain/errors.ts";
import { type JsonValue, parseStrictJson, StrictJsonError, type StrictJsonLimits } from "./strict-json.ts";

/**
 * RFC 8785. Takes plain objects, arrays, strings, finite numbers, booleans and null; what JSON would drop or change
 * in silence is refused instead.
 * @throws StationError INTERNAL
 */
export function canonicalJson(value: unknown): string {
  const copy = sortedCopy(value, 0);
  return copy === undefined ? encode(value, 0) : JSON.stringify(copy);
}

/** The value of a text that is in RFC 8785 form already, else null. Numbers are IEEE doubles. */
export function parseCanonicalJson(text: string, limits?: StrictJsonLimits): { readonly value: JsonValue } | null {
  try {
    const value = parseStrictJson(text, limits === undefined ? {} : { ...limits, rawNumbers: false });
    return canonicalJson(value) === text ? { value } : null;
  } catch (error) {
    if (error instanceof StrictJsonError) return null;
    throw error;
  }
}

export function isCanonicalJson(text: string, limits?: StrictJsonLimits): boolean {
  return parseCanonicalJson(text, limits) !== null;
}

// Deeper than anything we write; a value that contains itself ends here.
const maxDepth = 64;

/**
 * The shortcut for ordinary values, three times as fast: a copy that the engine's own encoder writes in canonical
 * order. Undefined for anything else, which is then written or refused the long way.
 */
function sortedCopy(value: unknown, depth: number): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return value.isWellFormed() ? value : undefined;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object" || depth >= maxDepth) return undefined;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (let i = 0; i < value.length; i++) {
      const item = sortedCopy(value[i], depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return undefined;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const member = sortedCopy((value as Readonly<Record<string, unknown>>)[name], depth + 1);
    // Engines put names that look like array indices first, and __proto__ is no ordinary member of a copy.
    const isOrdinary = !/^\d|^__proto__$/.test(name) && name.isWellFormed();
    if (member === undefined || !isOrdinary) return undefined;
    copy[name] = member;
  }
  return copy;
}

function encode(value: unknown, depth: number): string {
  if (value === null) return "null";
  if (typeof value === "string") return encodeString(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refused("a number that is not finite");
    // ECMAScript's shortest form is the RFC's; minus zero comes out as 0.
    return String(value);
  }
  if (typeof value !== "object") throw refused(`a value of type ${typeof value}`);
  if (depth >= maxDepth) throw refused("nesting that is too deep");
  return Array.isArray(value) ? encodeArray(value, depth) : encodeObject(value, depth);
}

function encodeString(text: string): string {
  if (!text.isWellFormed()) throw refused("a lone surrogate");
  return JSON.stringify(text);
}

function encodeArray(items: readonly unknown[], depth: number): string {
  const texts: string[] = [];
  // By index: a hole must be seen as the undefined it is.
  for (let i = 0; i < items.length; i++) texts.push(encode(items[i], depth + 1));
  return `[${texts.join(",")}]`;
}

function encodeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw refused("an object that is not plain");
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members["toJSON"] === "function") throw refused("an object with toJSON");
  // The default sort compares UTF-16 code units, as section 3.2.3 asks.
  const names = Object.keys(members).sort();
  let text = "{";
  for (const name of names) {
    if (text.length > 1) text += ",";
    text += `${encodeString(name)}:${encode(members[name], depth + 1)}`;
  }
  return `${text}}`;
}

function refused(what: string): StationError {
  return new StationError("INTERNAL", `Canonical JSON cannot hold ${what}.`);
}
