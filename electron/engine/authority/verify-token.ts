import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { defaultBurst, type StationLicence } from "#shared/domain/station-licence.ts";
import { fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import { parseLicenceClaims, parseRecoveryClaims, type RecoveryClaims } from "#shared/formats/licence-claims.ts";
import { isStationToken, malformed, maxTokenBytes, openStationToken, tooLarge } from "#shared/formats/station-token.ts";
import { openLicenseJwt } from "./license-jwt.ts";
import { rawKey, type VendorKey } from "./vendor-key.ts";

/**
 * `verifyToken(token: Uint8Array | string, vendorKeys: readonly VendorKey[]): Promise<StationLicence>`
 *
 * Either form, verified against every vendor key that is known; nothing around the token is accepted, no white space
 * either ({@link tokenText} takes the newline off a file). Expiry is not judged, and neither is an issue time in the
 * future unless `now` is given: an expired licence is still a signed one, and its life cycle is another's to tell.
 * A token that is tied to a station is not compared with this one.
 *
 * An Ed25519 token without `issued_at` counts as issued at the beginning of 1970, one without `licence_id` is named by
 * its digest.
 * @throws StationError LICENCE_TOKEN_TOO_LARGE, LICENCE_TOKEN_FORMAT, LICENCE_TOKEN_ALGORITHM, LICENCE_TOKEN_PURPOSE,
 * LICENCE_TOKEN_KEY (no vendor key known that it could be signed with), LICENCE_TOKEN_SIGNATURE, LICENCE_TOKEN_CLAIMS
 */
export async function verifyToken(
  token: Uint8Array | string,
  vendorKeys: readonly VendorKey[],
  now: Date | null = null,
): Promise<StationLicence> {
  const text = asText(token);
  const licence = isStationToken(text) ? fromStationToken(text, vendorKeys) : await fromJwt(text, vendorKeys);
  if (now !== null && licence.issuedAt.getTime() > now.getTime() + issueSkewMs) {
    throw new StationError(
      "LICENCE_TOKEN_CLAIMS",
      "The token was issued in this clock's future. Set the clock right, then give the token again.",
    );
  }
  return licence;
}

/** How far an issuer's clock may be ahead of ours. */
const issueSkewMs = 5 * 60_000;

/** @throws StationError LICENCE_TOKEN_* */
export function verifyRecoveryToken(token: Uint8Array | string, vendorKeys: readonly VendorKey[]): RecoveryClaims {
  return parseRecoveryClaims(openStationToken(asText(token), "recovery", ed25519Keys(vendorKeys)).claims);
}

/** The token in a file: its bytes without the one newline that editors and shells put at the end. @throws StationError LICENCE_TOKEN_* */
export function tokenText(file: Uint8Array): string {
  if (file.length > maxTokenBytes + 2) throw tooLarge();
  return asText(fromUtf8(file)?.replace(/\r?\n$/, "") ?? "");
}

/** Raw Ed25519 keys by fingerprint, as the codec takes them. */
export function ed25519Keys(vendorKeys: readonly VendorKey[]): ReadonlyMap<string, Uint8Array> {
  return new Map(vendorKeys.filter(({ kind }) => kind === "ed25519").map((key) => [key.sha256, rawKey(key)]));
}

function asText(token: Uint8Array | string): string {
  if (token.length > maxTokenBytes) throw tooLarge();
  const text = typeof token === "string" ? token : fromUtf8(token);
  if (text === null || !/^[\x21-\x7e]+$/.test(text)) throw malformed();
  return text;
}

function fromStationToken(text: string, vendorKeys: readonly VendorKey[]): StationLicence {
  const { claims, keySha256 } = openStationToken(text, "licence", ed25519Keys(vendorKeys));
  const licence = parseLicenceClaims(claims);
  const tokenSha256 = sha256Hex(utf8(text));
  return {
    form: "ed25519",
    id: licence.licence_id ?? tokenSha256,
    tokenSha256,
    keySha256,
    customer: { name: licence.customer_name, email: licence.customer_email },
    tier: licence.tier,
    sku: null,
    issuedAt: new Date(licence.issued_at ?? 0),
    expiresAt: new Date(licence.expires_at),
    graceDays: licence.grace_period_days,
    readOnlyDays: licence.read_only_period_days,
    maxOfflineDays: licence.max_offline_days,
    maxDevices: licence.max_devices,
    dailyQuota: licence.daily_quota ?? null,
    burst: licence.burst === undefined ? defaultBurst : licence.burst,
    station: licence.station ?? null,
  };
}

async function fromJwt(text: string, vendorKeys: readonly VendorKey[]): Promise<StationLicence> {
  const { claims, keySha256 } = await openLicenseJwt(text, vendorKeys);
  return {
    form: "jwt",
    id: claims.tid,
    tokenSha256: sha256Hex(utf8(text)),
    keySha256,
    customer: { name: claims.sub, email: null },
    tier: String(claims.tier),
    sku: claims.pkg,
    issuedAt: new Date(claims.iat * 1000),
    expiresAt: new Date(claims.exp * 1000),
    graceDays: 0,
    readOnlyDays: 0,
    maxOfflineDays: claims.max_offline_days ?? defaultOfflineDays,
    maxDevices: null,
    dailyQuota: claims.tier,
    burst: defaultBurst,
    station: null,
  };
}

/** Of a licence that does not say (SYSTEMS B4). */
const defaultOfflineDays = 1;
