import { diskutilIdentifiers, parseDiskutilReport } from "./diskutil-report.ts";
import type { DriveReport, Scan } from "./drive-report.ts";
import { parseMacUsb } from "./mac-usb.ts";
import { parsePowershellReport, powershellScript } from "./powershell-report.ts";
import type { RunCommand } from "./run-command.ts";
import { timeouts } from "./timeouts.ts";
import { markUses, type NeededPlace } from "./uses.ts";

const failed: Scan = { ok: false, message: "The system could not be asked for its drives. It is asked again shortly." };
const { scanMs: timeoutMs } = timeouts;

/**
 * Looks at a Mac: `diskutil list`, `diskutil info` of everything in it, and the USB tree for ports and serials. The
 * last two are asked for only when the list has changed, since every one of them is a process.
 */
export function createMacGatherer(): (run: RunCommand, needed: readonly NeededPlace[]) => Promise<Scan> {
  let last: { readonly list: string; readonly drives: readonly DriveReport[] } | null = null;
  return async (run, needed) => {
    const list = await run("/usr/sbin/diskutil", ["list", "-plist"], { timeoutMs });
    if (list.exitCode !== 0) return failed;
    if (last?.list !== list.output) {
      const drives = await describeMac(run, list.output);
      if (drives === null) return failed;
      last = { list: list.output, drives };
    }
    // Swap lies in files of the volume that the system keeps for it.
    const places: readonly NeededPlace[] = [...needed, { use: "swap", path: "/System/Volumes/VM" }];
    return { ok: true, drives: markUses(last.drives, places, "darwin") };
  };
}

async function describeMac(run: RunCommand, list: string): Promise<readonly DriveReport[] | null> {
  const identifiers = diskutilIdentifiers(list);
  if (identifiers === null) return null;
  const [usb, ...infos] = await Promise.all([
    run("/usr/sbin/system_profiler", ["SPUSBDataType", "-json"], { timeoutMs }),
    ...identifiers.map((id) => run("/usr/sbin/diskutil", ["info", "-plist", id], { timeoutMs })),
  ]);
  const known = identifiers.flatMap((id, index) => {
    const info = infos[index];
    return info?.exitCode === 0 ? [[id, info.output] as const] : [];
  });
  return parseDiskutilReport({ list, infos: new Map(known), usb: parseMacUsb(usb.output) });
}

/** One look at Windows: the storage cmdlets, through one script. */
export async function gatherWindows(run: RunCommand, needed: readonly NeededPlace[]): Promise<Scan> {
  const args = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", powershellScript];
  const { exitCode, output } = await run("powershell.exe", args, { timeoutMs });
  const drives = exitCode === 0 ? parsePowershellReport(output) : null;
  return drives === null ? failed : { ok: true, drives: markUses(drives, needed, "win32") };
}
