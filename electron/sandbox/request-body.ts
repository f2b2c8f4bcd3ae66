import type { IncomingMessage } from "node:http";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import { type JsonObject, type JsonValue, parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";
import { ApiError, badParameter } from "./api-error.ts";
import { hasOuterBlanks, isMetadata, isObject, isText } from "./limits.ts";

/** The known members of every POST body, checked; unknown ones are ignored, null counts as absent. */
export interface RequestBody {
  readonly licenseKey: string | null;
  readonly fingerprint: string | null;
  readonly deviceName: string | null;
  readonly metadata: JsonObject | null;
  readonly ttlDays: number | null;
  readonly graceDays: number | null;
  readonly includeLicense: boolean;
  readonly fingerprintComponents: Readonly<Record<string, string>> | null;
  readonly platform: string | null;
  readonly telemetry: {
    readonly appVersion: string | null;
    readonly sdkVersion: string | null;
    readonly platform: string | null;
  };
}

const capBytes = 1024 * 1024;
// What comes beyond the cap is thrown away unread, so that a client that is still sending hears the refusal.
const drainBytes = 16 * capBytes;

/** @throws ApiError 413 or 400 invalid_request */
export async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= capBytes) chunks.push(chunk);
    else if (size > drainBytes) break;
  }
  if (size > capBytes) {
    throw new ApiError(413, "invalid_request", "The request body is larger than 1 MiB.", {
      headers: { connection: "close" },
    });
  }
  const text = fromUtf8(Buffer.concat(chunks));
  if (text === null) throw new ApiError(400, "invalid_request", "The request body is not UTF-8.");
  let value: JsonValue;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new ApiError(400, "invalid_request", "The request body is not JSON as the contract wants it.", {
      details: { problem: error.problem },
    });
  }
  if (!isObject(value)) throw new ApiError(400, "invalid_request", "The request body is not a JSON object.");
  return value;
}

/** @throws ApiError 400 invalid_parameter */
export function parseBody(body: JsonObject): RequestBody {
  const telemetry = isObject(body["telemetry"]) ? body["telemetry"] : {};
  const platform = textOf(body, "platform", 1, 64);
  return {
    licenseKey: checkLicenseKey(textOf(body, "license_key", 1, 255)),
    fingerprint: fingerprintOf(body),
    deviceName: textOf(body, "device_name", 1, 255),
    metadata: metadataOf(body),
    ttlDays: wholeOf(body, "ttl", 1, 36_600) ?? wholeOf(body, "ttl_days", 1, 36_600),
    graceDays: wholeOf(body, "grace_period", 0, 30),
    includeLicense: includesLicense(body),
    fingerprintComponents: componentsOf(body),
    platform,
    telemetry: {
      appVersion: looseText(telemetry["app_version"]),
      sdkVersion: looseText(telemetry["sdk_version"]),
      platform: looseText(telemetry["platform"]),
    },
  };
}

/** @throws ApiError 400 invalid_parameter; the rule is the same for a key in the path */
export function checkLicenseKey(key: string | null): string | null {
  if (key !== null && (!isText(key, 1, 255) || hasOuterBlanks(key))) {
    throw badParameter("license_key", "must be 1 to 255 bytes without control characters or blanks around it");
  }
  return key;
}

/** One value under three names; clients send one, two or all of them. */
function fingerprintOf(body: JsonObject): string | null {
  const given = ["fingerprint", "device_id", "device_fingerprint"]
    .map((name) => textOf(body, name, 1, 255))
    .filter((value) => value !== null);
  const first = given[0] ?? null;
  if (first === null) return null;
  if (given.some((value) => value !== first)) {
    throw badParameter("fingerprint", "and its other names device_id and device_fingerprint disagree");
  }
  if (hasOuterBlanks(first)) throw badParameter("fingerprint", "must have no blanks around it");
  return first;
}

function textOf(body: JsonObject, name: string, least: number, most: number): string | null {
  const value = body[name] ?? null;
  if (value === null) return null;
  if (!isText(value, least, most)) {
    throw badParameter(name, `must be a string of ${least} to ${most} bytes without control characters`);
  }
  return value;
}

function wholeOf(body: JsonObject, name: string, least: number, most: number): number | null {
  const value = body[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw badParameter(name, `must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function metadataOf(body: JsonObject): JsonObject | null {
  const value = body["metadata"] ?? null;
  if (value === null) return null;
  if (!isMetadata(value)) throw badParameter("metadata", "must be an object within the limits for metadata");
  return value;
}

function includesLicense(body: JsonObject): boolean {
  const value = body["include"] ?? null;
  if (value === null) return false;
  if (!Array.isArray(value) || !value.every((item: JsonValue) => typeof item === "string")) {
    throw badParameter("include", "must be a list of names");
  }
  return value.includes("license");
}

function componentsOf(body: JsonObject): Readonly<Record<string, string>> | null {
  const value = body["fingerprint_components"] ?? null;
  if (value === null) return null;
  const members = isObject(value) ? Object.entries(value) : [];
  const fit = members.every(([name, item]) => isText(name, 1, 100) && isText(item, 1, 1024));
  if (!isObject(value) || members.length > 64 || !fit) {
    throw badParameter("fingerprint_components", "must be an object of at most 64 strings");
  }
  return value as Readonly<Record<string, string>>;
}

function looseText(value: JsonValue | undefined): string | null {
  return isText(value, 1, 255) ? value : null;
}
