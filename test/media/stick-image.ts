import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { need } from "./tools.ts";

export type FileSystem = "vfat" | "exfat" | "ext4";

export interface StickSpec {
  readonly fileSystem: FileSystem;
  /** At most 11 ASCII letters, digits and `-`. */
  readonly label: string;
  /** By path relative to the root. */
  readonly files: Readonly<Record<string, string>>;
  readonly sizeMiB?: number;
  /** One partition from 1 MiB on, as sticks are sold; else the file system is the whole stick. */
  readonly isPartitioned?: boolean;
}

/** A stick's content, made without mounting anything. exFAT comes empty: its files are written by the guest (`fillExfat`). */
export function makeImage(folder: string, spec: StickSpec): string {
  const { fileSystem, label, files, sizeMiB = 64, isPartitioned = true } = spec;
  const image = join(folder, `${label}.img`);
  const scratch = mkdtempSync(join(folder, "make-"));
  const volume = join(scratch, "volume");
  const start = isPartitioned ? mebibyte : 0;
  allocate(volume, sizeMiB * mebibyte - start);
  const tree = join(scratch, "tree");
  writeTree(tree, files);
  if (fileSystem === "vfat") {
    need("mkfs.vfat", ["-F", "32", "-s", "1", "-n", label.toUpperCase(), volume]);
    if (Object.keys(files).length > 0)
      need("mcopy", ["-s", "-i", volume, ...topLevel(files).map((name) => join(tree, name)), "::"]);
  } else if (fileSystem === "exfat") {
    need("mkfs.exfat", ["-L", label, volume]);
  } else {
    need("mke2fs", ["-q", "-t", "ext4", "-L", label, "-E", "root_owner=0:0", "-d", tree, volume]);
  }
  if (isPartitioned) {
    need("sh", ["-c", 'dd if="$1" of="$2" bs=1M seek=1 conv=sparse status=none', "sh", volume, image]);
    const file = openSync(image, "r+");
    ftruncateSync(file, sizeMiB * mebibyte);
    writeSync(file, partitionTable(fileSystem, sizeMiB), 0, 512, 0);
    closeSync(file);
  } else copyFileSync(volume, image);
  rmSync(scratch, { recursive: true });
  return image;
}

/** The file system alone, in a file of its own. */
export function volumeOf(image: string, { isPartitioned = true }: StickSpec, target: string): void {
  const skip = isPartitioned ? "1" : "0";
  need("dd", [`if=${image}`, `of=${target}`, "bs=1M", `skip=${skip}`, "conv=sparse", "status=none"]);
}

export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const mebibyte = 1 << 20;

function topLevel(files: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set(Object.keys(files).map((name) => name.split("/")[0] ?? name))];
}

function allocate(path: string, bytes: number): void {
  const file = openSync(path, "w");
  ftruncateSync(file, bytes);
  closeSync(file);
}

/** A master boot record with one primary partition. */
function partitionTable(fileSystem: FileSystem, sizeMiB: number): Buffer {
  const sector = Buffer.alloc(512);
  const kind = { vfat: 0x0c, exfat: 0x07, ext4: 0x83 }[fileSystem];
  sector.writeUInt32LE(0x5354_4943, 440);
  sector.set([0x00, 0xfe, 0xff, 0xff, kind, 0xfe, 0xff, 0xff], 446);
  sector.writeUInt32LE(2048, 454);
  sector.writeUInt32LE((sizeMiB - 1) * 2048, 458);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
