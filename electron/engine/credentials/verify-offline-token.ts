import { fromBase64 } from "#shared/formats/encoding.ts";
import type { JsonObject } from "#shared/formats/strict-json.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { type OfflineToken, readOfflineToken } from "./offline-token.ts";
import { refusal } from "./refusal.ts";

export interface OfflineTokenInput {
  /** The API's whole JSON answer, exactly as received or read back. */
  readonly answer: Uint8Array | string;
  readonly licenseKey: string;
  readonly fingerprint: string;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The id under which `publicKey` is trusted; a token naming another is refused as SIGNING_KEY_UNKNOWN. */
  readonly keyId?: string;
  readonly productSlug?: string;
  readonly now: Date;
  /** How far the issuer's clock may be ahead; default 300. */
  readonly skewSeconds?: number;
  /** The host's own cap on the token's age; 0 or absent: none. */
  readonly maxOfflineDays?: number;
}

/** Everything a verified offline token says. */
export interface OfflineTokenClaims {
  readonly keyId: string;
  readonly licenseKey: string;
  readonly productSlug: string;
  readonly planKey: string;
  readonly mode: string;
  readonly fingerprint: string;
  readonly issuedAt: Date;
  readonly notBefore: Date;
  readonly expiresAt: Date;
  readonly licenseExpiresAt: Date | null;
  /** Null: no limit. */
  readonly seatLimit: number | null;
  readonly entitlements: readonly { readonly key: string; readonly expiresAt: Date | null }[];
  /** Numbers as written ({@link JsonObject} with JsonNumber). */
  readonly metadata: JsonObject | null;
}

/**
 * Every check of LICENSESEAT section 7 in its order, the first failure wins; `details.check` is the contract's own code.
 * @throws StationError CREDENTIAL_* or SIGNING_KEY_UNKNOWN
 */
export async function verifyOfflineToken(input: OfflineTokenInput): Promise<OfflineTokenClaims> {
  const token = readOfflineToken(input.answer);
  if (input.keyId !== undefined && input.keyId !== token.keyId) throw refusal("KEY_ID_MISMATCH");
  await checkSignature(token, input.publicKey);
  judge(token, input);
  return claimsOf(token);
}

/** Which key a token claims to be signed with; nothing is trusted yet. @throws StationError CREDENTIAL_* */
export function offlineTokenKeyId(answer: Uint8Array | string): string {
  return readOfflineToken(answer).keyId;
}

async function checkSignature(token: OfflineToken, publicKey: Uint8Array): Promise<void> {
  if (publicKey.length !== 32) throw refusal("INVALID_SIGNING_KEY");
  const signature = fromBase64(token.signature);
  if (signature?.length !== 64) throw refusal("INVALID_SIGNATURE_ENCODING");
  if (!(await verifyEd25519(publicKey, token.canonical, signature))) throw refusal("SIGNATURE_INVALID");
}

function judge(token: OfflineToken, input: OfflineTokenInput): void {
  const now = Math.floor(input.now.getTime() / 1000);
  const latestStart = now + Math.max(0, input.skewSeconds ?? 300);
  const maxAge = (input.maxOfflineDays ?? 0) * 86_400;
  if (token.iat > latestStart) throw refusal("CLOCK_TAMPER");
  if (token.nbf > latestStart) throw refusal("TOKEN_NOT_YET_VALID");
  if (now >= token.exp) throw refusal("TOKEN_EXPIRED");
  if (token.licenseExp !== null && now >= token.licenseExp) throw refusal("LICENSE_EXPIRED");
  if (token.licenseKey !== input.licenseKey) throw refusal("LICENSE_MISMATCH");
  if (input.productSlug !== undefined && token.productSlug !== input.productSlug) throw refusal("PRODUCT_MISMATCH");
  if (token.fingerprint !== input.fingerprint) throw refusal("FINGERPRINT_MISMATCH");
  if (maxAge > 0 && now - token.iat >= maxAge) throw refusal("GRACE_PERIOD_EXPIRED");
}

function claimsOf(token: OfflineToken): OfflineTokenClaims {
  const { iat, nbf, exp, licenseExp, canonical: _signed, signature: _signature, entitlements, ...rest } = token;
  const at = (seconds: number) => new Date(seconds * 1000);
  return {
    ...rest,
    issuedAt: at(iat),
    notBefore: at(nbf),
    expiresAt: at(exp),
    licenseExpiresAt: licenseExp === null ? null : at(licenseExp),
    entitlements: entitlements.map(({ key, expiresAt }) => ({
      key,
      expiresAt: expiresAt === null ? null : at(expiresAt),
    })),
  };
}
