import type { z } from "zod";
import { toFailure } from "#shared/domain/errors.ts";
import type { verification } from "#shared/ipc/ledger-contract.ts";
import type { Clock } from "../platform/clock.ts";

type VerificationView = z.infer<typeof verification>;

/** Checks the whole ledger; resolves with everything that is wrong with it. */
export type CheckLedger = (progress: (done: number, total: number) => void) => Promise<readonly string[]>;

export interface Verification {
  view(): VerificationView;
  /** Begins, or joins the one that runs. */
  start(): VerificationView;
  readonly ended: Promise<void>;
}

const mostProblems = 200;
const longestProblem = 4096;

export function createVerification(check: CheckLedger, clock: Clock, changed: () => void): Verification {
  let view: VerificationView = { running: false, done: 0, total: 0, ok: null, problems: [], finishedAt: null };
  let ended: Promise<void> = Promise.resolve();
  const set = (change: Partial<VerificationView>) => {
    view = { ...view, ...change };
    changed();
  };
  const run = async () => {
    let problems: readonly string[];
    try {
      problems = await check((done, total) => set({ done, total }));
    } catch (error) {
      problems = [toFailure(error).message];
    }
    const shown = problems.slice(0, mostProblems).map((problem) => problem.slice(0, longestProblem));
    set({ running: false, ok: problems.length === 0, problems: shown, finishedAt: clock.now().toISOString() });
  };
  return {
    view: () => view,
    start: () => {
      if (view.running) return view;
      set({ running: true, done: 0, total: 0, ok: null, problems: [], finishedAt: null });
      ended = run();
      return view;
    },
    get ended() {
      return ended;
    },
  };
}
