import type { z } from "zod";
import { type Failure, toFailure } from "#shared/domain/errors.ts";
import type { batchView } from "#shared/ipc/batch-contract.ts";
import type { BatchState, DeviceState, DeviceStatus } from "../batch/batch-state.ts";
import type { BatchHooks, BatchStep } from "../batch/runtime.ts";
import type { Clock } from "../platform/clock.ts";
import { createRateMeter } from "./rate-meter.ts";

export type BatchView = z.infer<typeof batchView>;
type Phase = BatchView["phase"];

/** What the work itself reports when it ends. */
export interface RunOutcome {
  readonly state: BatchState;
  readonly problem: Failure | null;
}

/** One stick's work as the window follows and steers it. A run may finish an interrupted batch before its own. */
export interface BatchRun {
  /** The batch it works on now; null until there is one. */
  readonly state: BatchState | null;
  readonly isOver: boolean;
  /** 0 to 1 within the step, or null where that is not known. */
  readonly progress: number | null;
  readonly step: BatchStep;
  readonly phase: Phase;
  readonly revision: number;
  /** Settles when the batch has begun; rejects with whatever refused it. */
  readonly begun: Promise<void>;
  /** Settles when all work has ended; never rejects. */
  readonly ended: Promise<void>;
  view(place: { readonly stickId: string | null; readonly stickLabel: string }): BatchView | null;
  pause(): void;
  unpause(): void;
  stop(): void;
}

export interface RunListener {
  changed(): void;
  /** A device has got its file, or has failed. */
  settled(kind: "issued" | "failed"): void;
}

/** Starts `work` at once, on hooks that this run answers. */
export function startRun(
  clock: Clock,
  listener: RunListener,
  work: (hooks: BatchHooks) => Promise<RunOutcome>,
): BatchRun {
  const stopping = new AbortController();
  const statuses = new Map<string, DeviceStatus>();
  const counts: Record<DeviceStatus, number> = {
    waiting: 0,
    activating: 0,
    issuing: 0,
    issued: 0,
    delivered: 0,
    failed: 0,
    skipped: 0,
  };
  const rate = createRateMeter(clock);
  let state: BatchState | null = null;
  let step: BatchStep = "activating";
  let progress: number | null = null;
  let problem: Failure | null = null;
  let isOver = false;
  let revision = 0;
  let pause: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  const begun = Promise.withResolvers<void>();
  // Whoever started the run looks at it; until then a refusal must not count as unhandled.
  begun.promise.catch(() => {});

  const touch = () => {
    revision += 1;
    listener.changed();
  };
  const count = (device: DeviceState) => {
    const before = statuses.get(device.intent.fingerprint_sha256);
    if (before === device.status) return;
    if (before !== undefined) counts[before] -= 1;
    counts[device.status] += 1;
    statuses.set(device.intent.fingerprint_sha256, device.status);
  };
  const recount = (next: BatchState) => {
    state = next;
    statuses.clear();
    for (const status of Object.keys(counts) as DeviceStatus[]) counts[status] = 0;
    for (const device of next.devices.values()) count(device);
    counts.skipped += next.skipped.length;
  };

  const hooks: BatchHooks = {
    signal: stopping.signal,
    started: (next) => {
      recount(next);
      step = "activating";
      rate.restart();
      touch();
      begun.resolve();
    },
    changed: (device) => {
      count(device);
      if (device.status === "issued" || device.status === "failed") {
        rate.tick();
        listener.settled(device.status);
      }
      touch();
    },
    step: (next, done, total) => {
      step = next;
      progress = total > 0 ? Math.min(1, done / total) : null;
      touch();
    },
    ready: () => pause?.over ?? Promise.resolve(),
  };

  const unpause = () => {
    pause?.end();
    pause = null;
    touch();
  };
  const conclude = (outcome: { state: BatchState | null; problem: Failure | null }) => {
    isOver = true;
    if (outcome.state !== null) recount(outcome.state);
    problem = outcome.problem;
    progress = null;
    pause = null;
    touch();
  };
  const ended = work(hooks).then(
    (outcome) => {
      conclude(outcome);
      begun.resolve();
    },
    (error: unknown) => {
      conclude({ state, problem: toFailure(error) });
      begun.reject(error);
    },
  );

  const phase = (): Phase => {
    if (!isOver) return pause !== null ? "paused" : step === "activating" ? "working" : "delivering";
    if (problem === null) return state?.abandoned === true ? "stopped" : "finished";
    return problem.code === "CANCELLED" ? "stopped" : "unfinished";
  };

  return {
    get state() {
      return state;
    },
    get isOver() {
      return isOver;
    },
    get progress() {
      if (isOver) return null;
      if (step !== "activating" || state === null) return progress;
      return state.devices.size === 0 ? null : (counts.issued + counts.failed) / state.devices.size;
    },
    get step() {
      return step;
    },
    get phase() {
      return phase();
    },
    get revision() {
      return revision;
    },
    begun: begun.promise,
    ended,
    view: (place) => {
      if (state === null) return null;
      const left = counts.waiting + counts.activating + counts.issuing;
      const perSecond = isOver || pause !== null ? 0 : rate.perSecond();
      return {
        ...headOf(state, place),
        phase: phase(),
        step: isOver && problem === null ? "done" : step,
        issued: counts.issued + counts.delivered,
        delivered: counts.delivered,
        failed: counts.failed,
        skipped: counts.skipped,
        perSecond,
        secondsLeft: isOver || pause !== null ? null : left === 0 ? 0 : perSecond > 0 ? left / perSecond : null,
        revision,
        problem,
      };
    },
    pause: () => {
      if (isOver || pause !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      pause = { over: promise, end: resolve };
      touch();
    },
    unpause,
    stop: () => {
      stopping.abort();
      unpause();
    },
  };
}

/** A batch that nobody works on, as the ledger tells it. */
export function viewOf(
  state: BatchState,
  place: { readonly stickId: string | null; readonly stickLabel: string },
): BatchView {
  const { finished, committed } = state;
  let issued = 0;
  let delivered = 0;
  let failed = 0;
  for (const { status } of state.devices.values()) {
    if (status === "issued" || status === "delivered") issued += 1;
    if (status === "delivered") delivered += 1;
    if (status === "failed") failed += 1;
  }
  return {
    ...headOf(state, place),
    phase: finished !== null ? "finished" : state.abandoned ? "stopped" : "unfinished",
    step: finished !== null || committed !== null ? "done" : "activating",
    issued,
    delivered,
    failed,
    skipped: state.skipped.length,
    perSecond: 0,
    secondsLeft: null,
    revision: 0,
    problem: null,
  };
}

/** What does not change while a batch is worked on. */
function headOf(
  state: BatchState,
  { stickId, stickLabel }: { readonly stickId: string | null; readonly stickLabel: string },
) {
  const { id, started, devices, rejected } = state;
  return {
    id,
    stickId,
    stickLabel,
    product: started.product,
    workOrder: started.work_order,
    operator: started.operator,
    startedAt: started.at,
    devices: devices.size,
    rejected: rejected.length,
    rehearsal: started.rehearsal,
  };
}
