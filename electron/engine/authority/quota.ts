import type { Failure } from "#shared/domain/errors.ts";
import {
  anonymousDailyQuota,
  type BurstLimit,
  defaultBurst,
  type StationLicence,
} from "#shared/domain/station-licence.ts";

/** What the ledger has counted; ledger/tally.ts keeps it. Instants are milliseconds since 1970. */
export interface Spent {
  countAfter(ms: number): number;
  after(ms: number, n: number): number | null;
  countOnDayOf(ms: number): number;
  isCountedOnDayOf(ms: number, fingerprintSha256: string): boolean;
  startsAfter(ms: number): number;
  startAfter(ms: number, n: number): number | null;
  devicesOf(licenceId: string): number;
  isDeviceOf(licenceId: string, fingerprintSha256: string): boolean;
}

/** For a station whose ledger is only read: nothing is counted there, and nothing is spent. */
export const nothingSpent: Spent = {
  countAfter: () => 0,
  after: () => null,
  countOnDayOf: () => 0,
  isCountedOnDayOf: () => false,
  startsAfter: () => 0,
  startAfter: () => null,
  devicesOf: () => 0,
  isDeviceOf: () => false,
};

/** Limits in force; null: none. */
export interface Limits {
  readonly licenceId: string | null;
  readonly daily: number | null;
  readonly devices: number | null;
  readonly burst: BurstLimit | null;
}

export function limitsOf(licence: StationLicence | null): Limits {
  if (licence === null) return { licenceId: null, daily: anonymousDailyQuota, devices: null, burst: defaultBurst };
  const { id, dailyQuota, maxDevices, burst } = licence;
  return { licenceId: id, daily: dailyQuota, devices: maxDevices, burst };
}

const dayMs = 86_400_000;

/** Counted in the last 24 hours or on the UTC day, whichever is more. */
export function usedNow(spent: Spent, nowMs: number): number {
  return Math.max(spent.countAfter(nowMs - dayMs), spent.countOnDayOf(nowMs));
}

/** When the next new device may be provisioned; null while one may, or when none ever may. */
export function freeAt(spent: Spent, { daily }: Limits, nowMs: number): Date | null {
  const used = spent.countAfter(nowMs - dayMs);
  if (daily === null || used < daily || daily === 0) return null;
  const leaving = spent.after(nowMs - dayMs, used - daily);
  return leaving === null ? null : new Date(leaving + dayMs);
}

/** Why no batch may begin right now although its devices could be worked on; a pause, not an end. */
export function burstProblem(spent: Spent, { burst }: Limits, nowMs: number): Failure | null {
  if (burst === null) return null;
  const since = nowMs - burst.seconds * 1000;
  const starts = spent.startsAfter(since);
  if (starts < burst.count) return null;
  const leaving = spent.startAfter(since, starts - burst.count) ?? nowMs;
  const waitSeconds = Math.max(1, Math.ceil((leaving - since) / 1000));
  return {
    code: "STATION_BURST_REACHED",
    message: `${starts} batches were begun in the last ${burst.seconds} seconds; the limit is ${burst.count}. Wait ${waitSeconds} seconds and start again.`,
    details: { limit: burst.count, seconds: burst.seconds, waitSeconds },
  };
}

/**
 * Which devices may not be worked on, in the order in which they are asked for. Those counted today already, and those
 * known under the licence, take nothing from what is left. Pure.
 */
export function refusedDevices(
  fingerprints: readonly string[],
  limits: Limits,
  spent: Spent,
  nowMs: number,
): ReadonlyMap<string, Failure> {
  const refused = new Map<string, Failure>();
  const { licenceId, daily, devices } = limits;
  let left = daily === null ? Number.POSITIVE_INFINITY : daily - usedNow(spent, nowMs);
  let devicesLeft =
    devices === null || licenceId === null ? Number.POSITIVE_INFINITY : devices - spent.devicesOf(licenceId);
  for (const fingerprint of fingerprints) {
    const isCounted = spent.isCountedOnDayOf(nowMs, fingerprint);
    const isKnown =
      devicesLeft === Number.POSITIVE_INFINITY || licenceId === null || spent.isDeviceOf(licenceId, fingerprint);
    if (!isKnown && devicesLeft <= 0) refused.set(fingerprint, devicesReached(devices ?? 0));
    else if (!isCounted && left <= 0) refused.set(fingerprint, quotaReached(limits, freeAt(spent, limits, nowMs)));
    else {
      if (!isKnown) devicesLeft -= 1;
      if (!isCounted) left -= 1;
    }
  }
  return refused;
}

function quotaReached({ daily, licenceId }: Limits, free: Date | null): Failure {
  const freed = free === null ? "" : ` The next place is free at ${free.toISOString()}.`;
  const remedy = licenceId === null ? " Add a station licence to go on." : " A licence with a larger quota lets more.";
  return {
    code: "STATION_QUOTA_REACHED",
    message: `The quota of ${daily} provisionings in 24 hours${licenceId === null ? ", all that a station without a licence may do," : ""} is used up.${freed}${remedy}`,
    details: { limit: daily, freeAt: free?.toISOString() ?? null },
  };
}

function devicesReached(limit: number): Failure {
  return {
    code: "STATION_DEVICES_REACHED",
    message: `The station licence is for ${limit} devices, and so many were provisioned under it. Devices among them can be renewed; for more, ask the vendor for a larger licence.`,
    details: { limit },
  };
}
