interface ThroughputPoint {
  /** Start of the minute, RFC 3339. */
  readonly at: string;
  readonly issued: number;
  readonly failed: number;
}

export interface Throughput {
  record(kind: "issued" | "failed", now: Date): void;
  /** Every minute from the first to the last, quiet ones included, so that a gap is seen as one. */
  points(): ThroughputPoint[];
}

/** A day; older minutes are dropped. */
const mostMinutes = 24 * 60;
const minuteMs = 60_000;

/** What this session has done, minute by minute. */
export function createThroughput(): Throughput {
  const minutes = new Map<number, { issued: number; failed: number }>();
  return {
    record: (kind, now) => {
      const minute = Math.floor(now.getTime() / minuteMs);
      const point = minutes.get(minute) ?? { issued: 0, failed: 0 };
      point[kind] += 1;
      minutes.set(minute, point);
      for (const old of minutes.keys()) if (old <= minute - mostMinutes) minutes.delete(old);
    },
    points: () => {
      const known = [...minutes.keys()];
      const last = Math.max(...known);
      const points: ThroughputPoint[] = [];
      for (let minute = Math.min(...known); minute <= last; minute++) {
        const at = new Date(minute * minuteMs).toISOString().replace(".000Z", "Z");
        points.push({ at, ...(minutes.get(minute) ?? { issued: 0, failed: 0 }) });
      }
      return points;
    },
  };
}
