import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that stands in for a stick, with so many good requests and one that is refused. */
export function folderStick(devices: number): { readonly path: string; readonly remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), "station-stick-"));
  const path = join(parent, "LINE-A");
  mkdirSync(path);
  fillStick(path, devices);
  return { path, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

export function fillStick(path: string, devices: number): void {
  for (let index = 0; index < devices; index += 1) {
    const number = String(index).padStart(4, "0");
    writeFileSync(join(path, `press-${number}.fingerprint.txt`), `fp-${number}-0123456789abcdef\npress-${number}\n`);
  }
  writeFileSync(join(path, "broken.fingerprint.txt"), "short\n");
}
