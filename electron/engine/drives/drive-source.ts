import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import type { Failure } from "#shared/domain/errors.ts";
import type { Drive, DriveLister } from "../platform/drive-lister.ts";
import type { DriveReport, Scan } from "./drive-report.ts";
import type { Host } from "./file-system-support.ts";
import { gatherLinux } from "./gather-linux.ts";
import { createMacGatherer, gatherWindows } from "./gather-others.ts";
import { type RunCommand, runCommand } from "./run-command.ts";
import { chooseVolume, defaultGuardPolicy, failureOf, type GuardPolicy, refuseVolume } from "./suitability.ts";
import type { NeededPlace } from "./uses.ts";

/** What can be asked for every drive of a system. Never rejects. */
export interface DriveSource {
  scan(): Promise<Scan>;
}

/** The system that this process runs on; null where none of the three is. */
export function hostOf(platform: NodeJS.Platform = process.platform): Host | null {
  return platform === "linux" || platform === "darwin" || platform === "win32" ? platform : null;
}

/** The real system. `home` is the station's data folder. */
export function systemDriveSource(options: {
  readonly home: string;
  readonly host: Host;
  readonly run?: RunCommand;
}): DriveSource {
  const { home, host, run = runCommand } = options;
  const gather = {
    linux: (ask: RunCommand, needed: readonly NeededPlace[]) => gatherLinux(ask, needed),
    darwin: createMacGatherer(),
    win32: gatherWindows,
  }[host];
  return { scan: async () => await gather(run, await neededPlaces(home, host)) };
}

/** What the window lists: the drives that may be worked on, and those that look like sticks and may not, with why. */
interface GuardedDriveLister extends DriveLister {
  /** As of the last `list`. */
  readonly refused: readonly RefusedDrive[];
}

interface RefusedDrive {
  /** The same while it stays plugged in. */
  readonly id: string;
  readonly label: string;
  readonly sizeBytes: number | null;
  readonly port: string | null;
  /** Never empty; the gravest first. */
  readonly reasons: readonly Failure[];
}

export function guardedDriveLister(source: DriveSource, policy: GuardPolicy): GuardedDriveLister {
  let drives: readonly Drive[] = [];
  let refused: readonly RefusedDrive[] = [];
  return {
    list: async () => {
      const scan = await source.scan();
      // Not being able to look must not look like sixteen pulled sticks.
      if (!scan.ok) return drives;
      const candidates = scan.drives.filter(isStickLike);
      drives = candidates.flatMap((drive) => driveOf(drive, policy));
      refused = candidates.flatMap((drive) => refusedOf(drive, policy));
      return drives;
    },
    get refused() {
      return refused;
    },
  };
}

/** The drives of this very system behind the guard; where the system is none of the three, folders stand in for sticks. */
export function systemDrives(home: string): GuardedDriveLister {
  const host = hostOf();
  if (host === null) return { list: async () => [], refused: [] };
  return guardedDriveLister(systemDriveSource({ home, host }), guardPolicyFor(host));
}

export function guardPolicyFor(host: Host): GuardPolicy {
  return { ...defaultGuardPolicy, host };
}

/** What could be a stick at all; the guard decides, and the rest is never even followed. A reader without a card is not there. */
export function isStickLike({ bus, sizeBytes }: DriveReport): boolean {
  return (bus === "usb" || bus === "sd" || bus === "mmc") && sizeBytes !== 0;
}

function driveOf(drive: DriveReport, policy: GuardPolicy): readonly Drive[] {
  const choice = chooseVolume(drive, policy);
  if (choice.kind !== "ready") return [];
  const { volume, root } = choice;
  return [
    {
      id: [drive.port ?? drive.device, drive.generation ?? "", volume.device, volume.uuid ?? "", root].join(" "),
      mountPoint: root,
      label: volume.label ?? drive.model,
      sizeBytes: volume.sizeBytes,
      fileSystem: volume.fileSystem,
    },
  ];
}

function refusedOf(drive: DriveReport, policy: GuardPolicy): readonly RefusedDrive[] {
  const choice = chooseVolume(drive, policy);
  if (choice.kind === "ready") return [];
  const reasons = choice.kind === "refused" ? choice.refusals : refuseVolume(choice.volume, policy);
  const { device, port, generation, sizeBytes, model } = drive;
  const id = [port ?? device, generation ?? "", device].join(" ");
  return [{ id, label: model, sizeBytes, port, reasons: reasons.map(failureOf) }];
}

async function neededPlaces(home: string, host: Host): Promise<readonly NeededPlace[]> {
  const root = host === "win32" ? (process.env["SystemRoot"] ?? "C:\\Windows") : "/";
  const places: readonly NeededPlace[] = [
    { use: "system", path: root },
    { use: "system", path: homedir() },
    { use: "app", path: dirname(process.execPath) },
    { use: "app", path: import.meta.dirname },
    { use: "data", path: home },
  ];
  return await Promise.all(
    places.map(async ({ use, path }) => ({ use, path: await realpath(path).catch(() => path) })),
  );
}
