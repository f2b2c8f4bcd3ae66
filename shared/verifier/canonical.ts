import { asText } from "./bytes.ts";
import { Refusal } from "./findings.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

// Nothing the station writes nests deeper.
const mostDepth = 16;

/**
 * The object of bytes that are the one RFC 8785 form of it: a member named twice, a blank, another escape or order is
 * refused, since writing the value again gives other bytes.
 * @throws Refusal encoding
 */
export function canonicalObject(bytes: Uint8Array): JsonObject {
  const text = asText(bytes);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw new Refusal("encoding");
  }
  if (!isObject(value) || !(isPlainForm(value, text) || canonicalText(value) === text)) throw new Refusal("encoding");
  return value;
}

/**
 * The quick way for nearly every entry: no inner objects, names in order, and what JSON.stringify writes. It differs
 * from RFC 8785 in one thing, that a lone surrogate is escaped instead of refused.
 */
function isPlainForm(value: JsonObject, text: string): boolean {
  let last = "";
  for (const name of Object.keys(value)) {
    if (name < last || typeof value[name] === "object") return false;
    last = name;
  }
  return !text.includes("\\ud") && JSON.stringify(value) === text;
}

/** RFC 8785. @throws Refusal encoding for what it cannot hold */
export function canonicalText(value: Json, depth = 0): string {
  if (depth > mostDepth) throw new Refusal("encoding");
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new Refusal("encoding");
    return JSON.stringify(value);
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new Refusal("encoding");
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map((item) => canonicalText(item, depth + 1)).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${canonicalText(name)}:${canonicalText(value[name] ?? null, depth + 1)}`);
  return `{${members.join(",")}}`;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A member that must be a text. @throws Refusal with `code` */
export function textMember(object: JsonObject, name: string, code: Refusal["code"]): string {
  const value = own(object, name);
  if (typeof value !== "string") throw new Refusal(code, { member: name });
  return value;
}

/** A member that must be a whole number from 0. @throws Refusal with `code` */
export function countMember(object: JsonObject, name: string, code: Refusal["code"]): number {
  const value = own(object, name);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw new Refusal(code, { member: name });
  return value;
}

export function objectMember(object: JsonObject, name: string, code: Refusal["code"]): JsonObject {
  const value = own(object, name);
  if (!isObject(value)) throw new Refusal(code, { member: name });
  return value;
}

export function listMember(object: JsonObject, name: string, code: Refusal["code"]): readonly Json[] {
  const value = own(object, name);
  if (!isList(value)) throw new Refusal(code, { member: name });
  return value;
}

/** Undefined for what is not a member of its own. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** @throws Refusal with `code` unless the object has exactly these members */
export function exactMembers(object: JsonObject, names: readonly string[], code: Refusal["code"]): void {
  const found = Object.keys(object);
  const strange = found.find((name) => !names.includes(name)) ?? names.find((name) => !found.includes(name));
  if (strange !== undefined) throw new Refusal(code, { member: strange });
}
