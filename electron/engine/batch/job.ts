import type { StickDecision } from "#shared/domain/stick-decision.ts";
import type { Policy } from "#shared/domain/policy.ts";

/** What to do with requests that contradict each other; `refuse` spends nothing at all. */
export type OnConflict = "refuse" | "skip" | "accept";

/** One work order as the operator gave it. */
export interface Job {
  readonly product: string;
  /** A pool, drawn down in order. Secrets. May be empty when every request brings its own key. */
  readonly licenseKeys: readonly string[];
  readonly policy: Policy;
  readonly operator: string | null;
  readonly workOrder: string | null;
  readonly onConflict: OnConflict;
  /** What a person has decided about a stick that armed mode held; for the record. */
  readonly decided?: readonly StickDecision[];
  readonly rehearsal: boolean;
}

/** How the licensing server is reached. */
export interface ApiAccess {
  readonly url: string;
  /** A secret. */
  readonly apiKey: string;
  readonly proxy: string | null;
  /** PEM of extra certification authorities, or null. */
  readonly caPem: string | null;
  readonly concurrency: number;
  /** Signing keys the operator vouches for: kid -> raw 32 bytes. Empty: the first seen is trusted and recorded. */
  readonly pinnedKeys: ReadonlyMap<string, Uint8Array>;
  /** A changed signing key the operator accepts: its kid, or true for whichever comes. */
  readonly acceptSigningKey: string | true | null;
}
