import type { SlotMap } from "../../engine/drives/slots.ts";
import type { Bench } from "../../engine/handlers/bench/bench.ts";
import { openSlotFile } from "../../engine/handlers/bench/slot-file.ts";
import { systemBench } from "../../engine/handlers/bench/system-bench.ts";
import { forgetSlot } from "../../engine/drives/slots.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOf } from "../open-station.ts";

/** `station slots [teach N… | forget N…]`: which physical ports are which slots of the bench. */
export async function slotsCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, {}, { min: 0, max: 65 });
  const home = homeOf(args, io);
  const [verb = "show", ...rest] = args.positionals;
  const isAll = verb === "teach" && rest.length === 0;
  const numbers = isAll ? [] : slotNumbers(verb, rest);
  if (verb === "forget") {
    const file = openSlotFile(home);
    file.set(numbers.reduce(forgetSlot, file.get()));
  } else if (verb === "teach") await teach(home, numbers, io);
  show(openSlotFile(home).get(), args, io);
  return 0;
}

function slotNumbers(verb: string, rest: readonly string[]): readonly number[] {
  if (verb === "show" && rest.length === 0) return [];
  const numbers = rest.map((text) => (/^[1-9][0-9]?$/.test(text) ? Number(text) : Number.NaN));
  if ((verb !== "teach" && verb !== "forget") || numbers.length === 0 || !numbers.every((number) => number <= 64))
    throw usage("slots takes nothing, or teach or forget with slot numbers from 1 to 64.");
  return numbers;
}

/** One slot after the other, each by the next stick that is plugged in; ends when all are taught, or when interrupted. */
async function teach(home: string, numbers: readonly number[], io: Io): Promise<void> {
  if (numbers.length === 0) throw usage("slots teach takes the numbers of the slots.");
  let bench: Bench | null = null;
  let said = "";
  const ended = Promise.withResolvers<void>();
  const changed = (): void => {
    if (bench === null) return;
    const { teaching } = bench;
    if (teaching === null) {
      ended.resolve();
      return;
    }
    const problem = teaching.problem === null ? "" : ` ${problems[teaching.problem]}`;
    const line = `Plug into slot ${teaching.waitingFor} now.${problem}`;
    if (line !== said) io.stderr(line);
    said = line;
  };
  const opened = systemBench({ home, clock: systemClock, changed, notice: (notice) => io.stderr(`  ${notice}`) });
  const stop = (): void => ended.resolve();
  io.signal.addEventListener("abort", stop, { once: true });
  try {
    // What is plugged in already teaches nothing.
    await opened.look();
    bench = opened;
    opened.teach(numbers);
    changed();
    if (!io.signal.aborted) await ended.promise;
  } finally {
    await opened.close();
  }
}

const problems = {
  "no-port": "The system does not tell at which port the last stick is; use a plain USB stick.",
  "port-taken": "The last one was plugged where another slot was taught.",
} as const;

function show(map: SlotMap, args: Args, io: Io): void {
  if (args.flag("json")) io.stdout(JSON.stringify({ slots: map }));
  io.stderr(
    map.length === 0
      ? "No slot is taught yet. station slots teach 1 2 3 teaches three of them."
      : map.map(({ slot, ports }) => `slot ${slot}: ${ports.join(", ")}`).join("\n"),
  );
}
