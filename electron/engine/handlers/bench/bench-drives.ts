import type { Drive, DriveLister } from "../../platform/drive-lister.ts";
import type { Bench } from "./bench.ts";

/** The drives that somebody may work on by hand, as the list of sticks takes them. */
export function benchDrives(bench: Pick<Bench, "mounted">): DriveLister {
  return { list: async () => bench.mounted().map(driveOf) };
}

function driveOf({ drive, volume, root, slot }: ReturnType<Bench["mounted"]>[number]): Drive {
  const { port, device, generation, model } = drive;
  return {
    id: [port ?? device, generation ?? "", volume.device, volume.uuid ?? "", root].join(" "),
    mountPoint: root,
    label: volume.label ?? model,
    sizeBytes: volume.sizeBytes,
    fileSystem: volume.fileSystem,
    slot,
  };
}
