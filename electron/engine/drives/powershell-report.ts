import { z } from "zod";
import { parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";
import { displayText } from "../platform/display-text.ts";
import { type Bus, type DriveReport, plainSerial, type UseReport, type VolumeReport } from "./drive-report.ts";
import { fileSystemNameOf } from "./file-system-support.ts";
import { isWithin } from "./uses.ts";

/**
 * Every disk in what {@link powershellScript} prints: the members of Windows's Get-Disk, Get-Partition and Get-Volume
 * (MSFT_Disk, MSFT_Partition, MSFT_Volume), the page files, and where each disk is plugged in. Null for text of any
 * other shape.
 */
export function parsePowershellReport(text: string): readonly DriveReport[] | null {
  let value: unknown;
  try {
    value = parseStrictJson(text.replace(/^\ufeff/, ""), { maxValues: 100_000 });
  } catch (error) {
    if (error instanceof StrictJsonError) return null;
    throw error;
  }
  const parsed = output.safeParse(value);
  return parsed.success ? parsed.data.disks.map((disk) => reportOf(disk, parsed.data)) : null;
}

/** Run by `powershell -NoProfile -NonInteractive -Command`; takes nothing from outside. */
export const powershellScript = [
  "$ErrorActionPreference='Stop'",
  "[Console]::OutputEncoding=New-Object System.Text.UTF8Encoding $false",
  "$disks=@(Get-Disk|Select-Object Number,FriendlyName,SerialNumber,Size,@{n='BusType';e={[string]$_.BusType}},IsSystem,IsBoot,IsReadOnly,Path)",
  "$partitions=@(Get-Partition -ErrorAction SilentlyContinue|Select-Object DiskNumber,PartitionNumber,Size,IsSystem,IsBoot,AccessPaths)",
  "$volumes=@(Get-Volume|Select-Object Path,FileSystemLabel,@{n='FileSystemType';e={[string]$_.FileSystemType}},@{n='DriveType';e={[string]$_.DriveType}},Size)",
  "$serials=@(Get-CimInstance Win32_Volume|Select-Object DeviceID,SerialNumber)",
  "$pageFiles=@(Get-CimInstance Win32_PageFileUsage|ForEach-Object{$_.Name})",
  "$drives=@(Get-CimInstance Win32_DiskDrive|Select-Object Index,MediaType,PNPDeviceID)",
  "$places=@($drives|ForEach-Object{$d=$_;$p=(Get-PnpDeviceProperty -InstanceId $d.PNPDeviceID -KeyName DEVPKEY_Device_Parent -ErrorAction SilentlyContinue).Data;" +
    "$l=if($p){(Get-PnpDeviceProperty -InstanceId $p -KeyName DEVPKEY_Device_LocationPaths -ErrorAction SilentlyContinue).Data};" +
    "[pscustomobject]@{Index=$d.Index;MediaType=$d.MediaType;Instance=$d.PNPDeviceID;Parent=$p;Location=[string](@($l)[0])}})",
  "ConvertTo-Json -Compress -Depth 4 -InputObject ([pscustomobject]@{disks=$disks;partitions=$partitions;volumes=$volumes;serials=$serials;pageFiles=$pageFiles;places=$places})",
].join(";");

const words = z.string().max(4096).nullish();
const count = z.number().nullish();
const flag = z.boolean().nullish();
const many = <T extends z.ZodType>(schema: T) => z.array(schema).max(4096);
const diskSchema = z.object({
  Number: z.int().min(0),
  FriendlyName: words,
  SerialNumber: words,
  Size: count,
  BusType: words,
  IsSystem: flag,
  IsBoot: flag,
  IsReadOnly: flag,
});
const partitionSchema = z.object({
  DiskNumber: z.int().min(0),
  PartitionNumber: z.int().min(0),
  Size: count,
  IsSystem: flag,
  IsBoot: flag,
  AccessPaths: many(z.string().max(4096)).nullish(),
});
const output = z.object({
  disks: many(diskSchema),
  partitions: many(partitionSchema),
  volumes: many(
    z.object({ Path: words, FileSystemLabel: words, FileSystemType: words, DriveType: words, Size: count }),
  ),
  serials: many(z.object({ DeviceID: words, SerialNumber: count })),
  pageFiles: many(z.string().max(4096)),
  places: many(z.object({ Index: z.int().min(0), MediaType: words, Instance: words, Parent: words, Location: words })),
});
type Output = z.infer<typeof output>;
type Disk = z.infer<typeof diskSchema>;
type Partition = z.infer<typeof partitionSchema>;

function reportOf(disk: Disk, all: Output): DriveReport {
  const partitions = all.partitions.filter(({ DiskNumber }) => DiskNumber === disk.Number);
  const place = all.places.find(({ Index }) => Index === disk.Number);
  const volumes = partitions.map((partition) => volumeOf(partition, all)).filter((one) => one !== null);
  const mountPoints = partitions.flatMap(mountsOf);
  return {
    device: `\\\\.\\PHYSICALDRIVE${disk.Number}`,
    bus: buses[disk.BusType?.toLowerCase() ?? ""] ?? "unknown",
    // The disk's own words first; a volume that Windows calls removable says the same.
    isRemovable:
      place?.MediaType === null || place?.MediaType === undefined ? null : /removable/i.test(place.MediaType),
    isReadOnly: disk.IsReadOnly === true,
    sizeBytes: disk.Size ?? 0,
    model: displayText(disk.FriendlyName?.trim() ?? "", 80) || `Disk ${disk.Number}`,
    serial: usbSerial(place?.Parent) ?? plainSerial(disk.SerialNumber),
    port:
      place?.Location === null || place?.Location === undefined || place.Location === ""
        ? null
        : portOf(place.Location, place.Instance),
    generation: null,
    presence: null,
    volumes,
    mountPoints,
    uses: [...systemUses(disk, partitions), ...pageFileUses(mountPoints, all.pageFiles), ...poolUses(disk)],
  };
}

function volumeOf(partition: Partition, all: Output): VolumeReport | null {
  const guidPath = partition.AccessPaths?.find((path) => path.startsWith("\\\\?\\Volume{"));
  const volume = all.volumes.find(({ Path }) => Path === guidPath);
  if (guidPath === undefined || volume === undefined) return null;
  const label = volume.FileSystemLabel ?? "";
  const spelling = volume.FileSystemType ?? null;
  return {
    device: guidPath,
    uuid: serialText(all.serials.find(({ DeviceID }) => DeviceID === guidPath)?.SerialNumber ?? null),
    label: label === "" ? null : displayText(label, 80),
    fileSystem: spelling === "Unknown" ? null : fileSystemNameOf(spelling),
    sizeBytes: partition.Size ?? volume.Size ?? null,
    isReadOnly: false,
    mountPoints: mountsOf(partition),
  };
}

/** Drive letters and folders; the volume's own name is one of the access paths and no place to work at. */
function mountsOf({ AccessPaths }: Partition): readonly string[] {
  return (AccessPaths ?? []).filter((path) => /^[A-Za-z]:\\/.test(path));
}

function systemUses(disk: Disk, partitions: readonly Partition[]): readonly UseReport[] {
  const isSystem = [disk, ...partitions].some((one) => one.IsSystem === true || one.IsBoot === true);
  return isSystem ? [{ use: "system", by: `disk ${disk.Number}` }] : [];
}

function pageFileUses(mountPoints: readonly string[], pageFiles: readonly string[]): readonly UseReport[] {
  const found = pageFiles.filter((file) => mountPoints.some((mountPoint) => isWithin(file, mountPoint, "win32")));
  return found.map((by): UseReport => ({ use: "swap", by }));
}

function poolUses({ BusType, Number: number }: Disk): readonly UseReport[] {
  return /^(?:raid|storage spaces|spaces)$/i.test(BusType ?? "") ? [{ use: "pool", by: `disk ${number}` }] : [];
}

/** FAT's serial in the spelling of every other system: `5A3C-1F00`. */
function serialText(serial: number | null): string | null {
  if (serial === null || serial <= 0 || serial > 0xffff_ffff) return null;
  const hex = serial.toString(16).toUpperCase().padStart(8, "0");
  return `${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** `USB\VID_0781&PID_5567\4C530001`: an instance with `&` in it was made up by Windows for want of a serial. */
function usbSerial(parent: string | null | undefined): string | null {
  const instance = /^USB\\VID_[^\\]*\\([^\\]+)$/i.exec(parent ?? "")?.[1];
  return instance === undefined || instance.includes("&") ? null : plainSerial(instance);
}

/** Readers of several cards end their instance in the place of the card. */
function portOf(location: string, instance: string | null | undefined): string {
  return `${displayText(location, 200)}:${/&([0-9]+)$/.exec(instance ?? "")?.[1] ?? "0"}`;
}

const buses: Readonly<Partial<Record<string, Bus>>> = {
  usb: "usb",
  "7": "usb",
  sd: "sd",
  "12": "sd",
  mmc: "mmc",
  "13": "mmc",
  nvme: "nvme",
  "17": "nvme",
  sata: "sata",
  "11": "sata",
  ata: "sata",
  "3": "sata",
  scsi: "scsi",
  "1": "scsi",
  sas: "scsi",
  "10": "scsi",
  iscsi: "network",
  "9": "network",
  "fibre channel": "network",
  "6": "network",
  virtual: "virtual",
  "14": "virtual",
  "file backed virtual": "virtual",
  "15": "virtual",
};
