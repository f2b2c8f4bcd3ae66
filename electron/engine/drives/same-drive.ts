import type { StickIdentity } from "#shared/domain/drive.ts";
import type { DriveReport, VolumeReport } from "./drive-report.ts";

/**
 * Whether the drive seen now is the one seen before and was never unplugged in between, as well as the system can
 * tell. Without a generation this says only that nothing has visibly changed.
 */
export function isSamePlugging(before: DriveReport, now: DriveReport): boolean {
  const fields = ["device", "bus", "serial", "port", "generation", "presence", "sizeBytes"] as const;
  return fields.every((field) => before[field] === now[field]);
}

/** Which stick a volume is, in the words that the ledger uses; the file system is left to who mounts it. */
export function identityOfVolume(drive: DriveReport, volume: VolumeReport): StickIdentity {
  return {
    folder: null,
    volumeUuid: volume.uuid,
    usbSerial: drive.serial,
    sizeBytes: volume.sizeBytes,
    fileSystem: null,
  };
}

/**
 * One text for one stick, by which a returning stick is known again; null when the system tells neither a volume's id
 * nor a serial, for then any stick could be this one.
 */
export function stickKey({ volumeUuid, usbSerial, sizeBytes }: StickIdentity): string | null {
  return volumeUuid === null && usbSerial === null ? null : JSON.stringify([volumeUuid, usbSerial, sizeBytes]);
}

/** What of the identity that work began with is different now; null: nothing. Asked again before anything is written. */
export function whatChanged(
  before: { readonly drive: DriveReport; readonly volume: VolumeReport },
  now: readonly DriveReport[],
): string | null {
  const drive = now.find(({ device }) => device === before.drive.device);
  if (drive === undefined) return "it is not plugged in any more";
  const volume = drive.volumes.find(({ device }) => device === before.volume.device);
  if (volume === undefined) return "its volume is not there any more";
  if (drive.generation !== before.drive.generation) return "it was unplugged in between";
  if (drive.serial !== before.drive.serial) return "its serial number is another";
  if (drive.port !== before.drive.port) return "it is at another port";
  if (drive.sizeBytes !== before.drive.sizeBytes) return "its size is another";
  if (volume.uuid !== before.volume.uuid) return "its volume is another";
  if (volume.mountPoints[0] !== before.volume.mountPoints[0]) return "it is mounted at another place";
  return null;
}
