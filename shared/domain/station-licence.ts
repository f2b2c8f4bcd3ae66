/**
 * The station's own licence: what a signed token grants to this station, in one model for both token forms
 * (formats/station-token.md, formats/license-jwt.md). Everything here is a signed claim; nothing is counted here.
 */
export interface StationLicence {
  readonly form: LicenceForm;
  /** The token's own id: `tid` of a JWT, `licence_id` of an Ed25519 token. */
  readonly id: string;
  /** SHA-256 of the exact token bytes, hex; what the ledger names it by. The token itself is a secret. */
  readonly tokenSha256: string;
  /** SHA-256 of the SPKI bytes of the vendor's key that verified it, hex. */
  readonly keySha256: string;
  readonly customer: { readonly name: string; readonly email: string | null };
  readonly tier: string;
  /** Product code of the licence itself (`pkg`), null where the form has none. */
  readonly sku: string | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly graceDays: number;
  readonly readOnlyDays: number;
  /** How long the station may run without proof that the licensing side was reached; 1 to 365. */
  readonly maxOfflineDays: number;
  /** Distinct fingerprints ever provisioned under this licence; null: no limit. */
  readonly maxDevices: number | null;
  /** Provisionings of the last 24 hours and of the UTC day; null: no limit. */
  readonly dailyQuota: number | null;
  /** Null: this licence has no burst limit. */
  readonly burst: BurstLimit | null;
  /** SHA-256 of the station's ledger public key (SPKI), hex, when the token is bound to one station. */
  readonly station: string | null;
}

export type LicenceForm = "ed25519" | "jwt";

export interface BurstLimit {
  readonly count: number;
  readonly seconds: number;
}

/** `none`: no token, or an expired one where policy treats it so. `tampered` outranks every other. */
export type LifeCycleState = "none" | "active" | "grace" | "read-only" | "locked-out" | "tampered";

/** Without a token: provisionings per 24 hours (SYSTEMS C5). */
export const anonymousDailyQuota = 33;
export const defaultBurst: BurstLimit = { count: 30, seconds: 60 };
