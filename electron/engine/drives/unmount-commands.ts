import { displayText } from "../platform/display-text.ts";
import type { DriveReport } from "./drive-report.ts";
import type { Host } from "./file-system-support.ts";
import type { Holder } from "./holders.ts";
import type { RunCommand } from "./run-command.ts";
import { timeouts } from "./timeouts.ts";

export interface LetGo {
  /** Trying again at once would not help. */
  readonly isFinal: boolean;
  /** As far as the system itself names them. */
  readonly holders: readonly Holder[];
}

const { unmountMs, powerOffMs } = timeouts;

/** Asks the system to unmount everything of this drive; whether it did, a scan must say. Never forces and never detaches lazily. */
export async function letGo(run: RunCommand, host: Host, drive: DriveReport): Promise<LetGo> {
  if (host === "darwin") return await letGoMac(run, drive);
  if (host === "win32") return await letGoWindows(run, drive);
  return await letGoLinux(run, drive);
}

/** Switches the device off. False: not possible here; it is unmounted and may be pulled all the same. */
export async function powerOff(run: RunCommand, host: Host, drive: DriveReport): Promise<boolean> {
  // Windows has done both in one.
  if (host === "win32") return false;
  if (!isDevice(drive.device)) return false;
  const [file, args] =
    host === "darwin"
      ? (["/usr/sbin/diskutil", ["eject", drive.device]] as const)
      : (["udisksctl", ["power-off", "--block-device", drive.device, "--no-user-interaction"]] as const);
  return (await run(file, args, { timeoutMs: powerOffMs })).exitCode === 0;
}

/** udisks first, since it also clears up after what it has mounted; plain umount where it does not run or did not mount it. */
async function letGoLinux(run: RunCommand, drive: DriveReport): Promise<LetGo> {
  let isFinal = false;
  for (const { device, mountPoints } of drive.volumes) {
    if (mountPoints.length === 0 || !isDevice(device)) continue;
    const asked = await run("udisksctl", ["unmount", "--block-device", device, "--no-user-interaction"], {
      timeoutMs: unmountMs,
    });
    if (asked.exitCode === 0 && mountPoints.length === 1) continue;
    if (/busy/i.test(asked.errors)) isFinal = true;
    // Another try would hang as long.
    if (asked.exitCode === null && !asked.isMissing) return { isFinal: true, holders: [] };
    for (const place of [...mountPoints].reverse()) {
      const plain = await run("umount", ["--", place], { timeoutMs: unmountMs });
      if (plain.exitCode === null || /busy/i.test(plain.errors)) isFinal = true;
    }
  }
  return { isFinal, holders: [] };
}

async function letGoMac(run: RunCommand, drive: DriveReport): Promise<LetGo> {
  const { exitCode, output, errors } = await run("/usr/sbin/diskutil", ["unmountDisk", drive.device], {
    timeoutMs: unmountMs,
  });
  const holders = [...`${output}\n${errors}`.matchAll(/dissented by PID ([0-9]{1,9}) \(([^)\n]{1,500})\)/g)].map(
    ([, pid = "", path = ""]): Holder => ({ pid: Number(pid), name: displayText(path.split("/").at(-1) ?? path, 60) }),
  );
  return { isFinal: exitCode === null || holders.length > 0, holders };
}

/** The shell's own eject, which flushes, dismounts and lets go; it works on while we look. */
async function letGoWindows(run: RunCommand, drive: DriveReport): Promise<LetGo> {
  for (const place of drive.mountPoints) {
    const letter = /^([A-Za-z]):\\$/.exec(place)?.[1];
    if (letter === undefined) continue;
    const script = `(New-Object -ComObject Shell.Application).Namespace(17).ParseName('${letter}:').InvokeVerb('Eject');Start-Sleep -Milliseconds 1500`;
    await run("powershell.exe", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script], {
      timeoutMs: unmountMs,
    });
  }
  return { isFinal: false, holders: [] };
}

function isDevice(device: string): boolean {
  return /^\/dev\/[\w./:+-]+$/.test(device);
}
