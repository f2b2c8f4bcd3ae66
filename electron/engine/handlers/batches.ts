import { type Failure, StationError } from "#shared/domain/errors.ts";
import type { BatchState } from "../batch/batch-state.ts";
import type { ApiAccess, Job } from "../batch/job.ts";
import type { BatchHooks } from "../batch/runtime.ts";
import type { Clock } from "../platform/clock.ts";
import { type BatchRun, type BatchView, type RunOutcome, startRun } from "./batch-run.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import type { IsRenewal } from "./device-rows.ts";
import type { Engine } from "./engine-face.ts";
import type { LedgerReads } from "./ledger-reads.ts";
import { createPastBatches } from "./past-batches.ts";
import { isWorking, type Stick } from "./sticks.ts";

export interface Batches {
  start(stick: Stick, job: Job, api: ApiAccess): Promise<BatchView>;
  /** Only these requests, which need not lie on the stick. */
  startWith(stick: Stick, intake: IntakeReport, job: Job, api: ApiAccess): Promise<BatchView>;
  /** @throws StationError NOTHING_TO_RESUME */
  resume(stick: Stick, options: Parameters<Engine["resume"]>[1]): Promise<BatchView>;
  /** Work that somebody else has begun, shown like any other; resolves when it has ended. Rejects with what refused it. */
  follow(stick: Stick, work: (hooks: BatchHooks) => Promise<RunOutcome>): Promise<void>;
  /** @throws StationError USAGE for a batch that the ledger does not know */
  stateOf(batch: string): BatchState;
  /** Whether a device of the batch had a file before. */
  isRenewal(batch: string): IsRenewal;
  view(batch: string): BatchView;
  /** @throws StationError USAGE for a batch that nobody works on */
  working(batch: string): BatchRun;
  /** The stick a batch of this session worked on, while it is there. */
  stickOf(batch: string): Stick | null;
  /** Newest first: those of this session and those that are owed to a stick. */
  recent(): BatchView[];
  page(offset: number, limit: number): { total: number; rows: BatchView[] };
  /** Those that are being worked on now. */
  open(): readonly BatchRun[];
  /** Stops them all and waits until each has come to its end. */
  stopAll(): Promise<void>;
}

const mostRecent = 50;

export function createBatches(options: {
  readonly engine: Engine;
  readonly ledger: LedgerReads;
  readonly clock: Clock;
  readonly sticks: () => readonly Stick[];
  readonly changed: () => void;
  readonly settled: (kind: "issued" | "failed") => void;
  /** Called after each run with what it came to. */
  readonly ended: (stick: Stick, run: BatchRun, problem: Failure | null) => void;
}): Batches {
  const { engine, ledger, clock, changed } = options;
  const runs: { readonly stick: Stick; readonly run: BatchRun }[] = [];
  const past = createPastBatches(ledger);
  /** For each start under way, the batches that were open before it: the ledger knows of a new one before its run does. */
  const starting = new Set<ReadonlySet<string>>();

  const begin = async (stick: Stick, work: (hooks: BatchHooks) => Promise<RunOutcome>): Promise<BatchView> =>
    runView(await beginRun(stick, work), stick);
  const beginRun = async (stick: Stick, work: (hooks: BatchHooks) => Promise<RunOutcome>): Promise<BatchRun> => {
    if (isWorking(stick)) throw new StationError("STICK_BUSY", "A batch works on this stick already.");
    const openBefore = new Set(ledger.openBatches());
    starting.add(openBefore);
    let problem: Failure | null = null;
    const run = startRun(clock, { changed, settled: options.settled }, async (hooks) => {
      const outcome = await work(hooks);
      problem = outcome.problem;
      return outcome;
    });
    const before = { run: stick.run, problem: stick.problem };
    stick.run = run;
    stick.problem = null;
    changed();
    try {
      await run.begun;
    } catch (error) {
      Object.assign(stick, before);
      changed();
      throw error;
    } finally {
      starting.delete(openBefore);
    }
    runs.unshift({ stick, run });
    void run.ended.then(() => options.ended(stick, run, problem));
    return run;
  };

  const find = (batch: string) => runs.find(({ run }) => run.state?.id === batch) ?? null;
  const open = () => runs.filter(({ run }) => !run.isOver).map(({ run }) => run);
  const runView = (run: BatchRun, stick: Stick): BatchView => {
    const view = run.view({ stickId: options.sticks().includes(stick) ? stick.id : null, stickLabel: stick.label });
    if (view === null) throw new StationError("INTERNAL", "The batch has begun without a beginning.");
    return view;
  };
  const view = (batch: string): BatchView => {
    const found = find(batch);
    if (found !== null) return runView(found.run, found.stick);
    const stick = options.sticks().find((one) => one.summary?.unfinished === batch);
    const known = past.view(batch);
    return stick === undefined ? known : { ...known, stickId: stick.id, stickLabel: stick.label };
  };

  return {
    start: (stick, job, api) =>
      begin(stick, async (hooks) => (await engine.provision(stick.path, job, api, hooks)).outcome),
    startWith: (stick, intake, job, api) =>
      begin(stick, async (hooks) => (await engine.provisionRequests(stick.path, intake, job, api, hooks)).outcome),
    resume: (stick, resumeOptions) =>
      begin(stick, async (hooks) => {
        const outcomes = await engine.resume(stick.path, resumeOptions, hooks);
        const last = outcomes.at(-1);
        if (last === undefined)
          throw new StationError("NOTHING_TO_RESUME", "No unfinished batch is known for this stick.");
        return last;
      }),
    follow: async (stick, work) => (await beginRun(stick, work)).ended,
    stateOf: (batch) => find(batch)?.run.state ?? past.state(batch),
    isRenewal: (batch) =>
      find(batch) === null
        ? ({ intent }) => ledger.issuedBeforeBatch(intent.fingerprint_sha256, batch)
        : ({ renewal }) => renewal,
    view,
    working: (batch) => {
      const run = find(batch)?.run;
      if (run === undefined || run.isOver)
        throw new StationError("USAGE", "Nobody works on that batch any more. Look at it again.");
      return run;
    },
    stickOf: (batch) => {
      const stick = find(batch)?.stick;
      return stick !== undefined && options.sticks().includes(stick) ? stick : null;
    },
    recent: () => {
      const ofSession = runs.flatMap(({ run }) => run.state?.id ?? []);
      const owed = ledger.openBatches().filter((batch) => [...starting].every((before) => before.has(batch)));
      return [...new Set([...ofSession, ...owed])].slice(0, mostRecent).map(view).sort(newestFirst);
    },
    page: (offset, limit) => {
      const { total, ids } = ledger.batchIds(offset, limit);
      return { total, rows: ids.map(view) };
    },
    open,
    stopAll: async () => {
      const running = open();
      for (const run of running) run.stop();
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

function newestFirst(a: BatchView, b: BatchView): number {
  return a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0;
}
