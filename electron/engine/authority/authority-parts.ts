import type { Failure } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { LedgerFace } from "./licence-log.ts";
import type { LicenceStore } from "./licence-store.ts";
import type { VendorKey } from "./vendor-key.ts";

/** What the station's own licence rests on. */
export interface AuthorityParts {
  readonly store: LicenceStore;
  readonly ledger: LedgerFace;
  readonly clock: Clock;
  /** Keys that are believed now. */
  readonly vendorKeys: () => readonly VendorKey[];
  /** SHA-256 of the SPKI bytes of this station's ledger keys, of which the first may be years old. */
  readonly stationKeys: () => readonly string[];
  /** STATION_LICENCE as it was at the start. */
  readonly environment: string | null;
  /** Why nothing is recorded or taken into force, only looked at: the ledger does not verify. Null when it does. */
  readonly readOnly: () => Failure | null;
}
