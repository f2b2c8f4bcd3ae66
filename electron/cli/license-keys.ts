import type { Args } from "./args.ts";
import { readSmallFile } from "./open-station.ts";

/** `--license` as often as given, then the lines of `--license-file`. @throws StationError USAGE */
export function licenseKeysFrom(args: Args): readonly string[] {
  const file = args.text("license-file");
  const pooled =
    file === null
      ? []
      : readSmallFile(file)
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== "" && !line.startsWith("#"));
  return [...args.texts("license"), ...pooled];
}
