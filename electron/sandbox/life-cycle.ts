import type { License } from "./config.ts";

/** Why a licence grants nothing now; the codes of the contract's error table. */
type DeadCode =
  | "license_revoked"
  | "license_suspended"
  | "license_expired"
  | "license_not_active"
  | "license_not_started";

interface Life {
  /** What is told outside: a licence past its end says `expired` whatever the record says. */
  readonly status: License["status"];
  readonly dead: { readonly code: DeadCode; readonly message: string } | null;
}

/** `now` in Unix seconds. */
export function lifeOf(license: License, now: number): Life {
  const { status, starts_at, expires_at } = license;
  if (status === "revoked") return dead(status, "license_revoked", "The license is revoked.");
  if (status === "suspended") return dead(status, "license_suspended", "The license is suspended.");
  if (status === "expired" || (expires_at !== null && expires_at <= now)) {
    return dead("expired", "license_expired", "The license has expired.");
  }
  if (status === "pending") return dead(status, "license_not_active", "The license is not active yet.");
  if (starts_at !== null && starts_at > now) return dead(status, "license_not_started", "The license has not started.");
  return { status, dead: null };
}

function dead(status: License["status"], code: DeadCode, message: string): Life {
  return { status, dead: { code, message } };
}

export function activeEntitlements(license: License, now: number): License["entitlements"] {
  return license.entitlements.filter(({ expires_at }) => expires_at === null || expires_at > now);
}
