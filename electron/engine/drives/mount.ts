import { StationError } from "#shared/domain/errors.ts";
import type { VolumeReport } from "./drive-report.ts";
import type { Host } from "./file-system-support.ts";
import type { CommandResult, RunCommand } from "./run-command.ts";
import { timeouts } from "./timeouts.ts";

/**
 * Has the system mount a volume where it mounts a user's media; where that is, the next scan says. Asks nobody for a
 * password. On Windows volumes mount by themselves. @throws StationError STICK_UNSAFE, STICK_IO
 */
export async function mountVolume(run: RunCommand, host: Host, volume: VolumeReport): Promise<void> {
  if (volume.mountPoints.length > 0) return;
  if (host === "win32") throw refused("Windows has given it no drive letter. Give it one in the disk management.");
  if (!/^\/dev\/[\w./:+-]+$/.test(volume.device)) throw refused("The system gives it a name that cannot be used.");
  const timeoutMs = timeouts.mountMs;
  const result =
    host === "darwin"
      ? await run("/usr/sbin/diskutil", ["mount", volume.device], { timeoutMs })
      : await run(
          "udisksctl",
          ["mount", "--block-device", volume.device, "--no-user-interaction", "--options", "nosuid,nodev,noexec"],
          { timeoutMs },
        );
  if (result.exitCode === 0) return;
  throw whyNot(result);
}

function whyNot({ exitCode, errors, isMissing }: CommandResult): StationError {
  if (isMissing) return refused("Nothing on this computer mounts sticks. Install udisks2, or mount the stick by hand.");
  if (exitCode === null) return failed("The system took too long to mount it. Plug it in again, or use another stick.");
  if (/AlreadyMounted|already mounted/i.test(errors)) return failed("The system has just mounted it. Try again.");
  if (/NotAuthorized|not authorized/i.test(errors))
    return refused("This user may not mount sticks. Ask the administrator, or mount it by hand.");
  if (/unknown filesystem type|wrong fs type|bad superblock/i.test(errors)) {
    return refused(
      "This computer lacks what it takes to read its file system, or the file system is damaged. Use a stick with FAT32, or repair this one.",
    );
  }
  if (/Error connecting|Could not connect|ServiceUnknown/i.test(errors))
    return refused("The service that mounts sticks (udisks2) does not run. Start it, or mount the stick by hand.");
  return failed("The system could not mount it. Plug it in again; if it stays, repair or replace the stick.");
}

function refused(message: string): StationError {
  return new StationError("STICK_UNSAFE", message, { details: { reason: "not-mounted" } });
}

function failed(message: string): StationError {
  return new StationError("STICK_IO", message, { details: { reason: "not-mounted" } });
}
