import type { DriveReport, DriveUse, UseReport } from "./drive-report.ts";
import type { Host } from "./file-system-support.ts";

/** A path that the machine or the station can't do without. Canonical, absolute. */
export interface NeededPlace {
  readonly use: DriveUse;
  readonly path: string;
}

/**
 * Says on every drive which of these places lie on it: each belongs to the drive with the nearest mount point above
 * it. Done for drives of every kind, since a system may well have been started from a stick. Pure.
 */
export function markUses(
  drives: readonly DriveReport[],
  needed: readonly NeededPlace[],
  host: Host,
): readonly DriveReport[] {
  const mounts = drives.flatMap((drive) => drive.mountPoints.map((mountPoint) => ({ drive, mountPoint })));
  const found = new Map<DriveReport, UseReport[]>();
  for (const { use, path } of needed) {
    const above = mounts.filter(({ mountPoint }) => isWithin(path, mountPoint, host));
    const nearest = Math.max(...above.map(({ mountPoint }) => normal(mountPoint, host).length));
    // Two drives at one place: whichever is seen there, neither is touched.
    for (const { drive, mountPoint } of above) {
      if (normal(mountPoint, host).length !== nearest) continue;
      found.set(drive, [...(found.get(drive) ?? []), { use, by: path }]);
    }
  }
  return drives.map((drive) => ({ ...drive, uses: [...drive.uses, ...(found.get(drive) ?? [])] }));
}

/** Whether `path` is `folder` or lies below it, as that system compares names. */
export function isWithin(path: string, folder: string, host: Host): boolean {
  return normal(path, host).startsWith(normal(folder, host));
}

/** With a separator at the end, so that `/media/a` does not hold `/media/ab`. macOS and Windows take case for nothing. */
function normal(path: string, host: Host): string {
  const separator = host === "win32" ? "\\" : "/";
  const plain = host === "win32" ? path.replaceAll("/", "\\") : path;
  const ended = plain.endsWith(separator) ? plain : plain + separator;
  return host === "linux" ? ended : ended.toLowerCase();
}
