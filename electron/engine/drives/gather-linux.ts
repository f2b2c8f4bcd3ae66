import { readdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Scan } from "./drive-report.ts";
import { type DiskFacts, placeOfDisk } from "./linux-place.ts";
import { lsblkColumns, parseLsblkReport } from "./lsblk-report.ts";
import type { RunCommand } from "./run-command.ts";
import { timeouts } from "./timeouts.ts";
import { markUses, type NeededPlace } from "./uses.ts";

export interface LinuxPlaces {
  readonly blockFolder: string;
  readonly swaps: string;
}

const realPlaces: LinuxPlaces = { blockFolder: "/sys/class/block", swaps: "/proc/swaps" };

/** One look at a Linux system: lsblk, sysfs beside it, and what the machine needs. */
export async function gatherLinux(
  run: RunCommand,
  needed: readonly NeededPlace[],
  places: LinuxPlaces = realPlaces,
): Promise<Scan> {
  for (const columns of lsblkColumns) {
    const args = ["--json", "--bytes", "--paths", "--all", "--output", columns];
    const { exitCode, output, isMissing } = await run("lsblk", args, { timeoutMs: timeouts.scanMs });
    if (isMissing)
      return { ok: false, message: "lsblk is not installed, so sticks cannot be found. Install util-linux." };
    // 64: some devices went away while it looked, which is what happens at a pull; what it printed is whole.
    if (exitCode !== 0 && exitCode !== 64) continue;
    // After lsblk: a stick that came before it looked is in sysfs, and one that is in sysfs no more has been pulled.
    const facts = await readFacts(places.blockFolder);
    const told = parseLsblkReport(output, facts ?? new Map());
    if (told === null) break;
    const drives = facts === null ? told : told.filter(({ presence }) => presence !== null);
    const swapFiles = parseSwaps(await readFile(places.swaps, "utf8").catch(() => ""));
    return { ok: true, drives: markUses(drives, [...needed, ...swapFiles], "linux") };
  }
  return { ok: false, message: "The system could not be asked for its drives. It is asked again shortly." };
}

/** Swap files; swap partitions lsblk tells itself. Blanks in a path are written as octal escapes (proc_swaps(5)). */
export function parseSwaps(text: string): readonly NeededPlace[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line): readonly NeededPlace[] => {
      const path = /^(\/\S*)/.exec(line)?.[1];
      if (path === undefined || path.startsWith("/dev/")) return [];
      const plain = path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 8)),
      );
      return [{ use: "swap", path: plain }];
    });
}

/** Null where the system shows no such folder. */
async function readFacts(folder: string): Promise<ReadonlyMap<string, DiskFacts> | null> {
  const names = await orNull(readdir(folder));
  if (names === null) return null;
  // Partitions and mapped devices have no port of their own and are told by their disk.
  const disks = names.filter((name) => !/^(?:loop|ram|dm-|md)/.test(name));
  const facts = await Promise.all(disks.map(async (name) => [name, await factsOf(join(folder, name))] as const));
  return new Map(facts);
}

async function factsOf(link: string): Promise<DiskFacts> {
  const sysPath = await orNull(realpath(link));
  const text = async (path: string | null) =>
    path === null ? null : ((await orNull(readFile(path, "utf8")))?.trim() ?? null);
  const usbFolder = placeOfDisk(sysPath)?.usbFolder ?? null;
  const usbSerial = await text(usbFolder === null ? null : join(usbFolder, "serial"));
  const generation =
    (await text(join(link, "diskseq"))) ?? (await text(usbFolder === null ? null : join(usbFolder, "devnum")));
  const mmcType = /\/mmc_host\//.test(sysPath ?? "") ? await text(join(link, "device", "type")) : null;
  // A disk that goes while it is read would look like another one that has come.
  const isStillThere = (await orNull(realpath(link))) === sysPath;
  return { sysPath: isStillThere ? sysPath : null, usbSerial, generation, mmcType };
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  return await promise.catch(() => null);
}
