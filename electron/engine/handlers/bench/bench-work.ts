import { type Failure, StationError } from "#shared/domain/errors.ts";
import type { Acting } from "../../authority/operators/operators.ts";
import type { BatchState } from "../../batch/batch-state.ts";
import type { ApiAccess, Job } from "../../batch/job.ts";
import type { BatchHooks, BatchStep } from "../../batch/runtime.ts";
import type { Delivered, PluggedStick, StickWork, WorkStep } from "../../drives/stick-work.ts";
import type { WorkOrder } from "../../drives/armed-rules.ts";
import type { PluggingId } from "../../drives/armed-slot.ts";
import { type AskedAt, issuedHere, type Recurrence, recurrences } from "../../drives/repeats.ts";
import { stickKey } from "../../drives/same-drive.ts";
import type { IntakeReport } from "../../intake/read-requests.ts";
import type { Engine } from "../engine-face.ts";
import type { RunOutcome } from "../batch-run.ts";
import type { BenchRecord } from "./bench-record.ts";

/** What one arming works with. */
export interface BenchJob {
  readonly engine: Pick<Engine, "look" | "intactFiles" | "unfinishedOn" | "provisionRequests" | "resume">;
  readonly record: BenchRecord;
  readonly job: Job;
  readonly api: ApiAccess;
  /** Runs one batch and has it followed by whoever shows batches; resolves when it has ended. */
  follow(stick: PluggedStick, work: (hooks: BatchHooks) => Promise<RunOutcome>): Promise<void>;
}

/** The part of a stick's work that asks the station; mounting and letting go are the system's. */
export type StationWork = Pick<StickWork, "forget" | "read" | "isAsRead" | "provision" | "owes" | "resume">;

/**
 * What armed mode does with a stick. What was judged is what is provisioned: the stick is not read a second time.
 * @param job of the arming under which the stick is worked on
 * @param found told how many devices ask for something on a stick
 * @param decider who has decided about the stick of a plugging, and so stands for its batch; null: nobody, or nobody with an account
 */
export function stationWork(
  job: () => BenchJob,
  found: (stick: PluggedStick, devices: number) => void,
  decider: (plugging: PluggingId) => Acting | null,
): StationWork {
  const judged = new Map<PluggingId, Judged>();
  const running = new Map<string, Promise<unknown>>();

  /** What a pull has cut off comes to its own end before the same stick is asked anything again. */
  const inTurn = async <T>(stick: PluggedStick, work: () => Promise<T>): Promise<T> => {
    const key = stickKey(stick.identity) ?? stick.root;
    await running.get(key)?.catch(() => {});
    // Another may have its place by now.
    stick.signal.throwIfAborted();
    const ended = work();
    running.set(key, ended);
    try {
      return await ended;
    } finally {
      if (running.get(key) === ended) running.delete(key);
    }
  };
  const follow = async (
    stick: PluggedStick,
    report: (step: WorkStep) => void,
    work: (hooks: BatchHooks) => Promise<readonly RunOutcome[]>,
  ): Promise<Delivered> => {
    let outcomes: readonly RunOutcome[] = [];
    await job().follow(stick, async (hooks) => {
      outcomes = await work(reporting(hooks, stick.signal, report));
      const last = outcomes.at(-1);
      if (last === undefined) throw new StationError("NOTHING_TO_RESUME", "Nothing is owed to this stick any more.");
      return last;
    });
    return deliveredOf(outcomes);
  };
  const resume = (stick: PluggedStick, report: (step: WorkStep) => void): Promise<Delivered> =>
    follow(stick, report, (hooks) => {
      const { engine, api } = job();
      const { apiKey, concurrency, acceptSigningKey } = api;
      return engine.resume(stick.root, { apiKey, concurrency, acceptSigningKey, ending: "finish" }, hooks);
    });

  return {
    read: (stick, order) =>
      inTurn(stick, async () => {
        const { engine, record } = job();
        const { intake, unfinished, identity } = await engine.look(stick.root);
        stick.signal.throwIfAborted();
        found(stick, intake.requests.length);
        if (unfinished.length > 0) return readUnfinished(unfinished, order);
        const past = await record.past(intake.requests);
        // A stick that can't be known again is never taken for the one that was served.
        const here = { workOrder: order.id, stick: stickKey(identity) ?? `plugging ${stick.plugging}` };
        const before = new Set(issuedHere(past, here).map(({ batch }) => batch));
        const intact = before.size === 0 ? before : await engine.intactFiles(stick.root, before);
        const told = recurrences(intake.requests, past, here, intact);
        judged.set(stick.plugging, { intake, here, intact, recurrences: told });
        return {
          recurrences: told,
          products: intake.requests.flatMap(({ product }) => product ?? []),
          refused: intake.rejected.length,
          conflicts: intake.conflicts.length,
        };
      }),
    isAsRead: async (stick, order) => {
      const before = judged.get(stick.plugging);
      if (before === undefined || before.here.workOrder !== order.id) return false;
      const { intake, here, intact } = before;
      const now = recurrences(intake.requests, await job().record.past(intake.requests), here, intact);
      return now.every((one, index) => one === before.recurrences[index]);
    },
    provision: (stick, order, report, decided) =>
      inTurn(stick, async () => {
        const before = judged.get(stick.plugging);
        judged.delete(stick.plugging);
        if (before === undefined) return await resume(stick, report);
        const { intake } = before;
        const by = decided.length === 0 ? null : decider(stick.plugging);
        return await follow(stick, report, async (hooks) => {
          const { engine, api } = job();
          const ours: Job = {
            ...job().job,
            product: order.product,
            workOrder: order.id,
            onConflict: "refuse",
            decided,
          };
          const mine = by === null ? hooks : { ...hooks, by };
          return [(await engine.provisionRequests(stick.root, intake, ours, api, mine)).outcome];
        });
      }),
    owes: (stick) =>
      inTurn(stick, async () => {
        const unfinished = await job().engine.unfinishedOn(stick.root);
        found(stick, devicesIn(unfinished));
        return unfinished.length > 0;
      }),
    resume: (stick, report) => inTurn(stick, () => resume(stick, report)),
    forget: (plugging) => void judged.delete(plugging),
  };
}

/** What was found on a stick, and what the record said of it. */
interface Judged {
  readonly intake: IntakeReport;
  readonly here: AskedAt;
  /** SHA-256 of the machine files that are on it as they were written. */
  readonly intact: ReadonlySet<string>;
  readonly recurrences: readonly Recurrence[];
}

/** A batch that this very order has begun here, in an earlier run of the station, is finished; any other waits for a person. */
function readUnfinished(unfinished: readonly BatchState[], order: WorkOrder) {
  const other = unfinished.find(({ started }) => started.work_order !== order.id);
  if (other !== undefined)
    throw new StationError(
      "STICK_BUSY",
      "Work for another order is unfinished on this stick. Disarm, finish it from the list of sticks, and plug it in again.",
    );
  const recurrences = Array.from({ length: devicesIn(unfinished) }, () => "new" as const);
  return { recurrences, products: [], refused: 0, conflicts: 0 };
}

function devicesIn(batches: readonly BatchState[]): number {
  return batches.reduce((sum, { devices }) => sum + devices.size, 0);
}

/** @throws StationError what has stopped the work; it is owed to the stick then */
function deliveredOf(outcomes: readonly RunOutcome[]): Delivered {
  for (const { problem } of outcomes)
    if (problem !== null) throw new StationError(problem.code, problem.message, { details: problem.details ?? {} });
  const devices = outcomes.flatMap(({ state }) => [...state.devices.values()]);
  const failed = devices.filter(({ status }) => status !== "delivered");
  const why = failed[0]?.failure ?? null;
  const shortfall: Failure | null =
    failed.length === 0
      ? null
      : {
          code: why?.code ?? "INTERNAL",
          message: `${failed.length} of ${devices.length} devices got no file. ${why?.message ?? "Look at the batch."}`,
        };
  const leftOut = outcomes.reduce((sum, { state }) => sum + state.started.rejected, 0);
  return { devices: devices.length - failed.length, shortfall, leftOut };
}

function reporting(hooks: BatchHooks, pulled: AbortSignal, report: (step: WorkStep) => void): BatchHooks {
  return {
    ...hooks,
    signal: AbortSignal.any([hooks.signal, pulled]),
    step: (step, done, total) => {
      hooks.step(step, done, total);
      const shown = stepOf(step);
      if (shown !== null) report(shown);
    },
  };
}

function stepOf(step: BatchStep): WorkStep | null {
  if (step === "done") return null;
  return step === "committing" ? "verifying" : step;
}
