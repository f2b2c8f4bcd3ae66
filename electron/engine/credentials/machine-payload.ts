import { isText } from "#shared/domain/identifiers.ts";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import { type JsonObject, type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import { type IncludedLicense, readIncludedLicense } from "./included-license.ts";
import { asArray, asInteger, asObject, asText, hasUsualNumbers, isAbsent } from "./json-members.ts";
import { isBoundedMetadata } from "./metadata.ts";
import { refusal } from "./refusal.ts";

/** The decrypted payload (LICENSESEAT section 6.2), read but not yet judged. Times are Unix seconds. */
export interface MachinePayload {
  readonly meta: {
    readonly schemaVersion: number;
    readonly iat: number;
    readonly nbf: number;
    readonly exp: number;
    readonly ttl: number;
    readonly gracePeriod: number;
    readonly issued: string;
    readonly expiry: string;
    readonly lic: string;
    readonly licenseExp: number | null;
    readonly kid: string;
    readonly sdkVersion: string | null;
  };
  readonly activationId: string;
  readonly fingerprint: string;
  readonly fingerprintComponents: Readonly<Record<string, string>> | null;
  readonly deviceName: string | null;
  readonly platform: string | null;
  /** Milliseconds since 1970. */
  readonly createdMs: number | null;
  readonly metadata: JsonObject | null;
  readonly productSlug: string;
  readonly license: IncludedLicense | null;
}

/** Check 7 of section 6.3. @throws StationError CREDENTIAL_PAYLOAD, CREDENTIAL_CLAIMS or CREDENTIAL_INCLUDED_LICENSE */
export function readMachinePayload(plaintext: Uint8Array): MachinePayload {
  const root = parseRoot(plaintext);
  const meta = asObject(root["meta"]);
  if (meta === null) throw refusal("MISSING_MACHINE_FILE_METADATA");
  const data = asObject(root["data"]);
  if (data === null) throw refusal("MISSING_MACHINE_DATA");
  const activationId = asText(data["id"], 1, 255);
  if (data["type"] !== "machines" || activationId === null) throw refusal("INVALID_MACHINE_DATA");
  const attributes = asObject(data["attributes"]);
  if (attributes === null) throw refusal("INVALID_MACHINE_ATTRIBUTES");
  const device = readAttributes(attributes);
  const relationships = asObject(data["relationships"]);
  const licenseId = relationshipId(relationships, "license", "licenses", 512);
  const productSlug = relationshipId(relationships, "product", "products", 255);
  const license = readIncluded(root, productSlug);
  const claims = readMeta(meta);
  if (claims.lic !== licenseId) throw refusal("MACHINE_RELATIONSHIP_MISMATCH");
  return { meta: claims, activationId, ...device, productSlug, license };
}

function parseRoot(plaintext: Uint8Array): JsonObject {
  const text = fromUtf8(plaintext);
  if (text === null) throw refusal("INVALID_MACHINE_FILE_PAYLOAD");
  let value: JsonValue;
  try {
    value = parseStrictJson(text, { maxDepth: 32, maxValues: 40_000, rawNumbers: true });
  } catch (cause) {
    throw refusal("INVALID_MACHINE_FILE_PAYLOAD", cause);
  }
  const root = asObject(value);
  if (root === null || !hasUsualNumbers(root)) throw refusal("INVALID_MACHINE_FILE_PAYLOAD");
  return root;
}

function readMeta(meta: JsonObject): MachinePayload["meta"] {
  const claim = (name: string) => {
    const value = asInteger(meta[name]);
    if (value === null) throw refusal("INVALID_MACHINE_FILE_CLAIMS");
    return value;
  };
  const text = (name: string, max: number) => {
    const value = asText(meta[name], 1, max);
    if (value === null) throw refusal("INVALID_MACHINE_FILE_CLAIMS");
    return value;
  };
  const licenseExp = isAbsent(meta["license_exp"]) ? null : asInteger(meta["license_exp"]);
  if (licenseExp === null && !isAbsent(meta["license_exp"])) throw refusal("INVALID_LICENSE_EXPIRY");
  return {
    schemaVersion: claim("schema_version"),
    iat: claim("iat"),
    nbf: claim("nbf"),
    exp: claim("exp"),
    ttl: claim("ttl"),
    gracePeriod: claim("grace_period"),
    issued: text("issued", 128),
    expiry: text("expiry", 128),
    lic: text("lic", 512),
    licenseExp,
    kid: text("kid", 255),
    sdkVersion: isAbsent(meta["sdk_version"]) ? null : text("sdk_version", 255),
  };
}

function readAttributes(attributes: JsonObject) {
  const wrong = () => refusal("INVALID_MACHINE_ATTRIBUTES");
  const label = (name: string) => {
    if (isAbsent(attributes[name])) return null;
    const value = asText(attributes[name], 0, 255);
    if (value === null) throw wrong();
    return value;
  };
  const fingerprint = asText(attributes["fingerprint"], 1, 255);
  if (fingerprint === null) throw wrong();
  const metadata = attributes["metadata"] === undefined ? null : asObject(attributes["metadata"]);
  const isMetadataWrong = metadata === null ? attributes["metadata"] !== undefined : !isBoundedMetadata(metadata);
  if (isMetadataWrong) throw wrong();
  return {
    fingerprint,
    fingerprintComponents: readComponents(attributes["fingerprint_components"]),
    deviceName: label("name"),
    platform: label("platform"),
    createdMs: readCreated(attributes["created"]),
    metadata,
  };
}

function readCreated(value: JsonValue | undefined): number | null {
  if (isAbsent(value)) return null;
  const created = typeof value === "string" ? parseInstant(value) : null;
  if (created === null) throw refusal("INVALID_MACHINE_CREATION");
  return created;
}

function readComponents(value: JsonValue | undefined): Readonly<Record<string, string>> | null {
  if (isAbsent(value)) return null;
  const components = asObject(value);
  if (components === null) throw refusal("INVALID_FINGERPRINT_COMPONENTS");
  const entries = Object.entries(components);
  const isClean = ([name, item]: [string, JsonValue]) => isText(name, 1, 100) && asText(item, 1, 1024) !== null;
  if (entries.length > 64 || !entries.every(isClean)) throw refusal("INVALID_FINGERPRINT_COMPONENTS");
  return components as Readonly<Record<string, string>>;
}

function relationshipId(relationships: JsonObject | null, name: string, type: string, maxBytes: number): string {
  const data = asObject(asObject(relationships?.[name])?.["data"]);
  const id = asText(data?.["id"], 1, maxBytes);
  if (data?.["type"] !== type || id === null) throw refusal("INVALID_MACHINE_RELATIONSHIPS");
  return id;
}

function readIncluded(root: JsonObject, productSlug: string): IncludedLicense | null {
  if (root["included"] === undefined) return null;
  const items = asArray(root["included"]);
  if (items === null) throw refusal("INVALID_INCLUDED_LICENSE");
  const licenses = items.filter((item) => asObject(item)?.["type"] === "licenses");
  if (licenses.length > 1) throw refusal("INVALID_INCLUDED_LICENSE");
  const license = asObject(licenses[0]);
  return license === null ? null : readIncludedLicense(license, productSlug);
}
