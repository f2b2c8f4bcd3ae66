import { type ErrorCode, StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import { type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import type { HttpReply } from "./exchange.ts";

/** What the server gave as its reason, in whichever of its shapes (LICENSESEAT section 8). */
export interface ServerRefusal {
  /** Lower case; null when it gave none that is well formed. */
  readonly code: string | null;
  readonly message: string | null;
}

export function readRefusal(reply: HttpReply): ServerRefusal {
  const root = objectOf(parse(reply.body));
  const errors = root?.["errors"];
  const first = Array.isArray(errors) ? objectOf(errors[0]) : null;
  const source = first ?? objectOf(root?.["error"]) ?? root;
  const code = source?.["code"];
  const message = first === null ? source?.["message"] : (first["detail"] ?? first["title"]);
  return {
    code: typeof code === "string" && /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/.test(code) ? code.toLowerCase() : null,
    message: typeof message === "string" ? message : null,
  };
}

/** A 404 that comes from no endpoint of the contract: the address itself is unknown there. */
export function isRoutingMiss(reply: HttpReply): boolean {
  return reply.status === 404 && !isContractCode(readRefusal(reply).code);
}

/** The error for a reply that is not 2xx. Nothing of `secrets` gets into it, whatever the server wrote. */
export function refusalError(reply: HttpReply, secrets: readonly string[]): StationError {
  const { code, message } = readRefusal(reply);
  const { status } = reply;
  const ours = codeOf(status, code);
  const mayQuote = (text: string) => !secrets.some((secret) => includesSecret(text, secret));
  const serverCode = code !== null && mayQuote(code) ? code : null;
  const isQuotable = message !== null && isText(message, 1, 1024) && !unprintable.test(message) && mayQuote(message);
  const quote = isQuotable ? ` The server says: ${message}` : "";
  const details = { status, server_code: serverCode };
  return new StationError(ours, sentences[ours] + quote, { details });
}

function codeOf(status: number, code: string | null): StationCode {
  if (status >= 300 && status <= 399) return "API_REDIRECT";
  if (status === 401) return "API_UNAUTHORIZED";
  if (status === 403) return "API_FORBIDDEN";
  if (status === 408) return "API_TIMEOUT";
  if (status === 429) return "API_RATE_LIMITED";
  if (status >= 500) return "API_FAILED";
  return isContractCode(code) ? contractCodes[code] : "API_REFUSED";
}

const sentences = {
  API_REDIRECT: "The licensing server answered with a redirect, which is not followed. Check the API address.",
  API_UNAUTHORIZED: "The licensing server does not accept the API key. Check it, then resume.",
  API_FORBIDDEN: "The API key may not do this. Use one with the right scope, then resume.",
  API_TIMEOUT: "The licensing server gave up waiting for the request. Check the network, then resume.",
  API_RATE_LIMITED: "The licensing server kept asking to slow down. Resume later.",
  API_FAILED: "The licensing server has a fault of its own. Resume later.",
  API_REFUSED: "The licensing server refused the request.",
  PRODUCT_NOT_FOUND: "The licensing server does not know this product. Check its name.",
  PRODUCT_MISMATCH: "The licence belongs to another product. Check the licence key and the product.",
  LICENSE_NOT_FOUND: "The licensing server does not know this licence key. Check it.",
  LICENSE_EXPIRED: "The licence has expired. Renew it, then resume.",
  LICENSE_SUSPENDED: "The licence is suspended. Have it reinstated, then resume.",
  LICENSE_REVOKED: "The licence is revoked. Use another one.",
  LICENSE_NOT_ACTIVE: "The licence is not active. Check its state on the licensing server.",
  LICENSE_NOT_STARTED: "The licence has not started yet. Wait for its start, or use another one.",
  SEAT_LIMIT_EXCEEDED: "The licence has no free seat. Free one or add seats, then resume.",
  DEVICE_NOT_ACTIVATED: "The device has no seat under this licence. Activate it first.",
  SIGNING_KEY_UNKNOWN: "The licensing server does not know this signing key. Check where the file comes from.",
} as const satisfies Partial<Record<ErrorCode, string>>;

type StationCode = keyof typeof sentences;

const contractCodes = {
  invalid_request: "API_REFUSED",
  parameter_missing: "API_REFUSED",
  missing_parameter: "API_REFUSED",
  invalid_parameter: "API_REFUSED",
  validation_failed: "API_REFUSED",
  unauthorized: "API_UNAUTHORIZED",
  invalid_api_key: "API_UNAUTHORIZED",
  forbidden: "API_FORBIDDEN",
  license_not_found: "LICENSE_NOT_FOUND",
  product_not_found: "PRODUCT_NOT_FOUND",
  activation_not_found: "DEVICE_NOT_ACTIVATED",
  release_not_found: "API_REFUSED",
  signing_key_not_found: "SIGNING_KEY_UNKNOWN",
  product_mismatch: "PRODUCT_MISMATCH",
  seat_limit_exceeded: "SEAT_LIMIT_EXCEEDED",
  seat_limit_reached: "SEAT_LIMIT_EXCEEDED",
  license_expired: "LICENSE_EXPIRED",
  expired: "LICENSE_EXPIRED",
  license_suspended: "LICENSE_SUSPENDED",
  suspended: "LICENSE_SUSPENDED",
  license_revoked: "LICENSE_REVOKED",
  revoked: "LICENSE_REVOKED",
  license_not_active: "LICENSE_NOT_ACTIVE",
  not_active: "LICENSE_NOT_ACTIVE",
  license_invalid: "LICENSE_NOT_ACTIVE",
  invalid_license: "LICENSE_NOT_ACTIVE",
  license_not_started: "LICENSE_NOT_STARTED",
  device_not_activated: "DEVICE_NOT_ACTIVATED",
  device_mismatch: "DEVICE_NOT_ACTIVATED",
  version_not_entitled: "API_REFUSED",
  already_activated: "API_REFUSED",
  device_already_activated: "API_REFUSED",
  already_deactivated: "API_REFUSED",
  rate_limited: "API_RATE_LIMITED",
  server_error: "API_FAILED",
  unavailable: "API_FAILED",
  temporarily_unavailable: "API_FAILED",
  signing_not_configured: "API_FAILED",
  feature_not_configured: "API_FAILED",
} as const satisfies Readonly<Record<string, StationCode>>;

function isContractCode(code: string | null): code is keyof typeof contractCodes {
  return code !== null && Object.hasOwn(contractCodes, code);
}

// Controls beyond ASCII, line separators, and what turns the direction of text around.
const unprintable = /[\u0080-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** In whatever letter case, and percent-encoded too, since old paths hold the key. */
function includesSecret(text: string, secret: string): boolean {
  if (secret === "") return false;
  const hay = text.toLowerCase();
  return [secret, encodeURIComponent(secret)].some((form) => hay.includes(form.toLowerCase()));
}

function parse(body: Uint8Array): JsonValue {
  const text = fromUtf8(body);
  if (text === null) return null;
  try {
    return parseStrictJson(text);
  } catch {
    return null;
  }
}

function objectOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, JsonValue>>) : null;
}
