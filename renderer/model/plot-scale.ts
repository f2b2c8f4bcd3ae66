/** A round number at or above the largest value, so that an axis ends where a person would end it. */
export function niceCeiling(largest: number): number {
  if (largest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((each) => each * power >= largest) ?? 10;
  return Math.max(1, step * power);
}

/** Joins neighbours until at most `most` points are left, adding their values: bars stay wide enough to see. */
export function joinPoints<Point>(
  points: readonly Point[],
  most: number,
  join: (a: Point, b: Point) => Point,
): readonly Point[] {
  const size = Math.max(1, Math.ceil(points.length / most));
  const joined: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    joined.push(points.slice(start, start + size).reduce(join));
  }
  return joined;
}
