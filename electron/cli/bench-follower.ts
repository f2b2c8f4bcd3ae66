import { toFailure } from "#shared/domain/errors.ts";
import type { Bench } from "../engine/handlers/bench/bench.ts";
import { benchView } from "../engine/handlers/bench/bench-view.ts";
import type { HeldStick } from "../engine/handlers/bench/slot-choices.ts";
import type { Clock } from "../engine/platform/clock.ts";
import { benchText, createBenchLines } from "./bench-lines.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";

export interface BenchFollower {
  tell(bench: Bench | null): void;
  /** What became of a decision. `held`: null where the line was none, and is not repeated: it could be a key. */
  decided(held: HeldStick | null, error: unknown): void;
  end(bench: Bench): ExitCode;
}

/** Tells every change once: lines of JSON on standard output, sentences on standard error. */
export function followBench(
  { isJson, decides }: { readonly isJson: boolean; readonly decides: boolean },
  io: Io,
  clock: Clock,
): BenchFollower {
  const lines = createBenchLines();
  let isTelling = false;
  const print = (line: object): void => {
    if (isJson) io.stdout(JSON.stringify({ ...line, at: clock.now().toISOString() }));
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
        if (decides && line.type === "slot" && line.accept !== null)
          io.stderr(`  To go on all the same, type: ${line.accept}`);
      }
    } finally {
      isTelling = false;
    }
  };
  return {
    tell,
    decided: (held, error) => {
      const problem = error === null ? null : toFailure(error);
      const { slot = null, reason = null, stick = null } = held ?? {};
      print({ type: "decision", slot, reason, stick, problem });
      const what = held === null ? "" : `slot ${held.slot}: `;
      io.stderr(problem === null ? `${what}decided: ${reason}` : `${what}not decided: ${problem.message}`);
    },
    end: (bench) => {
      tell(bench);
      const { done, owed, slots } = bench.state;
      const sticks = owed.length + slots.filter(({ claimed }) => claimed > 0).length;
      print({ type: "end", done, owed: sticks });
      io.stderr(`${done} devices done; ${sticks} sticks are owed what was begun on them.`);
      return sticks === 0 ? 0 : 4;
    },
  };
}
