/**
 * Which stick this is, as well as the system can tell. A folder that stands in for a stick has only its path.
 * Two identities are the same stick when every field both know is equal and at least one of volumeUuid,
 * usbSerial or folder is known to both.
 */
export interface StickIdentity {
  /** Canonical path of the folder, only where the place is not the root of a mounted volume. */
  readonly folder: string | null;
  readonly volumeUuid: string | null;
  readonly usbSerial: string | null;
  readonly sizeBytes: number | null;
  readonly fileSystem: string | null;
}

export function isSameStick(a: StickIdentity, b: StickIdentity): boolean {
  const fields = ["folder", "volumeUuid", "usbSerial", "sizeBytes", "fileSystem"] as const;
  const known = fields.filter((field) => a[field] !== null && b[field] !== null);
  return (
    known.every((field) => a[field] === b[field]) &&
    known.some((field) => field !== "sizeBytes" && field !== "fileSystem")
  );
}

/** Why the guard lets nothing be done on a drive; each has its words in every language of the window. */
export type DriveRefusal =
  | "no-medium"
  | "holds-system"
  | "holds-swap"
  | "holds-app"
  | "holds-data"
  | "part-of-pool"
  | "mounted-elsewhere"
  | "wrong-bus"
  | "not-removable"
  | "size-unknown"
  | "too-large"
  | "read-only"
  | "nothing-readable"
  | "locked"
  | "file-system"
  | "several-volumes"
  | "not-mounted";
