import { expect, test } from "vitest";
import { countLines } from "../../electron/cli/progress-count.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";

test("a count is told at once with how many there are, then at most every two seconds, and never on standard output", () => {
  const lines: string[] = [];
  let ms = Date.parse("2026-11-22T08:00:00Z");
  const progress = countLines(
    {
      stdout: () => expect.unreachable("progress belongs to standard error"),
      stderr: (line) => lines.push(line),
      env: {},
      signal: new AbortController().signal,
      clock: { ...systemClock, now: () => new Date(ms) },
    },
    (total) => `All ${total}.`,
  );
  for (let done = 0; done <= 10; done += 1) {
    progress(done, 10);
    ms += 500;
  }
  expect(lines).toEqual(["All 10.", "  4 of 10", "  8 of 10"]);
});
