import type { ErrorCode, Failure } from "#shared/domain/errors.ts";
import { displayText } from "../platform/display-text.ts";
import { isSystemFolder } from "../platform/stick-place.ts";
import type { DriveReport, DriveUse, VolumeReport } from "./drive-report.ts";
import { fileSystemSupport, type Host, isKnownFileSystem } from "./file-system-support.ts";
import { isWithin } from "./uses.ts";

export type RefusalCode =
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

export interface Refusal {
  readonly code: RefusalCode;
  /** What is wrong and what to do about it. */
  readonly message: string;
}

export interface GuardPolicy {
  readonly host: Host;
  /** Drives above this need a supervisor. */
  readonly maxSizeBytes: number;
  /** Somebody entitled has allowed larger ones; it allows nothing else. */
  readonly supervisor: boolean;
  /** The same for one drive; it allows nothing else either. */
  readonly approvesLarger?: (drive: DriveReport) => boolean;
  /** Below these, and nowhere else, a drive may be mounted. Drive letters stand for themselves. */
  readonly mediaFolders: readonly string[];
}

export const defaultGuardPolicy: Omit<GuardPolicy, "host"> = {
  maxSizeBytes: 256 * 1_000_000_000,
  supervisor: false,
  mediaFolders: ["/media", "/run/media", "/mnt", "/Volumes"],
};

/**
 * Every reason why nothing on this drive may be touched; none: its volumes may be looked at one by one. What is not
 * known for certain counts against the drive. Pure; `drive.uses` must have been filled by `markUses`.
 */
export function refuseDrive(drive: DriveReport, policy: GuardPolicy): readonly Refusal[] {
  if (drive.sizeBytes === 0) return [refusal("no-medium", "There is no card in the reader. Insert one.")];
  const refusals = new Map<RefusalCode, Refusal>();
  const refuse = (code: RefusalCode, message: string) => refusals.set(code, refusal(code, message));
  for (const { use, by } of drive.uses) refuse(...inUse(use, by));
  for (const place of drive.mountPoints) {
    if (isSystemFolder(place, policy.host)) refuse(...inUse("system", place));
    else if (!isMediaPlace(place, policy)) {
      refuse(
        "mounted-elsewhere",
        `It is in use at ${displayText(place)}, which is not where sticks are mounted. Leave it alone, or unmount it first.`,
      );
    }
  }
  if (!buses.has(drive.bus)) {
    refuse("wrong-bus", "It is not attached by USB and no memory card. Use a USB stick or an SD card.");
  }
  if (drive.isRemovable !== true) {
    refuse(
      "not-removable",
      "The system takes it for a fixed disk. Use a stick that counts as removable; external hard disks and some fast sticks do not.",
    );
  }
  if (drive.sizeBytes === null) refuse("size-unknown", "The system does not know its size. Plug it in again.");
  else if (drive.sizeBytes > policy.maxSizeBytes && !isLargerAllowed(drive, policy)) {
    refuse(
      "too-large",
      `It holds ${gigabytes(drive.sizeBytes)}, more than the ${gigabytes(policy.maxSizeBytes)} that are allowed. Use a smaller stick, or let a supervisor allow it.`,
    );
  }
  if (drive.isReadOnly) refuse("read-only", "It is write-protected. Release its lock, or use another stick.");
  return [...refusals.values()];
}

function isLargerAllowed(drive: DriveReport, { supervisor, approvesLarger }: GuardPolicy): boolean {
  return supervisor || approvesLarger?.(drive) === true;
}

/** Every reason why this volume can't be worked on now. `not-mounted` alone means that mounting it is all that is missing. */
function refuseVolume(volume: VolumeReport, policy: GuardPolicy): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (volume.isReadOnly) {
    refusals.push(refusal("read-only", "It is write-protected. Release its lock, or use another stick."));
  }
  const problem = refuseFileSystem(volume.fileSystem, policy.host);
  if (problem !== null) refusals.push(problem);
  else if (volume.mountPoints.length === 0) {
    refusals.push(refusal("not-mounted", "The system has not mounted it. Mount it, or plug it in again."));
  }
  return refusals;
}

export type Choice =
  /** A place to work at. */
  | { readonly kind: "ready"; readonly volume: VolumeReport; readonly root: string }
  /** Fit, once it is mounted. */
  | { readonly kind: "mountable"; readonly volume: VolumeReport }
  | { readonly kind: "refused"; readonly refusals: readonly Refusal[] };

/**
 * The one volume of a drive that is worked on: its only usable one, a mounted one before one that is not. Two that
 * could be meant are refused, since nobody has said which.
 */
export function chooseVolume(drive: DriveReport, policy: GuardPolicy): Choice {
  const refusals = refuseDrive(drive, policy);
  if (refusals.length > 0) return { kind: "refused", refusals };
  const judged = drive.volumes.map((volume) => ({ volume, refusals: refuseVolume(volume, policy) }));
  const ready = judged.filter((one) => one.refusals.length === 0);
  const mountable = judged.filter((one) => one.refusals.length === 1 && one.refusals[0]?.code === "not-mounted");
  const usable = ready.length > 0 ? ready : mountable;
  const [first, second] = usable;
  if (second !== undefined) {
    const message =
      "More than one volume on it could be meant. Use a stick with a single volume, or unmount the others.";
    return { kind: "refused", refusals: [refusal("several-volumes", message)] };
  }
  if (first !== undefined) {
    const root = first.volume.mountPoints[0];
    return root === undefined
      ? { kind: "mountable", volume: first.volume }
      : { kind: "ready", volume: first.volume, root };
  }
  const reasons = judged.flatMap((one) => one.refusals);
  if (reasons.length > 0) return { kind: "refused", refusals: reasons };
  const message = "No file system is recognised on it. Format it elsewhere as exFAT or FAT32; the station never does.";
  return { kind: "refused", refusals: [refusal("nothing-readable", message)] };
}

/** As every adapter answers; `details.reason` is the refusal's own code. */
export function failureOf({ code, message }: Refusal): Failure {
  return { code: errorCodes[code] ?? "STICK_UNSAFE", message, details: { reason: code } };
}

const errorCodes: Readonly<Partial<Record<RefusalCode, ErrorCode>>> = {
  "no-medium": "STICK_GONE",
  "not-mounted": "STICK_GONE",
  "read-only": "STICK_READ_ONLY",
};

const buses: ReadonlySet<DriveReport["bus"]> = new Set(["usb", "sd", "mmc"]);

function inUse(use: DriveUse, by: string): readonly [RefusalCode, string] {
  const [code, begin, end] = usesInWords[use];
  return [code, `${begin} (${displayText(by, 120)}). ${end}`];
}

const usesInWords: Readonly<Record<DriveUse, readonly [RefusalCode, string, string]>> = {
  system: ["holds-system", "This computer runs from it", "It is never written to; use another stick."],
  swap: ["holds-swap", "This computer swaps to it", "It is never written to; use another stick."],
  app: ["holds-app", "The station itself runs from it", "Use another stick."],
  data: ["holds-data", "The station's own data is on it", "Use another stick."],
  pool: ["part-of-pool", "It is part of a larger store", "Use a plain stick."],
};

function isMediaPlace(place: string, { host, mediaFolders }: GuardPolicy): boolean {
  if (host === "win32") return /^[A-Za-z]:\\$/.test(place);
  return mediaFolders.some((folder) => place !== folder && isWithin(place, folder, host));
}

function refuseFileSystem(name: string | null, host: Host): Refusal | null {
  if (name === "locked") return refusal("locked", "It is encrypted. Unlock it first, then plug it in again.");
  if (name === null) {
    const message =
      "No file system is recognised on it. Format it elsewhere as exFAT or FAT32; the station never does.";
    return refusal("nothing-readable", message);
  }
  if (!isKnownFileSystem(name)) {
    const shown = displayText(name, 40);
    return refusal("file-system", `The station does not work on ${shown} volumes. Use a stick with exFAT or FAT32.`);
  }
  const { label, on } = fileSystemSupport[name];
  if (on[host] === "no") {
    return refusal("file-system", `${label} cannot be used on this system. Use a stick with exFAT or FAT32.`);
  }
  if (on[host] === "read-only") {
    return refusal("file-system", `This system can only read ${label}. Use a stick with exFAT or FAT32.`);
  }
  return null;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

function refusal(code: RefusalCode, message: string): Refusal {
  return { code, message };
}
