import type { Failure } from "#shared/domain/errors.ts";

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
