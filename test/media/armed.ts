import type { BenchStation } from "./bench.ts";
import type { GuestProcess, GuestRun } from "./agent-channel.ts";

/** What `station arm --json-lines` last said of a stick, whether it is in a slot or refused beside them. */
export interface StickLine {
  readonly type: "slot" | "drive";
  readonly slot?: number;
  readonly state?: string;
  readonly label: string | null;
  readonly devices?: number;
  readonly message?: { readonly code: string; readonly message: string } | null;
  readonly refusal?: { readonly code: string; readonly message: string } | null;
}

/** A station in armed mode in the guest; every port becomes a slot when it is first used. */
export interface Armed {
  readonly process: GuestProcess;
  /** The first word about this stick from now on that fits. */
  until(label: string, fits: (line: StickLine) => boolean, timeoutMs?: number): Promise<StickLine>;
  /** Which library tells of plugging, or polling. */
  hotplug(): string;
  /** Disarms, and waits for what is under way. */
  end(): Promise<GuestRun & { readonly devicesDone: number; readonly owed: number }>;
}

export interface ArmOptions {
  readonly workOrder: string;
  readonly count: number;
  readonly maxSizeGib?: number;
}

export async function arm(station: BenchStation, { workOrder, count, maxSizeGib }: ArmOptions): Promise<Armed> {
  const limit = maxSizeGib === undefined ? [] : ["--max-size-gib", String(maxSizeGib)];
  const order = ["--work-order", workOrder, "--count", String(count), ...limit];
  const process = station.start(["arm", ...order, ...station.usual, "--json-lines", "--teach-all"]);
  await process.line((line) => parsed(line)?.["armed"] === true, patienceMs);
  return {
    process,
    until: (label, fits, timeoutMs = patienceMs) => {
      const line = seen(process, label, fits, timeoutMs);
      // A scenario that has failed already awaits it no more.
      line.catch(() => {});
      return line;
    },
    hotplug: () => {
      const last = process
        .lines()
        .map(parsed)
        .findLast((line) => line?.["type"] === "bench");
      return (last?.["hotplug"] as { readonly source: string } | undefined)?.source ?? "unknown";
    },
    end: async () => {
      process.signal("SIGINT");
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error("It was told to end, and has not.")), endingMs).unref();
      });
      const run = await Promise.race([process.done, late]);
      const last = process
        .lines()
        .map(parsed)
        .findLast((line) => line?.["type"] === "end");
      return { ...run, devicesDone: Number(last?.["done"]), owed: Number(last?.["owed"]) };
    },
  };
}

async function seen(
  process: GuestProcess,
  label: string,
  fits: (line: StickLine) => boolean,
  timeoutMs: number,
): Promise<StickLine> {
  let skipped = process.lines().length;
  let found: StickLine | null = null;
  await process.line((text) => {
    if (skipped-- > 0) return false;
    const line = parsed(text) as unknown as StickLine | null;
    if (line?.type !== "slot" && line?.type !== "drive") return false;
    // FAT keeps labels in capitals.
    if (line.label?.toUpperCase() !== label.toUpperCase() || !fits(line)) return false;
    found = line;
    return true;
  }, timeoutMs);
  return found ?? missing();
}

/** What a person is told about a stick that did not become green. */
export function reasonOf({ message, refusal }: StickLine): string {
  const told = message ?? refusal ?? null;
  return told === null ? "" : `${told.message} [${told.code}]`;
}

export const isGreen = ({ state }: StickLine): boolean => state === "remove";

/** Needs a person, or is refused. */
export const isStuck = (line: StickLine): boolean => line.state === "action" || line.state === "held" || !!line.refusal;

/** Of a station that has nothing under way any more. */
const endingMs = 60_000;

/** How long anything may take that a real machine does in seconds. */
const patienceMs = 600_000;

function missing(): never {
  throw new Error("a line that fitted was lost");
}

function parsed(line: string): Readonly<Record<string, unknown>> | null {
  if (!line.startsWith("{")) return null;
  return JSON.parse(line) as Readonly<Record<string, unknown>>;
}
