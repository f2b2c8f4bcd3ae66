import type { StickIdentity } from "#shared/domain/drive.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { OpenStick } from "../platform/open-stick.ts";
import type { DriveReport, VolumeReport } from "./drive-report.ts";
import { identityOfVolume } from "./same-drive.ts";
import { openStickWorker } from "./stick-worker.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface MountedDrive {
  readonly drive: DriveReport;
  readonly volume: VolumeReport;
  readonly root: string;
}

/** A drive's files, in a process of their own that also finds out which stick it is. @throws StationError STICK_* */
export async function openDriveFiles(
  { drive, volume, root }: MountedDrive,
  { clock, spawn }: { readonly clock: Clock; readonly spawn?: () => WorkerProcess },
): Promise<OpenStick> {
  const worker = await openStickWorker({ root, mark: null, clock, ...(spawn === undefined ? {} : { spawn }) });
  const { found } = worker;
  if (found === null) throw new StationError("INTERNAL", "The stick's process has not said which stick it is.");
  return {
    found: { ...found, identity: bestIdentity(found.identity, identityOfVolume(drive, volume)) },
    files: worker.files,
    get failure() {
      return worker.failure;
    },
    close: () => worker.close(),
  };
}

/** Where the place itself says no more than its path, the system's list of drives knows better. */
function bestIdentity(ofPlace: StickIdentity, ofDrive: StickIdentity): StickIdentity {
  if (ofPlace.folder === null || (ofDrive.volumeUuid === null && ofDrive.usbSerial === null)) return ofPlace;
  return { ...ofDrive, fileSystem: ofPlace.fileSystem };
}
