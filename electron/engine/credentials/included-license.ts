import { isEntitlementKey, isLicenseMode } from "#shared/domain/identifiers.ts";
import { parseInstant } from "#shared/formats/rfc3339.ts";
import type { JsonObject, JsonValue } from "#shared/formats/strict-json.ts";
import { asArray, asInteger, asObject, asText, isAbsent } from "./json-members.ts";
import { isBoundedMetadata } from "./metadata.ts";
import { type CredentialCheck, refusal } from "./refusal.ts";

/** The licence a machine file may carry along; without it the file grants identity and time only. */
export interface IncludedLicense {
  readonly key: string;
  readonly status: string;
  readonly mode: string;
  readonly planKey: string;
  readonly productSlug: string;
  /** Null: no limit. */
  readonly seatLimit: number | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly entitlements: readonly IncludedEntitlement[];
  /** Numbers as written ({@link JsonObject} with JsonNumber). */
  readonly metadata: JsonObject | null;
}

interface IncludedEntitlement {
  readonly key: string;
  readonly expiresAt: Date | null;
}

/** `productSlug` is what the file's product relationship says. */
export function readIncludedLicense(item: JsonObject, productSlug: string): IncludedLicense {
  const attributes = asObject(item["attributes"]);
  const id = asText(item["id"], 1, 512);
  if (attributes === null || id === null) throw refusal("INVALID_INCLUDED_LICENSE");
  const text = (name: string, max: number) => {
    const value = asText(attributes[name], 1, max);
    if (value === null) throw refusal("INVALID_INCLUDED_LICENSE");
    return value;
  };
  const key = attributes["key"] === undefined ? id : text("key", 512);
  if (key !== id) throw refusal("INCLUDED_LICENSE_MISMATCH");
  const product = attributes["product_slug"] === undefined ? productSlug : text("product_slug", 255);
  if (product !== productSlug) throw refusal("INCLUDED_PRODUCT_MISMATCH");
  const mode = text("mode", 255);
  if (!isLicenseMode(mode)) throw refusal("INVALID_INCLUDED_LICENSE");
  return {
    key,
    status: text("status", 255),
    mode,
    planKey: text("plan_key", 255),
    productSlug: product,
    seatLimit: readSeatLimit(attributes["seat_limit"]),
    startsAt: readInstant(attributes["starts_at"], "INVALID_LICENSE_START"),
    endsAt: readInstant(attributes["ends_at"], "INVALID_LICENSE_EXPIRY"),
    entitlements: readEntitlements(attributes["entitlements"]),
    metadata: readMetadata(attributes["metadata"]),
  };
}

function readSeatLimit(value: JsonValue | undefined): number | null {
  if (isAbsent(value)) return null;
  const limit = asInteger(value);
  if (limit === null || limit < 1 || limit > 0xffff_ffff) throw refusal("INVALID_INCLUDED_LICENSE");
  return limit;
}

function readInstant(value: JsonValue | undefined, check: CredentialCheck): Date | null {
  if (isAbsent(value)) return null;
  const instant = typeof value === "string" ? parseInstant(value) : null;
  if (instant === null) throw refusal(check);
  return new Date(instant);
}

function readEntitlements(value: JsonValue | undefined): readonly IncludedEntitlement[] {
  if (value === undefined) return [];
  const items = asArray(value);
  if (items === null || items.length > 500) throw refusal("INVALID_INCLUDED_ENTITLEMENT");
  const entitlements = items.map((item) => {
    const key = asObject(item)?.["key"];
    if (typeof key !== "string" || !isEntitlementKey(key)) throw refusal("INVALID_INCLUDED_ENTITLEMENT");
    return { key, expiresAt: readInstant(asObject(item)?.["expires_at"], "INVALID_ENTITLEMENT_EXPIRY") };
  });
  if (new Set(entitlements.map(({ key }) => key)).size !== entitlements.length) {
    throw refusal("INVALID_INCLUDED_ENTITLEMENT");
  }
  return entitlements;
}

function readMetadata(value: JsonValue | undefined): JsonObject | null {
  if (value === undefined) return null;
  const metadata = asObject(value);
  if (metadata === null || !isBoundedMetadata(metadata)) throw refusal("INVALID_INCLUDED_LICENSE");
  return metadata;
}
