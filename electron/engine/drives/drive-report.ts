/** How a drive is attached. `mmc` is a card in a slot of its own; `virtual` covers loop, zram, RAM and disk images. */
export type Bus = "usb" | "sd" | "mmc" | "nvme" | "sata" | "scsi" | "network" | "virtual" | "unknown";

/** What the station's machine needs of a disk; a disk in any of these uses is never a stick. */
export type DriveUse = "system" | "swap" | "app" | "data" | "pool";

/** One whole disk, card or stick as the operating system tells of it, in the same words for every system. */
export interface DriveReport {
  /** What the system's own commands take: `/dev/sdb`, `/dev/disk4`, `\\.\PHYSICALDRIVE3`. Free again after a pull. */
  readonly device: string;
  readonly bus: Bus;
  /** Whether the medium counts as removable by the system's own word; null: it does not say. */
  readonly isRemovable: boolean | null;
  readonly isReadOnly: boolean;
  /** 0: a reader without a card. */
  readonly sizeBytes: number | null;
  /** Fit to be shown. */
  readonly model: string;
  /** The USB device's own serial number, where one is known and clean. Sticks of one make may share it. */
  readonly serial: string | null;
  /** The physical port, the same at every plugging: controller, port chain, and place in a reader of several cards. */
  readonly port: string | null;
  /** Another at every plugging or change of card, on systems that count them. */
  readonly generation: string | null;
  /** Where the system shows the device for as long as it is plugged in. */
  readonly presence: string | null;
  readonly volumes: readonly VolumeReport[];
  /** Every place that anything on this drive is mounted at, through whatever layers. */
  readonly mountPoints: readonly string[];
  readonly uses: readonly UseReport[];
}

export interface UseReport {
  readonly use: DriveUse;
  /** The path or layer by which it is known. */
  readonly by: string;
}

/** Something on a drive that holds a file system, or might. */
export interface VolumeReport {
  readonly device: string;
  /** As the system spells it for its file system: `5A3C-1F00` for FAT, a long one elsewhere. */
  readonly uuid: string | null;
  /** Fit to be shown. */
  readonly label: string | null;
  /** One of our names (file-system-support.ts), or the system's own in lower case; null: none recognised. */
  readonly fileSystem: string | null;
  readonly sizeBytes: number | null;
  readonly isReadOnly: boolean;
  readonly mountPoints: readonly string[];
}

/** What one look at the system gave. Not to be able to look is not the same as to see nothing. */
export type Scan =
  | { readonly ok: true; readonly drives: readonly DriveReport[] }
  | { readonly ok: false; readonly message: string };

/** A serial or an id is the stick's own words: taken only when short, clean and not the factory's filler. */
export function plainSerial(text: string | null | undefined): string | null {
  const value = text?.trim() ?? "";
  return /^[\u0021-\u007e][\u0020-\u007e]{0,126}$/.test(value) && !/^0+$/.test(value) ? value : null;
}
