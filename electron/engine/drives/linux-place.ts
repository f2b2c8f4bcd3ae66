/** What Linux tells of a disk outside lsblk. */
export interface DiskFacts {
  /** Canonical path below /sys/devices, which names the port chain. */
  readonly sysPath: string | null;
  readonly usbSerial: string | null;
  /** `diskseq`: no two disks or cards have the same while the system runs. */
  readonly generation: string | null;
  /** `SD` or `MMC`, for cards in a slot of their own. */
  readonly mmcType: string | null;
}

export interface DiskPlace {
  /** Controller, port chain and, in a reader of several cards, which of them: `0000:00:14.0/4.3:0`. */
  readonly port: string;
  /** The USB device's folder in sysfs, where its serial is. */
  readonly usbFolder: string | null;
}

/**
 * Which physical port a disk hangs at, out of its canonical sysfs path. USB buses are numbered anew at each start, so
 * the controller's own address stands for the bus. Null for disks that hang at no port.
 */
export function placeOfDisk(sysPath: string | null): DiskPlace | null {
  if (sysPath === null || !sysPath.startsWith("/sys/devices/")) return null;
  const parts = sysPath.split("/");
  const usb = parts.findLastIndex((part) => usbDevice.test(part));
  const root = parts.findIndex((part) => /^usb[0-9]+$/.test(part));
  if (usb > root && root > 0) {
    const chain = usbDevice.exec(parts[usb] ?? "")?.[1] ?? "";
    const lun = /^[0-9]+:[0-9]+:[0-9]+:([0-9]+)$/.exec(parts.find((part) => scsiAddress.test(part)) ?? "")?.[1] ?? "0";
    return { port: `${parts[root - 1] ?? ""}/${chain}:${lun}`, usbFolder: parts.slice(0, usb + 1).join("/") };
  }
  const host = parts.findIndex((part) => part === "mmc_host");
  const slot = parts[host + 1];
  if (host > 0 && slot !== undefined) return { port: `${parts[host - 1] ?? ""}/${slot}`, usbFolder: null };
  return null;
}

// Bus, dash, port chain: `1-4.3`. Interfaces have a colon and don't match.
const usbDevice = /^[0-9]+-([0-9]+(?:\.[0-9]+)*)$/;
const scsiAddress = /^[0-9]+:[0-9]+:[0-9]+:[0-9]+$/;
