import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sites = ["press-hall", "boiler-house", "tank-farm", "gate", "paint-line", "Kälteanlage"] as const;
const kinds = ["hmi", "gateway", "vision", "plc-edge"] as const;

/**
 * Fills a folder with the requests a round through a plant brings home: text files, JSON files in a sub-folder, a
 * list, and what goes wrong in practice (an empty file, a cut-off fingerprint, damaged JSON, a stray photo).
 * @param devices how many good devices; a third in each form
 */
export function writeRehearsalStick(folder: string, devices: number): void {
  const list: string[] = ["fingerprint,device_name,serial,asset_tag"];
  mkdirSync(join(folder, "line-2"), { recursive: true });
  for (let i = 0; i < devices; i++) {
    const device = rehearsalDevice(i);
    if (i % 3 === 0) put(`${device.name}.fingerprint.txt`, `${device.fingerprint}\n${device.name}\n`);
    else if (i % 3 === 1)
      put(`line-2/${device.name}.fingerprint.json`, `${JSON.stringify(jsonRequest(device), null, 2)}\n`);
    else list.push(`${device.fingerprint},${device.name},${device.serial},${device.assetTag}`);
  }
  list.push("short,left-over-row,,");
  put("fingerprints.csv", `${list.join("\r\n")}\r\n`);
  put("unplugged-too-early.fingerprint.txt", "");
  put("half-written.fingerprint.json", '{"fingerprint": "9f2c77');
  put("IMG_0231.jpg", "a photograph of a type plate");

  function put(name: string, text: string): void {
    writeFileSync(join(folder, name), text);
  }
}

interface RehearsalDevice {
  readonly fingerprint: string;
  readonly name: string;
  readonly serial: string;
  readonly assetTag: string;
}

function rehearsalDevice(i: number): RehearsalDevice {
  const site = sites[i % sites.length] ?? "site";
  const kind = kinds[Math.floor(i / sites.length) % kinds.length] ?? "device";
  const name = `${site}-${kind}-${String(i + 1).padStart(2, "0")}`;
  const fingerprint = `fp-${createHash("sha256").update(`rehearsal device ${i}`).digest("hex").slice(0, 40)}`;
  return { fingerprint, name, serial: `SN${100_000 + i * 37}`, assetTag: `A-${2000 + i}` };
}

function jsonRequest({ fingerprint, name, serial, assetTag }: RehearsalDevice) {
  return {
    fingerprint,
    device_name: name,
    serial,
    asset_tag: assetTag,
    platform: "linux-arm64",
    fingerprint_components: { board: serial, disk: fingerprint.slice(3, 15) },
  };
}
