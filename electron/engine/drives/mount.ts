import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { VolumeReport } from "./drive-report.ts";
import type { Host } from "./file-system-support.ts";
import type { CommandResult, RunCommand } from "./run-command.ts";
import { timeouts } from "./timeouts.ts";

/**
 * Has the system mount a volume where it mounts a user's media; where that is, the next scan says. Asks nobody for a
 * password. A service that is not yet ready for the stick is asked again for as long as one mounting may take. On
 * Windows volumes mount by themselves. @throws StationError STICK_UNSAFE, STICK_IO
 */
export async function mountVolume(volume: VolumeReport, { run, host, clock, signal }: MountOptions): Promise<void> {
  if (volume.mountPoints.length > 0) return;
  if (host === "win32") throw refused("Windows has given it no drive letter. Give it one in the disk management.");
  if (!/^\/dev\/[\w./:+-]+$/.test(volume.device)) throw refused("The system gives it a name that cannot be used.");
  const untilMs = clock.monotonicMs() + timeouts.mountMs;
  for (;;) {
    const result = await askToMount(run, host, volume.device);
    if (result.exitCode === 0 || alreadyMounted.test(result.errors)) return;
    if (result.exitCode === null || !notYet.test(result.errors) || clock.monotonicMs() >= untilMs) throw whyNot(result);
    await clock.sleep(pauseMs, signal);
  }
}

export interface MountOptions {
  readonly run: RunCommand;
  readonly host: Host;
  readonly clock: Clock;
  /** Aborted when the stick is gone: another may have its name by then. */
  readonly signal: AbortSignal;
}

const pauseMs = 1_000;
/** The desktop was faster. */
const alreadyMounted = /AlreadyMounted|already mounted/i;
const notRunning = /Error connecting|Could not connect|ServiceUnknown/i;
/** What udisks says while it starts, while it has not heard of the stick, and when sixteen of them come at once. */
const notYet = new RegExp(`${notRunning.source}|Error looking up object|NoReply|Timeout was reached|timed out`, "i");

function askToMount(run: RunCommand, host: Host, device: string): Promise<CommandResult> {
  const timeoutMs = timeouts.mountMs;
  if (host === "darwin") return run("/usr/sbin/diskutil", ["mount", device], { timeoutMs });
  const options = ["--no-user-interaction", "--options", "nosuid,nodev,noexec"];
  return run("udisksctl", ["mount", "--block-device", device, ...options], { timeoutMs });
}

function whyNot({ exitCode, errors, isMissing }: CommandResult): StationError {
  if (isMissing) return refused("Nothing on this computer mounts sticks. Install udisks2, or mount the stick by hand.");
  if (exitCode === null) return failed("The system took too long to mount it. Plug it in again, or use another stick.");
  if (/NotAuthorized|not authorized/i.test(errors))
    return refused("This user may not mount sticks. Ask the administrator, or mount it by hand.");
  if (/unknown filesystem type|wrong fs type|bad superblock/i.test(errors)) {
    return refused(
      "This computer lacks what it takes to read its file system, or the file system is damaged. Use a stick with FAT32, or repair this one.",
    );
  }
  if (notRunning.test(errors))
    return refused("The service that mounts sticks (udisks2) does not run. Start it, or mount the stick by hand.");
  return failed("The system could not mount it. Plug it in again; if it stays, repair or replace the stick.");
}

function refused(message: string): StationError {
  return new StationError("STICK_UNSAFE", message, { details: { reason: "not-mounted" } });
}

function failed(message: string): StationError {
  return new StationError("STICK_IO", message, { details: { reason: "not-mounted" } });
}
