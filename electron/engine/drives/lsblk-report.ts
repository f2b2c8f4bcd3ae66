import { z } from "zod";
import { parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";
import { displayText } from "../platform/display-text.ts";
import { type Bus, type DriveReport, plainSerial, type UseReport, type VolumeReport } from "./drive-report.ts";
import { fileSystemNameOf } from "./file-system-support.ts";
import { type DiskFacts, type DiskPlace, placeOfDisk } from "./linux-place.ts";

/** What is asked of lsblk; every column is in util-linux 2.27 and later but MOUNTPOINTS (2.37). */
export const lsblkColumns = [
  "NAME,KNAME,PATH,TYPE,RM,HOTPLUG,RO,TRAN,SIZE,FSTYPE,LABEL,UUID,MODEL,VENDOR,SERIAL,PARTTYPE,MOUNTPOINT,MOUNTPOINTS",
  "NAME,KNAME,TYPE,RM,HOTPLUG,RO,TRAN,SIZE,FSTYPE,LABEL,UUID,MODEL,VENDOR,SERIAL,PARTTYPE,MOUNTPOINT",
] as const;

/**
 * Every disk in `lsblk --json --bytes --paths` (any columns, `--output-all` too), with what sysfs says beside it, by
 * kernel name. Null for text of any other shape. Old versions write numbers and booleans as texts; both are taken.
 */
export function parseLsblkReport(text: string, facts: ReadonlyMap<string, DiskFacts>): readonly DriveReport[] | null {
  let value: unknown;
  try {
    value = parseStrictJson(text, { maxDepth: 40, maxValues: 200_000 });
  } catch (error) {
    if (error instanceof StrictJsonError) return null;
    throw error;
  }
  const parsed = output.safeParse(value);
  if (!parsed.success) return null;
  const disks = parsed.data.blockdevices.filter(({ type }) => type !== "rom");
  return disks.map((disk) => reportOf(disk, facts.get(kernelName(disk)) ?? null));
}

const path = z.string().max(4096);
const words = z.string().max(4096).nullish();
const flag = z.union([z.boolean(), z.enum(["0", "1"]).transform((text) => text === "1")]);
const bytes = z.union([
  z.number(),
  z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .transform(Number),
]);
const node = z.object({
  name: path,
  kname: path.nullish(),
  type: z.string().max(64),
  rm: flag,
  hotplug: flag,
  ro: flag,
  tran: words,
  size: bytes.nullish(),
  fstype: words,
  label: words,
  uuid: words,
  model: words,
  vendor: words,
  serial: words,
  parttype: words,
  mountpoint: path.nullish(),
  mountpoints: z.array(path.nullable()).max(4096).nullish(),
  get children() {
    return z.array(node).max(4096).nullish();
  },
});
const output = z.object({ blockdevices: z.array(node).max(4096) });
type Node = z.infer<typeof node>;

function reportOf(disk: Node, facts: DiskFacts | null): DriveReport {
  const parts = [disk, ...below(disk)];
  const place = placeOfDisk(facts?.sysPath ?? null);
  const bus = busOf(disk, place);
  const mountPoints = parts.flatMap(mountsOf).filter((where) => where !== swap);
  return {
    device: devicePath(disk),
    bus,
    isRemovable: isRemovable(disk, bus, facts),
    isReadOnly: disk.ro,
    sizeBytes: disk.size ?? null,
    model: displayText(`${disk.vendor?.trim() ?? ""} ${disk.model?.trim() ?? ""}`.trim(), 80) || devicePath(disk),
    serial: plainSerial(facts?.usbSerial ?? disk.serial),
    port: place?.port ?? null,
    generation: facts?.generation ?? null,
    presence: facts?.sysPath ?? null,
    volumes: parts.filter((part) => isVolume(part)).map(volumeOf),
    mountPoints: [...new Set(mountPoints)],
    uses: parts.flatMap(usesOf),
  };
}

/** The kernel calls no card removable, so its kind decides: an SD card can be taken out, soldered eMMC can't. */
function isRemovable(disk: Node, bus: Bus, facts: DiskFacts | null): boolean | null {
  if (bus !== "mmc") return disk.rm;
  return facts?.mmcType === undefined || facts.mmcType === null ? null : facts.mmcType === "SD";
}

function busOf(disk: Node, place: DiskPlace | null): Bus {
  const name = kernelName(disk);
  if (/^(?:loop|zram|ram|md|dm-)/.test(name) || disk.type !== "disk") return "virtual";
  if (/^(?:nbd|rbd|drbd)/.test(name)) return "network";
  if (name.startsWith("mmcblk")) return "mmc";
  // Without udev lsblk may not know; sysfs does.
  return buses[disk.tran ?? ""] ?? (place?.usbFolder === undefined || place.usbFolder === null ? "unknown" : "usb");
}

const buses: Readonly<Partial<Record<string, Bus>>> = {
  usb: "usb",
  mmc: "mmc",
  nvme: "nvme",
  sata: "sata",
  ata: "sata",
  sas: "scsi",
  spi: "scsi",
  fc: "network",
  fcoe: "network",
  iscsi: "network",
};

/** Leaves of the tree and whatever is mounted: a partition that LVM or LUKS lies in is a layer, not a volume. */
function isVolume(part: Node): boolean {
  if (mountsOf(part).length > 0) return mountsOf(part).some((where) => where !== swap);
  const isLeaf = (part.children ?? []).length === 0 && (part.fstype ?? null) !== null;
  return isLeaf && !isPool(part) && !firmwareTypes.has(part.parttype?.toLowerCase() ?? "");
}

// EFI system partitions, which formatters add unasked.
const firmwareTypes: ReadonlySet<string> = new Set(["c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef"]);

function volumeOf(part: Node): VolumeReport {
  return {
    device: devicePath(part),
    uuid: plainSerial(part.uuid),
    label: part.label === null || part.label === undefined ? null : displayText(part.label, 80),
    fileSystem: fileSystemNameOf(part.fstype ?? null),
    sizeBytes: part.size ?? null,
    isReadOnly: part.ro,
    mountPoints: mountsOf(part).filter((where) => where !== swap),
  };
}

function usesOf(part: Node): readonly UseReport[] {
  const uses: UseReport[] = [];
  if (mountsOf(part).includes(swap)) uses.push({ use: "swap", by: devicePath(part) });
  if (isPool(part))
    uses.push({ use: "pool", by: `${devicePath(part)} (${displayText(part.fstype ?? part.type, 40)})` });
  return uses;
}

/** Members of a volume group, a RAID or a storage pool: what else lies on it can't be seen from this disk alone. */
function isPool({ fstype, type }: Node): boolean {
  return /_member$|^(?:bcache|drbd|ceph_bluestore)$/i.test(fstype ?? "") || /^(?:lvm|mpath|raid.*)$/.test(type);
}

function below({ children }: Node): readonly Node[] {
  const direct = children ?? [];
  return direct.concat(direct.flatMap((child) => below(child)));
}

const swap = "[SWAP]";

function mountsOf({ mountpoints, mountpoint }: Node): readonly string[] {
  return (mountpoints ?? [mountpoint ?? null]).filter((place) => place !== null);
}

function devicePath({ name }: Node): string {
  return name.startsWith("/") ? name : `/dev/${name}`;
}

function kernelName({ kname, name }: Node): string {
  return (kname ?? name).replace(/^\/dev\//, "");
}
