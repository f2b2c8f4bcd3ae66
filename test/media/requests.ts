import type { StickSpec } from "./stick-image.ts";

/** As many request files as devices, and what else lies on a stick. */
export function stickFiles(name: string, devices: number): StickSpec["files"] {
  const requests = Array.from({ length: devices }, (_, index): readonly [string, string] => [
    `line-${index % 3}/${name}-${index}.fingerprint.txt`,
    `${fingerprintOf(name, index)}\nPress ${name} ${index}\n`,
  ]);
  return {
    ...Object.fromEntries(requests),
    "Fotos/halle 3.txt": `not ours, on ${name}\n`.repeat(400),
    "README.txt": "Property of the plant.\n",
  };
}

export function fingerprintsOf(name: string, devices: number): readonly string[] {
  return Array.from({ length: devices }, (_, index) => fingerprintOf(name, index));
}

function fingerprintOf(name: string, index: number): string {
  return `fp-${name}-${String(index).padStart(4, "0")}`;
}
