import { hex } from "#shared/formats/encoding.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";

/** `20261122T004853Z-3f9a1c0b`: sorts by start, safe as a folder name on FAT, NTFS and ext. */
export function newBatchId(clock: Clock, random: Random): string {
  const stamp = clock
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, "");
  return `${stamp}-${hex(random.bytes(4))}`;
}
