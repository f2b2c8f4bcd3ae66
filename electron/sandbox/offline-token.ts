import { base64, utf8 } from "#shared/formats/encoding.ts";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { License } from "./config.ts";
import { activeEntitlements } from "./life-cycle.ts";

export interface OfflineTokenClaims {
  readonly license: License;
  readonly fingerprint: string;
  readonly keyId: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly ttlSeconds: number;
}

/** The legacy offline token with its canonical text, signed; members without a value are left out, as verifiers need. */
export function offlineToken(claims: OfflineTokenClaims, sign: (bytes: Uint8Array) => Uint8Array): JsonObject {
  const { license, fingerprint, keyId, issuedAt, ttlSeconds } = claims;
  const token: JsonObject = {
    schema_version: 1,
    license_key: license.key,
    product_slug: license.product,
    plan_key: license.plan_key,
    mode: license.mode,
    fingerprint,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ttlSeconds,
    kid: keyId,
    entitlements: activeEntitlements(license, issuedAt).map(({ key, expires_at }) => ({ key, expires_at })),
    ...(license.seat_limit === null ? {} : { seat_limit: license.seat_limit }),
    ...(license.expires_at === null ? {} : { license_expires_at: license.expires_at }),
    ...(license.metadata === null ? {} : { metadata: license.metadata }),
  };
  const canonical = canonicalJson(token);
  return {
    object: "offline_token",
    token,
    signature: { algorithm: "Ed25519", key_id: keyId, value: base64(sign(utf8(canonical))) },
    canonical,
  };
}
