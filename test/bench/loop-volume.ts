import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";

export interface LoopVolume {
  readonly folder: string;
  remove(): void;
}

/** A small exFAT volume in an image file, as a stick would have it; null where this machine does not allow one. */
export function exfatVolume(base: string): LoopVolume | null {
  const image = join(base, "stick.img");
  const folder = join(base, "exfat");
  const file = openSync(image, "w");
  ftruncateSync(file, 256 << 20);
  closeSync(file);
  mkdirSync(folder);
  const device = output("losetup", ["--find", "--show", image])?.trim();
  if (device === undefined) return null;
  const detach = () => output("losetup", ["--detach", device]);
  if (output("mkfs.exfat", [device]) === undefined || output("mount.exfat-fuse", [device, folder]) === undefined) {
    detach();
    return null;
  }
  return {
    folder,
    remove: () => {
      output("umount", [folder]);
      detach();
    },
  };
}

function output(command: string, args: readonly string[]): string | undefined {
  const run = spawnSync(command, args, { encoding: "utf8" });
  return run.status === 0 ? run.stdout : undefined;
}
