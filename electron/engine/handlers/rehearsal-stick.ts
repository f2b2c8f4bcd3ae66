import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hex } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";

export interface RehearsalFile {
  readonly path: string;
  readonly content: string;
}

/**
 * Request files as devices of several makes would export them, all three forms of FORMATS section 1, for exactly
 * `devices` devices; with more than a handful, one file that has to be refused is among them. Pure but for `random`.
 */
export function rehearsalFiles(devices: number, random: Random, now: Date): readonly RehearsalFile[] {
  const all = Array.from({ length: devices }, (_, i) => deviceOf(i, random));
  const listed = all.slice(0, Math.floor(devices / 2));
  const single = all.slice(listed.length);
  const files = single.map((device, i) => (i % 2 === 0 ? textFile(device) : jsonFile(device, now)));
  if (listed.length > 0) files.push({ path: "line-b/fingerprints.csv", content: listOf(listed) });
  if (devices >= 8) files.push({ path: "line-a/unfinished-export.fingerprint.txt", content: "" });
  return files;
}

/** Puts them into a new folder. */
export function writeRehearsalStick(folder: string, files: readonly RehearsalFile[]): void {
  for (const { path, content } of files) {
    const whole = join(folder, path);
    mkdirSync(join(whole, ".."), { recursive: true });
    writeFileSync(whole, content, { flag: "wx" });
  }
}

interface Device {
  readonly name: string;
  readonly serial: string;
  readonly fingerprint: string;
}

const sites = ["Pump house", "Press line", "Packing", "Boiler room", "Gate 4", "Laboratory"];

function deviceOf(i: number, random: Random): Device {
  const site = sites[i % sites.length] ?? "Site";
  const number = Math.floor(i / sites.length) + 1;
  return {
    name: `${site} controller ${number}`,
    serial: `SN-${hex(random.bytes(4)).toUpperCase()}`,
    fingerprint: `fp-${hex(random.bytes(16))}`,
  };
}

function textFile({ name, serial, fingerprint }: Device): RehearsalFile {
  return { path: `line-a/${serial}.fingerprint.txt`, content: `${fingerprint}\n${name}\n` };
}

function jsonFile({ name, serial, fingerprint }: Device, now: Date): RehearsalFile {
  const request = { fingerprint, device_name: name, serial, platform: "linux-arm64", requested_at: now.toISOString() };
  return { path: `line-a/${serial}.fingerprint.json`, content: `${JSON.stringify(request, null, 2)}\n` };
}

function listOf(devices: readonly Device[]): string {
  const lines = devices.map(({ fingerprint, name, serial }) => `${fingerprint},"${name}",${serial}`);
  return `${["fingerprint,device_name,serial", ...lines].join("\r\n")}\r\n`;
}
