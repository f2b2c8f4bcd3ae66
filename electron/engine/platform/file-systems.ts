/** Names for what statfs(2) reports on Linux; other systems report numbers that mean something else. */
export function fileSystemName(magic: number, platform: NodeJS.Platform = process.platform): string {
  return platform === "linux" ? (names.get(magic >>> 0) ?? "unknown") : "unknown";
}

/**
 * Whether a read that bypasses the page cache (O_DIRECT) says anything about the medium. RAM disks have none; a
 * FUSE daemon reads its block device through the cache whatever it is told; layered and remote ones can't know.
 */
export function directReadsReachMedium(fileSystem: string): boolean {
  return direct.has(fileSystem);
}

const names: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext"],
  [0x4d44, "vfat"],
  [0x2011bab0, "exfat"],
  [0x7366746e, "ntfs"],
  [0x5346544e, "ntfs"],
  [0x65735546, "fuseblk"],
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
  [0x9123683e, "btrfs"],
  [0x58465342, "xfs"],
  [0xf2f52010, "f2fs"],
  [0x42535041, "apfs"],
  [0x482b, "hfs"],
  [0x4244, "hfs"],
  [0x9660, "iso9660"],
  [0x15013346, "udf"],
  [0x794c7630, "overlay"],
  [0x6969, "nfs"],
  [0xff534d42, "cifs"],
  [0xfe534d42, "cifs"],
  [0x01021997, "9p"],
]);

const direct: ReadonlySet<string> = new Set(["ext", "vfat", "exfat", "ntfs", "btrfs", "xfs", "f2fs"]);
