import { toFailure } from "#shared/domain/errors.ts";
import type { Bench } from "../../engine/handlers/bench/bench.ts";
import type { BenchJob } from "../../engine/handlers/bench/bench-work.ts";
import { createBenchRecord } from "../../engine/handlers/bench/bench-record.ts";
import { quotaLeft } from "../../engine/handlers/bench/quota-left.ts";
import type { HeldStick } from "../../engine/handlers/bench/slot-choices.ts";
import { openStickOf, systemBench, type SystemBenchOptions } from "../../engine/handlers/bench/system-bench.ts";
import { guardPolicyFor, hostOf } from "../../engine/drives/drive-source.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { nodeFiles } from "../../engine/platform/node-files.ts";
import type { OpenStickAt } from "../../engine/platform/open-stick.ts";
import type { Station } from "../../engine/station.ts";
import { apiAccess, apiOptions } from "../api-access.ts";
import { type Args, readArgs } from "../args.ts";
import { type BenchFollower, followBench } from "../bench-follower.ts";
import { linesOf, parseDecision } from "../decisions.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { maxSizeOf, maxSizeOption } from "../max-size.ts";
import { homeOf, homeOptions, withStation } from "../open-station.ts";
import { signIn } from "../sign-in.ts";
import { jobFrom, jobOptions } from "./provision.ts";

const options = {
  ...homeOptions,
  ...apiOptions,
  ...jobOptions,
  ...maxSizeOption,
  count: { type: "string" },
  renewals: { type: "boolean" },
  "teach-all": { type: "boolean" },
  "json-lines": { type: "boolean" },
  decide: { type: "boolean" },
} as const;

/** The machine's drives, and how files on them are opened; tests bring others. */
export interface ArmParts {
  readonly openBench: (options: SystemBenchOptions) => Bench;
  readonly openStick: (at: Pick<Bench, "driveAt">) => OpenStickAt;
}

const ofThisMachine: ArmParts = {
  openBench: systemBench,
  openStick: (at) => openStickOf(at, { files: nodeFiles, clock: systemClock }),
};

/** `station arm`: works on every stick plugged into a slot, without a window, until it is interrupted. */
export async function armCommand(argv: readonly string[], io: Io, parts = ofThisMachine): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const job = { ...jobFrom(args), workOrder: args.need("work-order"), onConflict: "refuse" as const };
  const count = args.integer("count", 1, 1_000_000);
  if (count === null) args.need("count");
  const arming = { workOrder: job.workOrder, count: count ?? 0, renewals: args.flag("renewals") };
  const api = apiAccess(args, io);
  const clock = io.clock ?? systemClock;
  const decides = args.flag("decide");
  const follower = followBench({ isJson: args.flag("json-lines"), decides }, io, clock);
  let bench: Bench | null = null;
  const driveAt: Bench["driveAt"] = (root) => bench?.driveAt(root) ?? null;
  return await withStation(
    args,
    io,
    async (station) => {
      await signIn(station.operators, args, io, "bench.arm");
      const larger = maxSizeOf(args);
      if (larger !== null && larger > guardPolicyFor(hostOf() ?? "linux").maxSizeBytes) {
        station.allowLargeDrive({ drive: "every drive up to this size", size_bytes: larger, usb_serial: null });
      }
      const opened = parts.openBench(benchOptions(args, io, () => follower.tell(bench)));
      try {
        // What is there before it is armed is refused until it is replugged, so it must be seen first.
        await opened.look();
        opened.arm({ ...arming, quota: quotaLeft(station.licence()) }, { ...jobOn(station, io), job, api });
        bench = opened;
        io.stderr(`Armed for ${arming.count} devices of ${job.product} under ${arming.workOrder}. Ctrl+C disarms.`);
        follower.tell(opened);
        if (decides && io.stdin !== undefined) {
          await takeDecisions(linesOf(io.stdin(), io.signal), opened, station, follower).catch((error) =>
            io.stderr(`No more decisions are taken: ${toFailure(error).message}`),
          );
        }
        await interrupted(io.signal);
        io.stderr("Disarmed. What is under way is brought to its end.");
        opened.disarm();
        await opened.idle();
      } finally {
        await opened.close();
      }
      return follower.end(opened);
    },
    { openStick: parts.openStick({ driveAt }) },
  );
}

function benchOptions(args: Args, io: Io, changed: () => void): SystemBenchOptions {
  const maxSizeBytes = maxSizeOf(args);
  return {
    home: homeOf(args, io),
    clock: io.clock ?? systemClock,
    teachAll: args.flag("teach-all"),
    ...(maxSizeBytes === null ? {} : { maxSizeBytes }),
    changed,
    notice: (notice) => io.stderr(`  ${notice}`),
  };
}

/** One after another; a line that decides nothing is answered, and the next one is read. */
async function takeDecisions(
  lines: AsyncIterable<string>,
  bench: Bench,
  { operators }: Station,
  follower: BenchFollower,
): Promise<void> {
  for await (const line of lines) {
    let held: HeldStick | null = null;
    try {
      held = parseDecision(line);
      operators.require("bench.accept", held);
      await bench.accept(held, operators.acting());
      follower.decided(held, null);
    } catch (error) {
      follower.decided(held, error);
    }
  }
}

function jobOn(station: Station, io: Io): Pick<BenchJob, "engine" | "record" | "follow"> {
  return {
    engine: station,
    record: createBenchRecord(station.ledger),
    follow: async (stick, work) => {
      const outcome = await work({
        // The interrupt disarms; what is under way is not cut off by it.
        signal: stick.signal,
        ready: () => Promise.resolve(),
        started: ({ id, devices }) => io.stderr(`  ${id}: ${devices.size} devices at ${stick.root}`),
        changed: () => {},
        step: () => {},
      });
      if (outcome.problem !== null) io.stderr(`  ${outcome.state.id}: ${outcome.problem.message}`);
    },
  };
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
