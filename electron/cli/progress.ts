import type { BatchHooks, BatchStep } from "../engine/batch/runtime.ts";
import type { Io } from "./io.ts";

const words: Readonly<Record<BatchStep, string>> = {
  activating: "Activating and issuing",
  writing: "Writing to the stick",
  verifying: "Reading back and verifying",
  committing: "Committing",
  done: "Done",
};

/** Follows a batch on standard error: a line a step, and one every two seconds while devices are worked on. */
export function terminalHooks(io: Io): BatchHooks {
  let total = 0;
  let outcomes = 0;
  let lastStep: BatchStep | null = null;
  let lastLine = 0;
  const say = (line: string): void => {
    lastLine = Date.now();
    io.stderr(line);
  };
  return {
    signal: io.signal,
    ready: () => Promise.resolve(),
    started: (state) => {
      total = state.devices.size;
      outcomes = 0;
      say(`Batch ${state.id}: ${total} ${total === 1 ? "device" : "devices"}`);
    },
    changed: (device) => {
      if (device.status === "issued" || device.status === "failed") outcomes += 1;
      if (Date.now() - lastLine > 2000) say(`  ${outcomes} of ${total}`);
    },
    step: (step) => {
      if (step === lastStep) return;
      lastStep = step;
      say(words[step]);
    },
  };
}
