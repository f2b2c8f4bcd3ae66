import { StationError } from "./errors.ts";

/** How long a machine file lives. Never infinite (SYSTEMS A7; server limits: LICENSESEAT section 5). */
export interface Policy {
  /** Days, 1 to 36,600 by contract; this station stops at {@link longestTtlDays}. */
  readonly ttlDays: number;
  /** Days after expiry during which the device goes on, 0 to 30. */
  readonly graceDays: number;
}

export const longestTtlDays = 3650;
export const longestGraceDays = 30;

export interface PolicyPreset extends Policy {
  readonly id: "consumer" | "field" | "air-gapped";
}

/** Presets inside the ranges of SYSTEMS A7. */
export const policyPresets: readonly PolicyPreset[] = [
  { id: "consumer", ttlDays: 30, graceDays: 7 },
  { id: "field", ttlDays: 180, graceDays: 14 },
  { id: "air-gapped", ttlDays: 365, graceDays: 30 },
];

export const defaultPolicy: Policy = { ttlDays: 180, graceDays: 14 };

/** @throws StationError POLICY_TTL or POLICY_GRACE */
export function checkPolicy(policy: Policy): Policy {
  const { ttlDays, graceDays } = policy;
  if (!Number.isInteger(ttlDays) || ttlDays < 1 || ttlDays > longestTtlDays) {
    throw new StationError("POLICY_TTL", `The time to live must be 1 to ${longestTtlDays} whole days.`);
  }
  if (!Number.isInteger(graceDays) || graceDays < 0 || graceDays > longestGraceDays) {
    throw new StationError("POLICY_GRACE", `The grace period must be 0 to ${longestGraceDays} whole days.`);
  }
  return policy;
}

export type PolicyWarning =
  /** A long TTL delays revocation and entitlement changes by as much. */
  | { readonly kind: "slow-revocation"; readonly ttlDays: number }
  /** The licence ends first; the file is really good for fewer days. */
  | { readonly kind: "license-ends-first"; readonly licenseExpiresAt: string; readonly effectiveDays: number }
  | { readonly kind: "no-grace" };

/** What the operator should know before choosing; `licenseExpiresAt` is RFC 3339 or null for a perpetual licence. */
export function policyWarnings(policy: Policy, licenseExpiresAt: string | null, now: Date): readonly PolicyWarning[] {
  const warnings: PolicyWarning[] = [];
  if (policy.ttlDays > 90) warnings.push({ kind: "slow-revocation", ttlDays: policy.ttlDays });
  if (policy.graceDays === 0) warnings.push({ kind: "no-grace" });
  const effectiveDays = effectiveTtlDays(policy, licenseExpiresAt, now);
  if (licenseExpiresAt !== null && effectiveDays < policy.ttlDays) {
    warnings.push({ kind: "license-ends-first", licenseExpiresAt, effectiveDays });
  }
  return warnings;
}

/** Days a file issued now is really good for, grace left out; the licence's own end wins over the TTL. */
export function effectiveTtlDays(policy: Policy, licenseExpiresAt: string | null, now: Date): number {
  if (licenseExpiresAt === null) return policy.ttlDays;
  const left = (Date.parse(licenseExpiresAt) - now.getTime()) / 86_400_000;
  return Math.max(0, Math.min(policy.ttlDays, Math.floor(left * 100) / 100));
}
