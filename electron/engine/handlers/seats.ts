import type { LicenseRecord } from "../settings/license-store.ts";

export interface PoolSeats {
  readonly pool: string;
  /** Null: a licence of the pool has no limit, or was never asked about. */
  readonly seatLimit: number | null;
  readonly activeSeats: number;
}

/** Seats by pool, as far as the server has told; a pool of which nothing is known is left out. */
export function seatsOfPools(licenses: readonly LicenseRecord[]): PoolSeats[] {
  const pools = new Map<string, PoolSeats>();
  for (const { pool, seatLimit, activeSeats, checkedAt } of licenses) {
    if (checkedAt === null) continue;
    const known = pools.get(pool);
    pools.set(pool, {
      pool,
      seatLimit:
        known === undefined
          ? seatLimit
          : known.seatLimit === null || seatLimit === null
            ? null
            : known.seatLimit + seatLimit,
      activeSeats: (known?.activeSeats ?? 0) + (activeSeats ?? 0),
    });
  }
  return [...pools.values()];
}

/** What is left in the pool that is worked with; null where that is not known or without limit. */
export function seatsLeft(licenses: readonly LicenseRecord[], product: string, pool: string): number | null {
  const [seats] = seatsOfPools(licenses.filter((one) => one.product === product && one.pool === pool));
  return seats === undefined || seats.seatLimit === null ? null : Math.max(0, seats.seatLimit - seats.activeSeats);
}
