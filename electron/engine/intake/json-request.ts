import type { ErrorCode } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import {
  type JsonObject,
  type JsonValue,
  parseStrictJson,
  StrictJsonError,
  type StrictJsonProblem,
} from "#shared/formats/strict-json.ts";
import { displayText, hasUnprintable } from "../platform/display-text.ts";
import type { RequestFields } from "./parsed-request.ts";
import { Refusal } from "./refusal.ts";
import { requestText } from "./request-text.ts";
import { checkRequest } from "./request-values.ts";

/** `*.fingerprint.json`. Members nobody asked for are named in the notes and go no further. @throws Refusal */
export function parseJsonRequest(bytes: Uint8Array): { request: RequestFields; notes: readonly string[] } {
  const value = parse(requestText(bytes));
  if (!isObject(value)) throw new Refusal("REQUEST_SHAPE", "The file is not a JSON object. Export the request again.");
  refusePrototype(value);
  const request = checkRequest({
    fingerprint: requiredString(value, "fingerprint"),
    deviceName: optionalString(value, "device_name"),
    serial: optionalString(value, "serial"),
    assetTag: optionalString(value, "asset_tag"),
    platform: optionalString(value, "platform"),
    fingerprintComponents: components(value["fingerprint_components"] ?? null),
    requestedAt: optionalString(value, "requested_at"),
  });
  const unknown = Object.keys(value).filter((name) => !known.has(name));
  return { request, notes: unknown.length === 0 ? [] : [unknownMembers(unknown)] };
}

/** At most a few names, cut and escaped: the file decides how many there are and what is in them. */
export function unknownMembers(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => displayText(name, 40));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return `Not used, since requests have no such field: ${shown.join(", ")}${more}.`;
}

const known: ReadonlySet<string> = new Set([
  "fingerprint",
  "device_name",
  "serial",
  "asset_tag",
  "platform",
  "fingerprint_components",
  "requested_at",
]);

// More values than a file of 64 KiB can hold.
const maxValues = 65_536;

function parse(text: string): JsonValue {
  try {
    return parseStrictJson(text, { rawNumbers: true, maxValues });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new Refusal(problemCodes[error.problem], `${problemTexts[error.problem]} Export the request again.`);
  }
}

const problemCodes: Readonly<Record<StrictJsonProblem, ErrorCode>> = {
  syntax: "REQUEST_SYNTAX",
  "duplicate-member": "REQUEST_DUPLICATE_MEMBER",
  "too-deep": "REQUEST_TOO_DEEP",
  "too-many-values": "REQUEST_TOO_LARGE",
  "number-range": "REQUEST_SYNTAX",
};

const problemTexts: Readonly<Record<StrictJsonProblem, string>> = {
  syntax: "The file is not JSON.",
  "duplicate-member": "The file says one thing twice: a member's name is repeated.",
  "too-deep": "The file is nested too deeply.",
  "too-many-values": "The file holds too many values.",
  "number-range": "The file holds a number that is out of range.",
};

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/** No device exports such a name; it is there to hit a program that copies members carelessly. */
function refusePrototype(value: JsonObject): void {
  if (Object.hasOwn(value, "__proto__")) {
    throw new Refusal(
      "REQUEST_SHAPE",
      "A member is named __proto__, which no device exports. Export the request again.",
    );
  }
}

function requiredString(value: JsonObject, name: string): string {
  const member = value[name];
  if (typeof member !== "string") {
    throw new Refusal("REQUEST_SHAPE", `The file has no text named ${name}. Export the request again.`);
  }
  return member;
}

function optionalString(value: JsonObject, name: string): string | null {
  const member = value[name] ?? null;
  if (member !== null && typeof member !== "string") {
    throw new Refusal("REQUEST_SHAPE", `The member ${name} is not text. Correct it or leave it out.`);
  }
  return member;
}

function components(value: JsonValue): Readonly<Record<string, string>> | null {
  if (value === null) return null;
  if (!isObject(value)) throw badComponents();
  refusePrototype(value);
  const entries = Object.entries(value);
  if (entries.length > 64) throw badComponents();
  const checked: [string, string][] = [];
  for (const [name, text] of entries) {
    if (typeof text !== "string" || !isText(name, 1, 100) || !isText(text, 1, 1024)) throw badComponents();
    if (hasUnprintable(name) || hasUnprintable(text)) throw badComponents();
    checked.push([name, text]);
  }
  return Object.fromEntries(checked);
}

function badComponents(): Refusal {
  return new Refusal(
    "REQUEST_SHAPE",
    "The member fingerprint_components is not an object of at most 64 plain texts. Correct it or leave it out.",
  );
}
