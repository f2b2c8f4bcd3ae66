/** How much a delivery takes on a stick, before it is written. */
export interface SpaceNeed {
  readonly files: number;
  readonly bytes: number;
}

// Well above what is seen: machine files of 2 to 4 KiB, receipts of 2 KiB, 700 bytes of manifest a device.
const certificateBytes = 6 * 1024;
const receiptBytes = 4 * 1024;
const manifestBytesEach = 1024;
const fixedFiles = 8;
const fixedBytes = 64 * 1024;

/** An estimate from above for `devices` machine files not yet issued. */
export function needForDevices(devices: number): SpaceNeed {
  return needForSizes(devices, devices * certificateBytes);
}

/** For machine files that are known: `bytes` of them in all. */
export function needForSizes(devices: number, bytes: number): SpaceNeed {
  return { files: devices * 2 + fixedFiles, bytes: bytes + devices * (receiptBytes + manifestBytesEach) + fixedBytes };
}

/** Bytes to ask for on a file system of this name; each file may leave all but one byte of its last cluster unused. */
export function roomFor(need: SpaceNeed, fileSystem: string): number {
  return need.bytes + need.files * clusterBytes(fileSystem);
}

// What the usual formatters choose for sticks; Unix file systems and NTFS on a disk stay at 4 KiB.
function clusterBytes(fileSystem: string): number {
  return /fat|fuse|unknown/i.test(fileSystem) ? 32 * 1024 : 4 * 1024;
}
