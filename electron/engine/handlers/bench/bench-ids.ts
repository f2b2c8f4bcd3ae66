import { createHash } from "node:crypto";
import type { DriveReport } from "../../drives/drive-report.ts";

/** The window's name for a stick, whose key holds serial numbers. */
export function stickIdOf(key: string): string {
  return `stick-${digest(key)}`;
}

export function driveIdOf({ device, port, generation }: DriveReport): string {
  return `drive-${digest([port ?? device, generation ?? "", device].join(" "))}`;
}

/** This very drive in this very plugging. */
export function pluggedKey({ device, generation, port, serial, sizeBytes }: DriveReport): string {
  return JSON.stringify([device, generation, port, serial, sizeBytes]);
}

export function labelOfDrive(drive: DriveReport): string {
  return drive.volumes.find(({ label }) => label !== null)?.label ?? drive.model;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
