import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { z } from "zod";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { stickView } from "#shared/ipc/stick-contract.ts";
import { displayText } from "../platform/display-text.ts";
import type { Drive } from "../platform/drive-lister.ts";
import type { BatchRun } from "./batch-run.ts";

export type StickView = z.infer<typeof stickView>;

/** What one look at a stick has found. */
export interface StickSummary {
  readonly requests: number;
  readonly alreadyProvisioned: number;
  readonly refused: number;
  readonly conflicts: number;
  readonly freeBytes: number | null;
  readonly sizeBytes: number | null;
  readonly fileSystem: string | null;
  /** Batch that was begun on this very stick and is owed to it. */
  readonly unfinished: string | null;
}

/** A place that requests come from. The window knows it by its id alone. */
export interface Stick {
  readonly id: string;
  readonly kind: "drive" | "folder";
  readonly path: string;
  readonly label: string;
  slot: number | null;
  drive: Drive | null;
  summary: StickSummary | null;
  reading: boolean;
  problem: Failure | null;
  run: BatchRun | null;
}

export interface Sticks {
  list(): readonly Stick[];
  /** @throws StationError STICK_GONE */
  byId(id: string): Stick;
  addFolder(path: string): Stick;
  /** @throws StationError STICK_BUSY while a batch works on it, USAGE for a drive */
  removeFolder(id: string): void;
  /** Takes what is plugged in now: what is new comes, what is missing goes. Returns what is new. */
  setDrives(drives: readonly Drive[]): readonly Stick[];
  /** Looks at the stick anew, and what an earlier batch left to say is gone; what goes wrong is kept as its problem. */
  read(stick: Stick): Promise<void>;
  /** Only the figures, after a batch: what it has to say stays. */
  refresh(stick: Stick): Promise<void>;
}

/** The places of one workspace. `look` reads one; `changed` is called after everything the window could show. */
export function createSticks(options: {
  readonly look: (path: string) => Promise<StickSummary>;
  readonly slots: () => number;
  readonly changed: () => void;
}): Sticks {
  const { look, slots, changed } = options;
  let sticks: readonly Stick[] = [];

  const add = (kind: Stick["kind"], path: string, identity: string, label: string, drive: Drive | null): Stick => {
    const id = `stick-${createHash("sha256").update(`${kind} ${identity}`).digest("hex").slice(0, 24)}`;
    const known = sticks.find((one) => one.id === id);
    if (known !== undefined) return known;
    const added: Stick = {
      id,
      kind,
      path,
      label,
      slot: drive?.slot ?? freeSlot(sticks, slots()),
      drive,
      summary: null,
      reading: false,
      problem: null,
      run: null,
    };
    sticks = [...sticks, added];
    changed();
    return added;
  };
  const remove = (gone: (stick: Stick) => boolean) => {
    const left = sticks.filter((one) => !gone(one));
    if (left.length === sticks.length) return;
    sticks = left;
    changed();
  };

  return {
    list: () => sticks,
    byId: (id) => {
      const stick = sticks.find((one) => one.id === id);
      if (stick === undefined)
        throw new StationError("STICK_GONE", "That stick is not there any more. Plug it in again.");
      return stick;
    },
    addFolder: (path) => add("folder", path, path, displayText(basename(path) || path, 80), null),
    removeFolder: (id) => {
      const stick = sticks.find((one) => one.id === id);
      if (stick === undefined) return;
      if (stick.kind !== "folder") throw new StationError("USAGE", "A drive leaves the list when it is unplugged.");
      if (isWorking(stick)) throw new StationError("STICK_BUSY", "A batch works on this folder. Stop it first.");
      remove((one) => one === stick);
    },
    setDrives: (drives) => {
      const present = new Map(drives.map((drive) => [drive.id, drive]));
      // A drive that a batch works on stays until the batch has seen for itself that it is gone.
      remove((one) => one.drive !== null && !present.has(one.drive.id) && !isWorking(one));
      const before = new Set(sticks);
      return drives
        .map((drive) => add("drive", drive.mountPoint, drive.id, drive.label, drive))
        .filter((one) => !before.has(one));
    },
    read: async (stick) => {
      if (stick.reading || isWorking(stick)) return;
      stick.reading = true;
      stick.run = null;
      stick.problem = null;
      changed();
      try {
        stick.summary = await look(stick.path);
      } catch (error) {
        stick.summary = null;
        stick.problem = toFailure(error);
      } finally {
        stick.reading = false;
        changed();
      }
    },
    refresh: async (stick) => {
      const summary = await look(stick.path).catch(() => null);
      if (summary === null) return;
      stick.summary = summary;
      changed();
    },
  };
}

export function isWorking({ run }: Pick<Stick, "run">): boolean {
  return run !== null && !run.isOver;
}

export function stickViewOf(stick: Stick): StickView {
  const { summary, run } = stick;
  const problem = stick.problem ?? null;
  return {
    id: stick.id,
    label: stick.label,
    kind: stick.kind,
    slot: stick.slot,
    sizeBytes: summary?.sizeBytes ?? stick.drive?.sizeBytes ?? null,
    freeBytes: summary?.freeBytes ?? null,
    fileSystem: summary?.fileSystem ?? stick.drive?.fileSystem ?? null,
    state: stateOf(stick),
    progress: isWorking(stick) ? (run?.progress ?? null) : null,
    requests: summary?.requests ?? 0,
    alreadyProvisioned: summary?.alreadyProvisioned ?? 0,
    refused: summary?.refused ?? 0,
    conflicts: summary?.conflicts ?? 0,
    batch: run?.state?.id ?? summary?.unfinished ?? null,
    unfinished: !isWorking(stick) && (summary?.unfinished ?? null) !== null,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
  };
}

function stateOf({ run, problem, reading, summary }: Stick): StickView["state"] {
  if (run !== null && !run.isOver) {
    if (run.phase === "paused") return "held";
    if (run.step === "activating") return "activating";
    return run.step === "writing" ? "writing" : "verifying";
  }
  if (problem !== null) return problem.code === "CANCELLED" ? "held" : "action";
  if (run !== null && run.phase === "finished") return "remove";
  if (reading || summary === null) return "reading";
  if (summary.unfinished !== null) return "held";
  if (summary.requests > 0) return "ready";
  return summary.refused > 0 ? "action" : "empty";
}

function freeSlot(sticks: readonly Stick[], slots: number): number | null {
  const taken = new Set(sticks.map(({ slot }) => slot));
  for (let slot = 1; slot <= slots; slot++) if (!taken.has(slot)) return slot;
  return null;
}
