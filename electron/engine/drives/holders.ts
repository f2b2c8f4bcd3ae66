import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { displayText } from "../platform/display-text.ts";
import { isWithin } from "./uses.ts";

/** A process that keeps a stick from being let go. */
export interface Holder {
  readonly pid: number;
  /** Fit to be shown. */
  readonly name: string;
}

/**
 * Which processes hold something below these places: an open file, a working folder, a program or a library that
 * runs from there. Linux only, and without the rights of an administrator only this user's processes are seen.
 */
export async function findHolders(places: readonly string[], proc = "/proc"): Promise<readonly Holder[]> {
  const holders: Holder[] = [];
  for (const entry of await orEmpty(readdir(proc))) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const folder = join(proc, entry);
    if (!(await holdsAny(folder, places))) continue;
    const name = (await readFile(join(folder, "comm"), "utf8").catch(() => "")).trim();
    holders.push({ pid: Number(entry), name: displayText(name === "" ? "a process" : name, 60) });
    if (holders.length === mostHolders) break;
  }
  return holders;
}

/** For people: `bash (4711) and vlc (4712)`. */
export function holderNames(holders: readonly Holder[]): string {
  return holders.map(({ name, pid }) => `${name} (${pid})`).join(" and ");
}

const mostHolders = 5;

async function holdsAny(folder: string, places: readonly string[]): Promise<boolean> {
  const isHeld = (path: string | null) => path !== null && places.some((place) => isWithin(path, place, "linux"));
  for (const name of ["cwd", "root", "exe"]) if (isHeld(await linkOf(join(folder, name)))) return true;
  for (const name of await orEmpty(readdir(join(folder, "fd"))))
    if (isHeld(await linkOf(join(folder, "fd", name)))) return true;
  const maps = await readFile(join(folder, "maps"), "utf8").catch(() => "");
  return maps.split("\n").some((line) => isHeld(/ (\/.*)$/.exec(line)?.[1] ?? null));
}

function linkOf(path: string): Promise<string | null> {
  return readlink(path).catch(() => null);
}

function orEmpty(promise: Promise<readonly string[]>): Promise<readonly string[]> {
  return promise.catch(() => []);
}
