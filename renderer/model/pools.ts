export interface PoolSeats {
  readonly pool: string;
  readonly taken: number;
  /** Null when one of its licences has no limit. */
  readonly limit: number | null;
}

/** Seats of each pool, over the licences whose seats the server has told. */
export function seatsByPool(
  licenses: readonly {
    readonly pool: string;
    readonly seatLimit: number | null;
    readonly activeSeats: number | null;
  }[],
): readonly PoolSeats[] {
  const pools = new Map<string, PoolSeats>();
  for (const { pool, seatLimit, activeSeats } of licenses) {
    if (activeSeats === null) continue;
    const known = pools.get(pool) ?? { pool, taken: 0, limit: 0 };
    const limit = known.limit === null || seatLimit === null ? null : known.limit + seatLimit;
    pools.set(pool, { pool, taken: known.taken + activeSeats, limit });
  }
  return [...pools.values()].toSorted((a, b) => a.pool.localeCompare(b.pool));
}
