import { type Failure, StationError } from "#shared/domain/errors.ts";
import { burstProblem, type Limits, limitsOf, refusedDevices, type Spent, usedNow } from "./quota.ts";
import type { StationAuthority } from "./station-authority.ts";

/** What the station's own licence lets be spent. Asked by whoever begins or finishes a batch; AUTHORITY.md has the rules. */
export interface SpendGate {
  /**
   * Which of these devices a batch that opens now may work on. The answer holds for the same turn of the event loop only:
   * the opening entries are appended in it, and the next question counts them.
   * @param fingerprints SHA-256 of each device's fingerprint, in the order in which they were asked for
   * @throws StationError LICENCE_*, STATION_* when none may be worked on
   */
  admit(fingerprints: readonly string[]): Admission;
  /** Owed work was counted when its batch opened, so only tampering stands against it. @throws StationError STATION_TAMPERED */
  mayFinish(): void;
  /**
   * For what takes no seat but writes a stick, or changes what a server holds.
   * @throws StationError LICENCE_*, STATION_TAMPERED in every state in which no batch may begin
   */
  mayWrite(): void;
  /** What {@link admit} would say, for people; changes and throws nothing. */
  allowance(fingerprints: readonly string[]): Allowance;
}

export interface Admission {
  /** Why not, by fingerprint SHA-256; all others are admitted. */
  readonly refused: ReadonlyMap<string, Failure>;
}

/** Null: no limit. */
export interface Allowance {
  /** Provisionings of 24 hours. */
  readonly limit: number | null;
  /** How many new ones are left now. */
  readonly left: number | null;
  /** How many of the devices asked about would be worked on. */
  readonly wouldGet: number;
  /** Why it is fewer than all. */
  readonly problem: Failure | null;
}

/** The gate of a station: its licence's standing, and what the ledger has counted. */
export function createSpendGate(authority: StationAuthority, spent: () => Spent): SpendGate {
  const look = (fingerprints: readonly string[]) => {
    const nowMs = authority.now().getTime();
    const { governing, refusal } = authority.standing();
    const limits = limitsOf(governing);
    const refused =
      refusal === null ? refusedDevices(fingerprints, limits, spent(), nowMs) : new Map<string, Failure>();
    return { nowMs, limits, refusal, refused };
  };
  return {
    admit: (fingerprints) => {
      authority.inspect();
      const { nowMs, limits, refusal, refused } = look(fingerprints);
      const [first] = refused.values();
      const stop =
        refusal ??
        (first !== undefined && refused.size === fingerprints.length ? whole(first, limits) : null) ??
        burstProblem(spent(), limits, nowMs);
      if (stop !== null) throw new StationError(stop.code, stop.message, { details: stop.details });
      return { refused };
    },
    mayFinish: () => {
      authority.inspect();
      const { state, refusal } = authority.standing();
      if (state === "tampered" && refusal !== null) throw new StationError(refusal.code, refusal.message);
    },
    mayWrite: () => {
      authority.inspect();
      const { refusal } = authority.standing();
      if (refusal !== null) throw new StationError(refusal.code, refusal.message, { details: refusal.details });
    },
    allowance: (fingerprints) => {
      const { nowMs, limits, refusal, refused } = look(fingerprints);
      const { daily } = limits;
      const [first = null] = refused.values();
      return {
        limit: daily,
        left: refusal !== null ? 0 : daily === null ? null : Math.max(0, daily - usedNow(spent(), nowMs)),
        wouldGet: refusal !== null ? 0 : fingerprints.length - refused.size,
        problem: refusal ?? first,
      };
    },
  };
}

/** Where no device at all is let through, the station is what needs something. */
function whole(first: Failure, { licenceId }: Limits): Failure {
  return licenceId === null && first.code === "STATION_QUOTA_REACHED" ? { ...first, code: "LICENCE_REQUIRED" } : first;
}
