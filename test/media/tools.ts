import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** A program's output. `folders` of the administrator are looked through too, which an ordinary user's PATH leaves out. */
export function tool(file: string, args: readonly string[], input?: Uint8Array): ToolRun {
  const run = spawnSync(file, args, {
    encoding: "utf8",
    env: { ...process.env, PATH: searched, LC_ALL: "C.UTF-8" },
    maxBuffer: 64 << 20,
    ...(input === undefined ? {} : { input }),
  });
  return { exitCode: run.status, text: `${run.stdout ?? ""}${run.stderr ?? ""}`, output: run.stdout ?? "" };
}

export interface ToolRun {
  /** Null: it could not be started or was killed. */
  readonly exitCode: number | null;
  /** Both streams. */
  readonly text: string;
  readonly output: string;
}

/** @throws Error naming the program when it does not end with 0 */
export function need(file: string, args: readonly string[], input?: Uint8Array): string {
  const { exitCode, text, output } = tool(file, args, input);
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${exitCode}: ${text.slice(-2000)}`);
  return output;
}

/** Why no guest can run on this machine, in one line; null: one can. */
export function missingForBench(): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "the USB bench needs Linux on x86-64";
  const missing = programs.filter((name) => !isInstalled(name));
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  const services = [udevd, udisksd].filter((path) => !existsSync(path));
  return services.length > 0 ? `not installed: ${services.join(", ")}` : null;
}

const udevd = "/usr/lib/systemd/systemd-udevd";
const udisksd = "/usr/libexec/udisks2/udisksd";
export const busybox = "/bin/busybox";

const searched = `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;

const programs = [
  "qemu-system-x86_64",
  "busybox",
  "cpio",
  "depmod",
  "modprobe",
  "apt-get",
  "dpkg-deb",
  "dbus-daemon",
  "lsblk",
  "mkfs.vfat",
  "mkfs.exfat",
  "mke2fs",
  "fsck.vfat",
  "fsck.exfat",
  "e2fsck",
  "debugfs",
  "mcopy",
];

function isInstalled(name: string): boolean {
  return searched.split(":").some((folder) => folder !== "" && existsSync(join(folder, name)));
}
