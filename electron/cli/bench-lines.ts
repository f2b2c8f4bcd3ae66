import type { BenchView } from "../engine/handlers/bench/bench-view.ts";
import { decisionLine } from "./decisions.ts";

/** One line of `station arm --json-lines`; every one says its `type` first. */
export type BenchLine = ReturnType<typeof benchLine | typeof slotLine | typeof driveLine | typeof driveGoneLine>;

export interface BenchLines {
  /** What is different from the last view, in a fixed order: the bench, its slots, drives in no slot. */
  next(view: BenchView): readonly BenchLine[];
}

export function createBenchLines(): BenchLines {
  const said = new Map<string, string>();
  /** Once for each change of what it says. */
  const changed = (key: string, line: BenchLine): readonly BenchLine[] => {
    const text = JSON.stringify(line);
    if (said.get(key) === text) return [];
    said.set(key, text);
    return [line];
  };
  return {
    next: (view) => {
      const present = new Set(view.elsewhere.map(({ id }) => `drive ${id}`));
      const gone = [...said.keys()].filter((key) => key.startsWith("drive ") && !present.has(key));
      for (const key of gone) said.delete(key);
      return [
        ...changed("bench", benchLine(view)),
        ...view.slots.flatMap((tile) => changed(`slot ${tile.slot}`, slotLine(tile))),
        ...gone.map((key) => driveGoneLine(key.slice("drive ".length))),
        ...view.elsewhere.flatMap((drive) => changed(`drive ${drive.id}`, driveLine(drive))),
      ];
    },
  };
}

function benchLine({ armed, order, owed, hotplug, problem, slots }: BenchView) {
  return {
    type: "bench" as const,
    armed,
    work_order: order?.workOrder ?? null,
    count: order?.count ?? null,
    done: order?.done ?? null,
    claimed: order?.claimed ?? null,
    left: order?.left ?? null,
    slots: slots.map(({ slot }) => slot),
    owed,
    hotplug,
    problem,
  };
}

function slotLine(tile: BenchView["slots"][number]) {
  const { slot, state, label, sizeBytes, fileSystem, devices, message, stick, canAccept } = tile;
  return {
    type: "slot" as const,
    slot,
    state,
    label,
    size_bytes: sizeBytes,
    file_system: fileSystem,
    devices,
    message,
    stick,
    /** What to write to the standard input of a station that was told to `--decide`; null: nothing is to be decided. */
    accept: canAccept === null || stick === null ? null : decisionLine({ slot, reason: canAccept, stick }),
  };
}

function driveLine({ id, label, sizeBytes, refusal, port }: BenchView["elsewhere"][number]) {
  return { type: "drive" as const, id, label, size_bytes: sizeBytes, has_port: port, refusal };
}

function driveGoneLine(id: string) {
  return { type: "drive-gone" as const, id };
}

/** The same for people; null: nothing that needs to be said. */
export function benchText(line: BenchLine): string | null {
  if (line.type === "slot") {
    const { slot, state, label, message } = line;
    const name = label === null ? "" : ` ${label}:`;
    return `slot ${slot}:${name} ${state.toUpperCase()}${message === null ? "" : ` - ${message.message}`}`;
  }
  if (line.type === "drive")
    return `${line.label}, in no slot${line.refusal === null ? "" : `: ${line.refusal.message}`}`;
  return null;
}
