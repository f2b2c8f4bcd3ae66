import type { Bench } from "../../engine/handlers/bench/bench.ts";
import type { BenchJob } from "../../engine/handlers/bench/bench-work.ts";
import { createBenchRecord } from "../../engine/handlers/bench/bench-record.ts";
import { benchView } from "../../engine/handlers/bench/bench-view.ts";
import { quotaLeft } from "../../engine/handlers/bench/quota-left.ts";
import { openStickOf, systemBench } from "../../engine/handlers/bench/system-bench.ts";
import { guardPolicyFor, hostOf } from "../../engine/drives/drive-source.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { nodeFiles } from "../../engine/platform/node-files.ts";
import type { Station } from "../../engine/station.ts";
import { apiAccess, apiOptions } from "../api-access.ts";
import { type Args, readArgs } from "../args.ts";
import { benchText, createBenchLines } from "../bench-lines.ts";
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
} as const;

/** `station arm`: works on every stick plugged into a slot, without a window, until it is interrupted. */
export async function armCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const job = { ...jobFrom(args), workOrder: args.need("work-order"), onConflict: "refuse" as const };
  const count = args.integer("count", 1, 1_000_000);
  if (count === null) args.need("count");
  const arming = { workOrder: job.workOrder, count: count ?? 0, renewals: args.flag("renewals") };
  const api = apiAccess(args, io);
  const follower = followBench(args.flag("json-lines"), io);
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
      const opened = openBench(args, io, () => follower.tell(bench));
      try {
        // What is there before it is armed is refused until it is replugged, so it must be seen first.
        await opened.look();
        opened.arm({ ...arming, quota: quotaLeft(station.licence()) }, { ...jobOn(station, io), job, api });
        bench = opened;
        io.stderr(`Armed for ${arming.count} devices of ${job.product} under ${arming.workOrder}. Ctrl+C disarms.`);
        follower.tell(opened);
        await interrupted(io.signal);
        io.stderr("Disarmed. What is under way is brought to its end.");
        opened.disarm();
        await opened.idle();
      } finally {
        await opened.close();
      }
      return follower.end(opened);
    },
    { openStick: openStickOf({ driveAt }, { files: nodeFiles, clock: systemClock }) },
  );
}

function openBench(args: Args, io: Io, changed: () => void): Bench {
  const maxSizeBytes = maxSizeOf(args);
  return systemBench({
    home: homeOf(args, io),
    clock: systemClock,
    teachAll: args.flag("teach-all"),
    ...(maxSizeBytes === null ? {} : { maxSizeBytes }),
    changed,
    notice: (notice) => io.stderr(`  ${notice}`),
  });
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

/** Tells every change once: lines of JSON on standard output, sentences on standard error. */
function followBench(isJson: boolean, io: Io) {
  const lines = createBenchLines();
  let isTelling = false;
  const print = (line: object): void => {
    if (isJson) io.stdout(JSON.stringify({ ...line, at: systemClock.now().toISOString() }));
  };
  const tell = (bench: Bench | null): void => {
    // A view is asked for while the bench is being changed at the earliest after it has begun.
    if (bench === null || isTelling) return;
    isTelling = true;
    try {
      for (const line of lines.next(benchView(bench))) {
        print(line);
        const text = benchText(line);
        if (text !== null) io.stderr(text);
      }
    } finally {
      isTelling = false;
    }
  };
  return {
    tell,
    end: (bench: Bench): ExitCode => {
      tell(bench);
      const { done, owed, slots } = bench.state;
      const sticks = owed.length + slots.filter(({ claimed }) => claimed > 0).length;
      print({ type: "end", done, owed: sticks });
      io.stderr(`${done} devices done; ${sticks} sticks are owed what was begun on them.`);
      return sticks === 0 ? 0 : 4;
    },
  };
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
