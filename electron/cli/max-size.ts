import type { Args } from "./args.ts";

export const maxSizeOption = { "max-size-gib": { type: "string" } } as const;

/** Bytes above which a drive is refused; null: as policy says. @throws StationError USAGE */
export function maxSizeOf(args: Args): number | null {
  const gib = args.integer("max-size-gib", 1, 16_384);
  return gib === null ? null : gib * 2 ** 30;
}
