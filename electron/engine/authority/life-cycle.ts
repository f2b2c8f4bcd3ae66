import type { Failure } from "#shared/domain/errors.ts";
import type { LifeCycleState, StationLicence } from "#shared/domain/station-licence.ts";

/** What becomes of a licence whose token says nothing of the time after its expiry (SYSTEMS C5). */
export type ExpiredPolicy = "as-none" | "hard-fail";

export interface LifeCycleFacts {
  /** The licence in force; null: none. */
  readonly licence: StationLicence | null;
  /** Why a token that was supplied counts for nothing while there is no good one (C5: bad signature, quota 0). */
  readonly problem: Failure | null;
  /** Never before the ledger's last entry. */
  readonly now: Date;
  /** When the licensing side was last reached with proof. */
  readonly lastContactAt: Date | null;
  readonly expired: ExpiredPolicy;
  readonly tampered: boolean;
}

export interface LifeCycle {
  readonly state: LifeCycleState;
  /** Why no batch may begin; null: as many as the limits let. */
  readonly refusal: Failure | null;
  /** What people should know although the work goes on. */
  readonly notices: readonly Failure[];
  /** Whose limits count; null: those of a station without a licence. */
  readonly governing: StationLicence | null;
  /** First instants of the periods that follow; null without a licence. */
  readonly edges: {
    readonly graceEndsAt: Date;
    readonly readOnlyEndsAt: Date;
    readonly offlineEndsAt: Date;
  } | null;
}

/**
 * Where a licence stands, from signed claims, clock and ledger alone. Every period begins with the instant that names
 * it: `expiresAt` is the first of the grace period, its end the first of the read-only period.
 */
export function lifeCycle(facts: LifeCycleFacts): LifeCycle {
  const { licence, now, tampered } = facts;
  const edges = licence === null ? null : edgesOf(licence, facts.lastContactAt);
  const standing = standingOf(facts, edges);
  if (!tampered) return { ...standing, edges };
  return { ...standing, state: "tampered", refusal: tamperedNow, notices: [], edges };

  function standingOf({ problem, expired }: LifeCycleFacts, edges: LifeCycle["edges"]): Omit<LifeCycle, "edges"> {
    if (licence === null || edges === null) return { state: "none", refusal: problem, notices: [], governing: null };
    const at = now.getTime();
    const isOffline = at >= edges.offlineEndsAt.getTime();
    const refusal = isOffline ? offlineTooLong(licence, edges.offlineEndsAt) : null;
    if (at < licence.expiresAt.getTime()) return { state: "active", refusal, notices: [], governing: licence };
    if (at < edges.graceEndsAt.getTime())
      return { state: "grace", refusal, notices: [inGrace(licence, edges.graceEndsAt)], governing: licence };
    if (at < edges.readOnlyEndsAt.getTime())
      return { state: "read-only", refusal: readOnly(edges.readOnlyEndsAt), notices: [], governing: licence };
    // The Ed25519 form signs what comes after its expiry, and policy has no say in that; a JWT says nothing of it.
    if (licence.form === "jwt" && expired === "as-none")
      return { state: "none", refusal: null, notices: [runOut(licence)], governing: null };
    return { state: "locked-out", refusal: locked(edges.readOnlyEndsAt), notices: [], governing: licence };
  }
}

const dayMs = 86_400_000;

function edgesOf(licence: StationLicence, lastContactAt: Date | null): NonNullable<LifeCycle["edges"]> {
  const graceEndsAt = later(licence.expiresAt, licence.graceDays);
  return {
    graceEndsAt,
    readOnlyEndsAt: later(graceEndsAt, licence.readOnlyDays),
    offlineEndsAt: later(lastContactAt ?? licence.issuedAt, licence.maxOfflineDays),
  };
}

/** Days of 24 hours: a token counts in seconds and knows no time zone. */
function later(at: Date, days: number): Date {
  return new Date(at.getTime() + days * dayMs);
}

const tamperedNow: Failure = {
  code: "STATION_TAMPERED",
  message:
    "Signs of tampering were seen on this station, so nothing is spent or written. See station licence show, and ask the vendor for a recovery key.",
};

function inGrace(licence: StationLicence, ends: Date): Failure {
  return {
    code: "LICENCE_GRACE",
    message: `The station licence expired at ${text(licence.expiresAt)}. Its grace period runs until ${text(ends)}; add a new licence before.`,
  };
}

function readOnly(ends: Date): Failure {
  return {
    code: "LICENCE_READ_ONLY",
    message: `The station licence's grace period is over. Until ${text(ends)} the station only reads, verifies and exports. Add a new licence.`,
  };
}

function locked(since: Date): Failure {
  return {
    code: "LICENCE_LOCKED",
    message: `The station licence ended for good at ${text(since)}. Add a new licence; ledger, verification and export still work.`,
  };
}

function runOut(licence: StationLicence): Failure {
  return {
    code: "LICENCE_RUN_OUT",
    message: `The station licence expired at ${text(licence.expiresAt)}; the station works as without one. Add a new licence.`,
  };
}

function offlineTooLong(licence: StationLicence, since: Date): Failure {
  return {
    code: "LICENCE_OFFLINE_TOO_LONG",
    message: `The licensing side was not reached for ${licence.maxOfflineDays} days, so writing stopped at ${text(since)}. Fetch a fresh licence, or add one.`,
  };
}

function text(at: Date): string {
  return at.toISOString().replace(".000Z", "Z");
}
