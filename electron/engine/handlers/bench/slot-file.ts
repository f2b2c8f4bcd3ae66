import { join } from "node:path";
import { formatSlotMap, parseSlotMap, type SlotMap } from "../../drives/slots.ts";
import { readOwnFile, replaceOwnFile } from "../../platform/durable-file.ts";

/** The home's `slots.json` (drives/DRIVES.md). */
export interface SlotFile {
  get(): SlotMap;
  /** Durable on return. @throws StationError HOME_UNREADABLE; then the old map still stands */
  set(map: SlotMap): void;
  /** There is a file that is none of ours: nothing is taught, and it stays as it is until something is. */
  readonly isDamaged: boolean;
}

export function openSlotFile(home: string): SlotFile {
  const path = join(home, "slots.json");
  const found = readOwnFile(path, mostBytes);
  const parsed = found === null ? [] : parseSlotMap(found.bytes);
  let map = parsed ?? [];
  let isDamaged = parsed === null;
  return {
    get: () => map,
    set: (next) => {
      replaceOwnFile(path, formatSlotMap(next));
      map = next;
      isDamaged = false;
    },
    get isDamaged() {
      return isDamaged;
    },
  };
}

const mostBytes = 65_536;
