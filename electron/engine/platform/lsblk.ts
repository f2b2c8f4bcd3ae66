import { z } from "zod";
import { parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";
import { displayText } from "./display-text.ts";
import type { Drive } from "./drive-lister.ts";
import { isSystemFolder } from "./stick-place.ts";

/**
 * The volumes that may be offered as sticks, out of what `lsblk --json --bytes` says: on USB or an SD card, removable
 * or hot-pluggable, writable, mounted, and on a disk of which no part is in use by the system. Pure; [] for text of
 * any other shape.
 */
export function parseLsblk(text: string): readonly Drive[] {
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    if (error instanceof StrictJsonError) return [];
    throw error;
  }
  const parsed = output.safeParse(value);
  return parsed.success ? parsed.data.blockdevices.flatMap(drivesOn) : [];
}

const node = z.object({
  path: z.string().max(4096),
  type: z.string(),
  rm: z.boolean(),
  hotplug: z.boolean(),
  ro: z.boolean(),
  tran: z.string().nullable(),
  size: z.number().nullable(),
  fstype: z.string().nullable(),
  label: z.string().nullable(),
  uuid: z.string().nullable(),
  model: z.string().nullable(),
  mountpoints: z.array(z.string().nullable()),
  get children() {
    return z.array(node).optional();
  },
});
const output = z.object({ blockdevices: z.array(node) });
type Node = z.infer<typeof node>;

function drivesOn(disk: Node): readonly Drive[] {
  const isStick = disk.tran === "usb" || (disk.path.startsWith("/dev/mmcblk") && disk.rm);
  if (disk.type !== "disk" || !isStick || !(disk.rm || disk.hotplug)) return [];
  const parts = [disk, ...below(disk)];
  // A system may well have been started from USB.
  if (parts.some((part) => mountsOf(part).some((place) => place === "[SWAP]" || isSystemFolder(place)))) return [];
  return [disk, ...(disk.children ?? [])].flatMap((volume): readonly Drive[] => {
    const [mountPoint] = mountsOf(volume);
    if (mountPoint === undefined || volume.ro || volume.fstype === null) return [];
    return [
      {
        id: `${volume.path} ${volume.uuid ?? ""} ${mountPoint}`,
        mountPoint,
        label: displayText(volume.label ?? disk.model?.trim() ?? volume.path, 80),
        sizeBytes: volume.size,
        fileSystem: volume.fstype,
      },
    ];
  });
}

function below({ children = [] }: Node): readonly Node[] {
  return children.flatMap((child) => [child, ...below(child)]);
}

function mountsOf({ mountpoints }: Node): readonly string[] {
  return mountpoints.filter((place) => place !== null);
}
