import { isEntitlementKey, isKeyId, isLicenseMode } from "#shared/domain/identifiers.ts";
import { fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import { type JsonObject, type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import { isIdentical } from "./json-identity.ts";
import { asArray, asInteger, asObject, asText, hasExactly, hasUsualNumbers, isAbsent } from "./json-members.ts";
import { isBoundedMetadata } from "./metadata.ts";
import { refusal } from "./refusal.ts";

/** A legacy offline token (LICENSESEAT section 7), read but not yet trusted. Times are Unix seconds. */
export interface OfflineToken {
  readonly licenseKey: string;
  readonly productSlug: string;
  readonly planKey: string;
  readonly mode: string;
  readonly fingerprint: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly licenseExp: number | null;
  readonly seatLimit: number | null;
  readonly entitlements: readonly { readonly key: string; readonly expiresAt: number | null }[];
  /** Numbers as written. */
  readonly metadata: JsonObject | null;
  readonly keyId: string;
  /** What was signed. */
  readonly canonical: Uint8Array;
  /** Standard padded Base64 of the signature, not yet decoded. */
  readonly signature: string;
}

/**
 * Shape, entitlements, and that the signed text says exactly what the token shows.
 * @throws StationError CREDENTIAL_TOO_LARGE, CREDENTIAL_PAYLOAD, CREDENTIAL_ALGORITHM or CREDENTIAL_CLAIMS
 */
export function readOfflineToken(answer: Uint8Array | string): OfflineToken {
  const root = parseObject(textOf(answer));
  const token = asObject(root["token"]);
  const signature = asObject(root["signature"]);
  const { canonical } = root;
  const isShaped =
    hasExactly(root, ["object", "token", "signature", "canonical"]) && root["object"] === "offline_token";
  if (!isShaped || token === null || signature === null || typeof canonical !== "string") {
    throw refusal("INVALID_TOKEN_CLAIMS");
  }
  const { algorithm, key_id: keyId, value } = signature;
  if (!hasExactly(signature, ["algorithm", "key_id", "value"]) || typeof value !== "string") {
    throw refusal("INVALID_TOKEN_CLAIMS");
  }
  if (algorithm !== "Ed25519") throw refusal("UNSUPPORTED_ALGORITHM");
  if (typeof keyId !== "string" || !isKeyId(keyId)) throw refusal("INVALID_SIGNING_KEY_METADATA");
  const claims = readToken(token);
  const signed = utf8(canonical);
  if (signed.length > maxCanonicalBytes) throw refusal("TOKEN_PAYLOAD_TOO_LARGE");
  if (!isIdentical(parseObject(canonical), token)) throw refusal("TOKEN_PAYLOAD_MISMATCH");
  const { iat, nbf, exp, licenseExp } = claims;
  const isWindow = iat > 0 && iat <= nbf && nbf < exp && exp - iat <= 100 * 366 * 86_400 && exp <= lastSecond;
  if (!isWindow || (licenseExp !== null && (licenseExp <= iat || licenseExp > lastSecond))) {
    throw refusal("INVALID_TIME_WINDOW");
  }
  if (token["kid"] !== keyId) throw refusal("INVALID_SIGNING_KEY_METADATA");
  return { ...claims, keyId, canonical: signed, signature: value };
}

const maxCanonicalBytes = 1_048_576;
// The token stands in the answer twice, once escaped within a string.
const maxAnswerBytes = 4_194_304;
const lastSecond = 8_640_000_000_000;
const parseLimits = { maxDepth: 32, maxValues: 20_000, rawNumbers: true };

const requiredClaims = [
  "schema_version",
  "license_key",
  "product_slug",
  "plan_key",
  "mode",
  "iat",
  "nbf",
  "exp",
  "kid",
  "entitlements",
];
// Three names of one claim; the issuer writes the first.
const deviceClaims = ["fingerprint", "device_id", "device_fingerprint"];
const optionalClaims = ["seat_limit", "license_expires_at", "metadata"];

function textOf(answer: Uint8Array | string): string {
  if (answer.length > maxAnswerBytes) throw refusal("TOKEN_PAYLOAD_TOO_LARGE");
  const text = typeof answer === "string" ? answer : fromUtf8(answer);
  if (text === null) throw refusal("INVALID_TOKEN_CLAIMS");
  return text;
}

function parseObject(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseStrictJson(text, parseLimits);
  } catch (cause) {
    throw refusal("INVALID_TOKEN_CLAIMS", cause);
  }
  const object = asObject(value);
  if (object === null || !hasUsualNumbers(object)) throw refusal("INVALID_TOKEN_CLAIMS");
  return object;
}

function readToken(token: JsonObject) {
  const devices = deviceClaims.filter((name) => Object.hasOwn(token, name));
  const [device = ""] = devices;
  if (devices.length !== 1 || !hasExactly(token, [...requiredClaims, device], optionalClaims)) {
    throw refusal("INVALID_TOKEN_CLAIMS");
  }
  const text = (name: string, max: number) => {
    const value = asText(token[name], 1, max);
    if (value === null) throw refusal("INVALID_TOKEN_CLAIMS");
    return value;
  };
  const integer = (name: string) => {
    const value = asInteger(token[name]);
    if (value === null) throw refusal("INVALID_TOKEN_CLAIMS");
    return value;
  };
  const seatLimit = isAbsent(token["seat_limit"]) ? null : integer("seat_limit");
  const metadata = isAbsent(token["metadata"]) ? null : asObject(token["metadata"]);
  const isMetadataWrong = metadata === null ? !isAbsent(token["metadata"]) : !isBoundedMetadata(metadata);
  const mode = text("mode", 255);
  const isSound =
    integer("schema_version") === 1 &&
    isLicenseMode(mode) &&
    !isMetadataWrong &&
    (seatLimit === null || seatLimit >= 1);
  if (!isSound) throw refusal("INVALID_TOKEN_CLAIMS");
  const iat = integer("iat");
  return {
    licenseKey: text("license_key", 512),
    productSlug: text("product_slug", 255),
    planKey: text("plan_key", 255),
    mode,
    fingerprint: text(device, 255),
    iat,
    nbf: integer("nbf"),
    exp: integer("exp"),
    licenseExp: isAbsent(token["license_expires_at"]) ? null : integer("license_expires_at"),
    seatLimit,
    entitlements: readEntitlements(token["entitlements"], iat),
    metadata,
  };
}

function readEntitlements(value: JsonValue | undefined, iat: number) {
  const items = asArray(value);
  if (items === null || items.length > 500) throw refusal("INVALID_TOKEN_ENTITLEMENTS");
  const entitlements = items.map((item) => {
    const entitlement = asObject(item);
    const key = entitlement?.["key"];
    const expiresAt = entitlement?.["expires_at"] === null ? null : asInteger(entitlement?.["expires_at"]);
    const isSound =
      entitlement !== null &&
      hasExactly(entitlement, ["key", "expires_at"]) &&
      (entitlement["expires_at"] === null || (expiresAt !== null && expiresAt > iat));
    if (!isSound || typeof key !== "string" || !isEntitlementKey(key)) throw refusal("INVALID_TOKEN_ENTITLEMENTS");
    return { key, expiresAt };
  });
  if (new Set(entitlements.map(({ key }) => key)).size !== entitlements.length) {
    throw refusal("INVALID_TOKEN_ENTITLEMENTS");
  }
  return entitlements;
}
