/** Types of what the licensing server answers, after they were bound to what was asked. Times are RFC 3339. */
export interface LicenseState {
  readonly status: "pending" | "active" | "suspended" | "revoked" | "expired";
  readonly startsAt: string | null;
  readonly expiresAt: string | null;
  readonly mode: string;
  readonly planKey: string;
  /** Null: no limit. */
  readonly seatLimit: number | null;
  readonly activeSeats: number;
  readonly productSlug: string;
  readonly productName: string;
}

export interface Activation {
  readonly activationId: string;
  readonly fingerprint: string;
  readonly activatedAt: string;
  readonly license: LicenseState;
}

/** One device's seat as `validate` tells it. */
export interface Validation {
  readonly valid: boolean;
  /** The server's code when not valid, lower case. */
  readonly code: string | null;
  readonly license: LicenseState;
  readonly activationId: string | null;
  /** As the server shows it; null where it tells none. */
  readonly deviceName: string | null;
}

export interface IssuedMachineFile {
  /** The certificate exactly as received; these bytes go to the stick. */
  readonly certificate: string;
  readonly ttlSeconds: number;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** A licensing server's signing key. */
export interface SigningKey {
  readonly keyId: string;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
}
