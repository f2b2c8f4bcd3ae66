import type { StickIdentity } from "#shared/domain/drive.ts";
import type { StickMark } from "../platform/os-errors.ts";

/** A stick as one run holds it: where it is, which it is, and the mark by which a pull is told from other faults. */
export interface StickPlace {
  /** Canonical absolute path. */
  readonly root: string;
  readonly identity: StickIdentity;
  readonly mark: StickMark;
}

/** As ledger entries spell it. */
export function stickEntry(identity: StickIdentity) {
  return {
    folder: identity.folder,
    volume_uuid: identity.volumeUuid,
    usb_serial: identity.usbSerial,
    size_bytes: identity.sizeBytes,
    file_system: identity.fileSystem,
  };
}

/** Back from a ledger entry. */
export function stickIdentityOf(entry: ReturnType<typeof stickEntry>): StickIdentity {
  return {
    folder: entry.folder,
    volumeUuid: entry.volume_uuid,
    usbSerial: entry.usb_serial,
    sizeBytes: entry.size_bytes,
    fileSystem: entry.file_system,
  };
}
