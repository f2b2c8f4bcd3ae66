import { toFailure } from "#shared/domain/errors.ts";
import type { FeedSnapshot } from "#shared/ipc/contract.ts";
import type { Reconciliation } from "../audit/reconcile.ts";
import type { Clock } from "../platform/clock.ts";

type ComparisonView = FeedSnapshot<"comparison">;

/** Compares ledger and server. @throws StationError; CANCELLED once `signal` is aborted */
export type CompareSeats = (
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<Reconciliation>;

/** The comparison with the licensing server: one at a time, in nobody's way, and stopped without a trace. */
export interface Comparison {
  view(): ComparisonView;
  /** Of the newest one, if it ran to its end. */
  found(): Reconciliation | null;
  /** Begins, or joins the one that runs. */
  start(compare: CompareSeats): ComparisonView;
  stop(): void;
  readonly ended: Promise<void>;
}

export const neverCompared: ComparisonView = {
  running: false,
  done: 0,
  total: 0,
  ended: null,
  problem: null,
  finishedAt: null,
};

const longestMessage = 4096;

export function createComparison(clock: Clock, changed: () => void): Comparison {
  let view = neverCompared;
  let found: Reconciliation | null = null;
  let stopping = new AbortController();
  let ended: Promise<void> = Promise.resolve();
  const set = (change: Partial<ComparisonView>) => {
    view = { ...view, ...change };
    changed();
  };
  const run = async (compare: CompareSeats, signal: AbortSignal) => {
    const finish = (how: Partial<ComparisonView>) =>
      set({ ...how, running: false, finishedAt: clock.now().toISOString() });
    try {
      found = await compare((done, total) => set({ done, total }), signal);
      finish({ ended: "compared" });
    } catch (error) {
      // Whoever stopped it knows; what broke off because of that is no problem.
      if (signal.aborted) return finish({ ended: "stopped" });
      const { code, message } = toFailure(error);
      finish({ ended: "failed", problem: { code, message: message.slice(0, longestMessage) } });
    }
  };
  return {
    view: () => view,
    found: () => found,
    start: (compare) => {
      if (view.running) return view;
      stopping = new AbortController();
      found = null;
      set({ ...neverCompared, running: true });
      ended = run(compare, stopping.signal);
      return view;
    },
    stop: () => stopping.abort(),
    get ended() {
      return ended;
    },
  };
}
