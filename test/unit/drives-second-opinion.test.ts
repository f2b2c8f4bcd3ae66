import { expect, test } from "vitest";
import { type Child, forkChild } from "../../electron/engine/drives/child.ts";
import { withSecondOpinion } from "../../electron/engine/drives/second-opinion.ts";
import { timeouts } from "../../electron/engine/drives/timeouts.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { fakeDrives } from "../fakes/fake-drives.ts";
import { driveReport } from "../fixtures/drives/reports.ts";

/** Children that answer what they are told, in order; `null`: they say nothing. */
function children(...answers: readonly unknown[]) {
  let started = 0;
  let killed = 0;
  const spawn = (): Child => {
    const answer = answers[started++];
    return {
      pid: null,
      send: () => {},
      onMessage: (listener) => {
        if (answer !== null && answer !== "dies") listener(answer);
      },
      onExit: (listener) => {
        if (answer === "dies") listener();
      },
      kill: () => void killed++,
    };
  };
  return { spawn, counts: () => ({ started, killed }) };
}

const stick = driveReport({ device: "\\\\.\\PHYSICALDRIVE3" });
const uses = async (source: ReturnType<typeof withSecondOpinion>) => {
  const scan = await source.scan();
  return scan.ok ? scan.drives.map((drive) => drive.uses.map(({ by }) => by)) : scan.message;
};

test("what drivelist takes for the system's is refused; it is asked once a plugging and killed after it", async () => {
  const asked = children({ devices: ["\\\\.\\physicaldrive3"] }, { devices: [] });
  const drives = fakeDrives(stick);
  const source = withSecondOpinion(drives, { spawn: asked.spawn, clock: fakeClock() });
  expect([await uses(source), await uses(source), asked.counts()]).toEqual([
    [["drivelist"]],
    [["drivelist"]],
    { started: 1, killed: 1 },
  ]);
  drives.set(driveReport({ ...stick, generation: "2" }));
  expect([await uses(source), asked.counts().started]).toEqual([[[]], 2]);
});

test.each([["dies"], [{ devices: [7] }]])(
  "an answer like %j leaves the first opinion, and is asked for again",
  async (answer) => {
    const asked = children(answer, { devices: [stick.device] });
    const source = withSecondOpinion(fakeDrives(stick), { spawn: asked.spawn, clock: fakeClock() });
    expect([await uses(source), await uses(source)]).toEqual([[[]], [["drivelist"]]]);
  },
);

test("where it is not installed it is asked once and never again", async () => {
  const asked = children("absent");
  const drives = fakeDrives(stick);
  const source = withSecondOpinion(drives, { spawn: asked.spawn, clock: fakeClock() });
  await source.scan();
  drives.set(driveReport({ generation: "3" }));
  expect([await uses(source), asked.counts().started]).toEqual([[[]], 1]);
});

test("one that says nothing is killed after its time", async () => {
  const asked = children(null);
  const clock = fakeClock();
  const source = withSecondOpinion(fakeDrives(stick), { spawn: asked.spawn, clock });
  const looking = uses(source);
  await clock.advance(timeouts.secondOpinionMs);
  expect([await looking, asked.counts().killed]).toEqual([[[]], 1]);
});

test("the real child answers, or says that the library is not there", async () => {
  const child = forkChild("drivelist-child");
  const answer = await new Promise((resolve) => {
    child.onMessage(resolve);
    child.onExit(() => resolve("died"));
  });
  child.kill();
  expect(answer === "absent" ? { devices: [] } : answer).toEqual({ devices: expect.any(Array) });
});
