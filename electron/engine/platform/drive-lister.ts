import { execFile } from "node:child_process";
import { parseLsblk } from "./lsblk.ts";

/** A mounted volume on removable media, fit to be offered as a stick. */
export interface Drive {
  /** The same while it stays plugged in and mounted. */
  readonly id: string;
  readonly mountPoint: string;
  readonly label: string;
  readonly sizeBytes: number | null;
  readonly fileSystem: string | null;
}

/** What is plugged in now. A system that cannot be asked has nothing to offer. */
export interface DriveLister {
  list(): Promise<readonly Drive[]>;
}

export function systemDriveLister(platform: NodeJS.Platform = process.platform): DriveLister {
  return platform === "linux" ? lsblkLister : noDrives;
}

const columns = "PATH,TYPE,RM,HOTPLUG,RO,TRAN,SIZE,FSTYPE,LABEL,UUID,MODEL,MOUNTPOINTS";

const lsblkLister: DriveLister = {
  list: () =>
    new Promise((resolve) => {
      const options = { timeout: 5000, maxBuffer: 1024 * 1024, encoding: "utf8" } as const;
      execFile("lsblk", ["--json", "--bytes", "--output", columns], options, (error, output) => {
        resolve(error === null ? parseLsblk(output) : []);
      });
    }),
};

/** Elsewhere folders stand in for sticks. */
const noDrives: DriveLister = { list: async () => [] };
