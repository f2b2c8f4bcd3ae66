import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import type { DriveReport, Scan } from "./drive-report.ts";
import type { Host } from "./file-system-support.ts";
import { gatherLinux } from "./gather-linux.ts";
import { createMacGatherer, gatherWindows } from "./gather-others.ts";
import { type RunCommand, runCommand } from "./run-command.ts";
import { defaultGuardPolicy, type GuardPolicy } from "./suitability.ts";
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

export function guardPolicyFor(host: Host): GuardPolicy {
  return { ...defaultGuardPolicy, host };
}

/** What could be a stick at all; the guard decides, and the rest is never even followed. A reader without a card is not there. */
export function isStickLike({ bus, sizeBytes }: DriveReport): boolean {
  return (bus === "usb" || bus === "sd" || bus === "mmc") && sizeBytes !== 0;
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
