/** Systems that a station runs on. */
export type Host = "linux" | "darwin" | "win32";

/**
 * - `works`: mounted, written and made durable without anything to install.
 * - `with-driver`: the named driver has to be installed first.
 * - `read-only`: the system can only read it, so the station refuses it.
 * - `no`: not usable on this system.
 */
type Support = "works" | "with-driver" | "read-only" | "no";

export interface FileSystemSupport {
  readonly label: string;
  /** Largest file it holds; null: no limit that matters. */
  readonly maxFileBytes: number | null;
  readonly on: Readonly<Record<Host, Support>>;
  /** What has to be installed where `with-driver` stands. */
  readonly driver: string | null;
}

/** Which file systems of a stick work where, as the window shows it. Keys are the names that a VolumeReport uses. */
export const fileSystemSupport = {
  vfat: entry("FAT32", 0xffff_ffff, "works", "works", "works"),
  exfat: entry("exFAT", null, "works", "works", "works", "Linux 5.7 or newer, or exfat-fuse"),
  ntfs: entry("NTFS", null, "with-driver", "read-only", "works", "ntfs3 of Linux 5.15 or newer, or ntfs-3g"),
  ext4: entry("ext2, ext3, ext4", null, "works", "no", "no"),
  apfs: entry("APFS", null, "no", "works", "no"),
  hfsplus: entry("HFS+", null, "read-only", "works", "no"),
} as const satisfies Record<string, FileSystemSupport>;

export type KnownFileSystem = keyof typeof fileSystemSupport;

export function isKnownFileSystem(name: string): name is KnownFileSystem {
  return Object.hasOwn(fileSystemSupport, name);
}

/** One name for what Linux, macOS and Windows spell differently; what is unknown comes back in lower case. */
export function fileSystemNameOf(spelling: string | null): string | null {
  const lower = spelling?.trim().toLowerCase() ?? "";
  return lower === "" ? null : (spellings[lower] ?? lower);
}

const spellings: Readonly<Partial<Record<string, string>>> = {
  fat: "vfat",
  fat12: "vfat",
  fat16: "vfat",
  fat32: "vfat",
  msdos: "vfat",
  ntfs3: "ntfs",
  "ntfs-3g": "ntfs",
  ext2: "ext4",
  ext3: "ext4",
  hfs: "hfsplus",
  "hfs+": "hfsplus",
  // What LUKS and BitLocker volumes look like before they are unlocked.
  crypto_luks: "locked",
  bitlocker: "locked",
};

function entry(
  label: string,
  maxFileBytes: number | null,
  linux: Support,
  darwin: Support,
  win32: Support,
  driver: string | null = null,
): FileSystemSupport {
  return { label, maxFileBytes, on: { linux, darwin, win32 }, driver };
}
