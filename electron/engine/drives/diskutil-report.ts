import { z } from "zod";
import { displayText } from "../platform/display-text.ts";
import { type Bus, type DriveReport, plainSerial, type UseReport, type VolumeReport } from "./drive-report.ts";
import { fileSystemNameOf } from "./file-system-support.ts";
import type { MacUsbPlace } from "./mac-usb.ts";
import { parsePlist } from "./plist.ts";

export interface DiskutilOutputs {
  /** Of `diskutil list -plist`. */
  readonly list: string;
  /** Of `diskutil info -plist ID`, by identifier (`disk4`, `disk4s1`); one that fails is left out. */
  readonly infos: ReadonlyMap<string, string>;
  /** Where USB disks are plugged in, by identifier of the whole disk. */
  readonly usb: ReadonlyMap<string, MacUsbPlace>;
}

/** Every identifier that `info` has to be asked for; null for text of any other shape. */
export function diskutilIdentifiers(list: string): readonly string[] | null {
  return parseList(list)?.flatMap((disk) => [disk, ...partsOf(disk)].map((part) => part.DeviceIdentifier)) ?? null;
}

/**
 * Every physical disk that `diskutil` tells of. An APFS container is a disk of its own there; what is in it is told
 * on the disk that stores it. Null for text of any other shape.
 */
export function parseDiskutilReport({ list, infos, usb }: DiskutilOutputs): readonly DriveReport[] | null {
  const disks = parseList(list);
  if (disks === null) return null;
  const containers = disks.filter((disk) => storesOf(disk).length > 0);
  const physical = disks.filter((disk) => !containers.includes(disk));
  return physical.map((disk) => {
    const own = new Set([disk, ...partsOf(disk)].map((part) => part.DeviceIdentifier));
    const inside = containers.filter((container) => storesOf(container).some((store) => own.has(store)));
    return reportOf(disk, inside, infos, usb.get(disk.DeviceIdentifier) ?? null);
  });
}

const identifier = z.string().regex(/^disk[0-9]{1,6}(?:s[0-9]{1,6})*$/);
const words = z.string().max(4096).optional();
const part = z.object({
  DeviceIdentifier: identifier,
  Content: words,
  Size: z.number().optional(),
  MountPoint: words,
  VolumeName: words,
  VolumeUUID: words,
  MountedSnapshots: z
    .array(z.object({ SnapshotMountPoint: words }))
    .max(1024)
    .optional(),
});
const whole = part.extend({
  Partitions: z.array(part).max(1024).optional(),
  APFSVolumes: z.array(part).max(1024).optional(),
  APFSPhysicalStores: z
    .array(z.object({ DeviceIdentifier: identifier }))
    .max(1024)
    .optional(),
});
const listing = z.object({ AllDisksAndPartitions: z.array(whole).max(1024) });
const info = z.object({
  BusProtocol: words,
  RemovableMedia: z.boolean().optional(),
  WritableMedia: z.boolean().optional(),
  WritableVolume: z.boolean().optional(),
  FilesystemType: words,
  VolumeName: words,
  VolumeUUID: words,
  MountPoint: words,
  MediaName: words,
  TotalSize: z.number().optional(),
  Size: z.number().optional(),
  VirtualOrPhysical: words,
  RAIDMaster: z.boolean().optional(),
  RAIDSlice: z.boolean().optional(),
});
type Part = z.infer<typeof part>;
type Whole = z.infer<typeof whole>;
type Info = z.infer<typeof info>;

function parseList(text: string): readonly Whole[] | null {
  const parsed = listing.safeParse(parsePlist(text));
  return parsed.success ? parsed.data.AllDisksAndPartitions : null;
}

function reportOf(
  disk: Whole,
  containers: readonly Whole[],
  infos: ReadonlyMap<string, string>,
  place: MacUsbPlace | null,
): DriveReport {
  const infoOf = ({ DeviceIdentifier }: Part) => parseInfo(infos.get(DeviceIdentifier) ?? "");
  const parts = [...partsOf(disk), ...containers.flatMap((one) => partsOf(one))];
  const about = infoOf(disk);
  const everything = [disk, ...parts];
  const volumes = (parts.length === 0 ? [disk] : parts).filter((one) => !isLayer(one));
  return {
    device: `/dev/${disk.DeviceIdentifier}`,
    bus: about?.VirtualOrPhysical === "Virtual" ? "virtual" : busOf(about?.BusProtocol),
    isRemovable: about?.RemovableMedia ?? null,
    isReadOnly: about?.WritableMedia === false,
    sizeBytes: about?.TotalSize ?? about?.Size ?? disk.Size ?? null,
    model: displayText(about?.MediaName?.trim() ?? "", 80) || disk.DeviceIdentifier,
    serial: plainSerial(place?.serial),
    port: place?.port ?? null,
    generation: null,
    presence: `/dev/${disk.DeviceIdentifier}`,
    volumes: volumes.map((one) => volumeOf(one, infoOf(one))).filter((one) => one !== null),
    mountPoints: [...new Set(everything.flatMap((one) => mountsOf(one, infoOf(one))))],
    uses: everything.flatMap((one) => usesOf(one, infoOf(one))),
  };
}

function volumeOf(one: Part, about: Info | null): VolumeReport | null {
  const fileSystem = fileSystemNameOf(about?.FilesystemType ?? contentNames[one.Content ?? ""] ?? null);
  const mountPoints = mountsOf(one, about);
  if (fileSystem === null && mountPoints.length === 0) return null;
  const label = one.VolumeName ?? about?.VolumeName ?? "";
  return {
    device: `/dev/${one.DeviceIdentifier}`,
    uuid: plainSerial(one.VolumeUUID ?? about?.VolumeUUID),
    label: label === "" ? null : displayText(label, 80),
    fileSystem,
    sizeBytes: one.Size ?? null,
    isReadOnly: about?.WritableVolume === false && mountPoints.length > 0,
    mountPoints,
  };
}

/** Firmware and recovery partitions, and those that only hold a container. */
function isLayer({ Content }: Part): boolean {
  return /^(?:EFI|Apple_APFS|Apple_APFS_ISC|Apple_APFS_Recovery|Apple_Boot|Apple_CoreStorage|Apple_partition_map)$/.test(
    Content ?? "",
  );
}

function usesOf(one: Part, about: Info | null): readonly UseReport[] {
  const isRaid = about?.RAIDMaster === true || about?.RAIDSlice === true || one.Content === "Apple_RAID";
  const isPool = isRaid || one.Content === "Apple_CoreStorage";
  return isPool ? [{ use: "pool", by: one.DeviceIdentifier }] : [];
}

function mountsOf(one: Part, about: Info | null): readonly string[] {
  const snapshots = (one.MountedSnapshots ?? []).map(({ SnapshotMountPoint }) => SnapshotMountPoint);
  const places = [one.MountPoint, about?.MountPoint, ...snapshots];
  return [...new Set(places.filter((place) => place !== undefined && place !== ""))] as string[];
}

function partsOf(disk: Whole): readonly Part[] {
  return [...(disk.Partitions ?? []), ...(disk.APFSVolumes ?? [])];
}

function storesOf(disk: Whole): readonly string[] {
  return (disk.APFSPhysicalStores ?? []).map(({ DeviceIdentifier }) => DeviceIdentifier);
}

function parseInfo(text: string): Info | null {
  const parsed = info.safeParse(parsePlist(text));
  return parsed.success ? parsed.data : null;
}

function busOf(protocol: string | undefined): Bus {
  return buses[protocol ?? ""] ?? "unknown";
}

const buses: Readonly<Partial<Record<string, Bus>>> = {
  USB: "usb",
  "Secure Digital": "sd",
  "PCI-Express": "nvme",
  "Apple Fabric": "nvme",
  SATA: "sata",
  ATA: "sata",
  SAS: "scsi",
  SCSI: "scsi",
  Thunderbolt: "scsi",
  "Disk Image": "virtual",
  "Virtual Interface": "virtual",
};

/** What partition tables call file systems, for volumes that nothing has mounted. */
const contentNames: Readonly<Partial<Record<string, string>>> = {
  DOS_FAT_32: "vfat",
  DOS_FAT_16: "vfat",
  Windows_FAT_32: "vfat",
  Windows_FAT_16: "vfat",
  Windows_NTFS: "ntfs",
  Apple_HFS: "hfsplus",
  Apple_HFSX: "hfsplus",
  Linux: "ext4",
};
