import { createHash } from "node:crypto";
import type { DriveReport } from "../../drives/drive-report.ts";

/** The window's name for a stick, whose key holds serial numbers. */
export function stickIdOf(key: string): string {
  return `stick-${digest(key)}`;
}

export function driveIdOf({ device, port, generation }: DriveReport): string {
  return `drive-${digest([port ?? device, generation ?? "", device].join(" "))}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 24);
}
