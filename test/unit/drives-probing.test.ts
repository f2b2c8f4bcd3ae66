import { expect, test } from "vitest";
import { createArmedBench } from "../../electron/engine/drives/armed-bench.ts";
import type { StickWork } from "../../electron/engine/drives/stick-work.ts";
import { defaultGuardPolicy } from "../../electron/engine/drives/suitability.ts";
import { timeouts } from "../../electron/engine/drives/timeouts.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { fakeDrives } from "../fakes/fake-drives.ts";
import { order } from "../fixtures/drives/bench-world.ts";
import { driveReport, volumeReport } from "../fixtures/drives/reports.ts";

const port = "0000:00:14.0/4.3:0";
const unknown = driveReport({ volumes: [] });
const mountable = driveReport({ volumes: [volumeReport({ mountPoints: [] })] });
const unfit = driveReport({ volumes: [volumeReport({ fileSystem: "zfs", mountPoints: [] })] });
const readOnly = driveReport({ volumes: [], isReadOnly: true });

/** An armed bench with one slot; it tells which volumes it wants mounted. */
function probing(ports: readonly string[] = [port]) {
  const clock = fakeClock();
  const wanted: string[] = [];
  const forgotten: string[] = [];
  const never = async (): Promise<never> => await new Promise(() => {});
  const work: StickWork = {
    mount: async ({ device }) => void wanted.push(device),
    read: never,
    provision: never,
    isAsRead: never,
    owes: never,
    resume: never,
    finish: never,
    forget: (plugging) => void forgotten.push(plugging),
  };
  const bench = createArmedBench({
    slots: () => [{ slot: 1, ports }],
    policy: { ...defaultGuardPolicy, host: "linux" },
    source: fakeDrives(),
    work,
    clock,
    changed: () => {},
  });
  const tile = (): string => {
    const [slot] = bench.state.slots;
    return `${slot?.state}${slot?.message === null ? "" : `: ${slot?.message.text}`}`;
  };
  return { bench, clock, wanted, forgotten, tile };
}

test("a stick that the system has not looked at yet is read, and mounted as soon as its volume is known", async () => {
  const { bench, clock, wanted, tile } = probing();
  bench.arm(order);
  bench.hear({ kind: "attached", drive: unknown });
  await clock.advance(timeouts.probeMs - 1);
  const before = tile();
  bench.hear({ kind: "changed", drive: { ...unknown, model: "Known by now" } });
  bench.hear({ kind: "changed", drive: mountable });
  await clock.advance(timeouts.probeMs);
  expect([before, tile(), wanted]).toEqual(["reading", "reading", ["/dev/sdb1"]]);
});

test("one that stays unknown is refused when the time for that is over, and mounted if it is recognised after all", async () => {
  const { bench, clock, wanted, tile } = probing();
  bench.arm(order);
  bench.hear({ kind: "attached", drive: unknown });
  await clock.advance(timeouts.probeMs);
  expect([tile(), wanted]).toEqual([expect.stringMatching(/^action: No file system is recognised/), []]);
  bench.hear({ kind: "changed", drive: mountable });
  await clock.advance(0);
  expect([tile(), wanted]).toEqual(["reading", ["/dev/sdb1"]]);
});

test.each([
  ["a file system that is of no use", unfit, /^action: The station does not work on zfs/],
  ["a lock", readOnly, /^action: It is write-protected/],
])("%s is told at once, whether it is found at first or while the stick is probed", async (_, drive, said) => {
  for (const first of [[], [unknown]]) {
    const { bench, tile } = probing();
    bench.arm(order);
    for (const one of first) bench.hear({ kind: "attached", drive: one });
    bench.hear({ kind: first.length === 0 ? "attached" : "changed", drive });
    expect(tile()).toMatch(said);
  }
});

test("a stick in no slot has nothing against it before the time is over either", async () => {
  const { bench, clock } = probing(["another"]);
  bench.hear({ kind: "attached", drive: unknown });
  const before = bench.plugged[0]?.refusal;
  await clock.advance(timeouts.probeMs);
  expect([before, bench.plugged[0]?.refusal?.message]).toEqual([null, expect.stringMatching(/^No file system/)]);
});

test("nobody waits for a stick that was pulled meanwhile, and none is let in that was there at arming", async () => {
  const { bench, clock, wanted, tile } = probing();
  bench.hear({ kind: "attached", drive: unknown });
  bench.arm(order);
  bench.hear({ kind: "changed", drive: mountable });
  await clock.advance(timeouts.probeMs);
  expect([tile(), wanted]).toEqual([expect.stringMatching(/^held: The stick was here before/), []]);
  bench.hear({ kind: "detached", drive: mountable });
  bench.hear({ kind: "attached", drive: unknown });
  bench.hear({ kind: "detached", drive: unknown });
  expect([tile(), clock.sleeping]).toEqual(["empty", 0]);
});

test("nothing is waited for once a look has shown the mount, nor after the bench is closed", async () => {
  const mounted = driveReport({ volumes: [volumeReport({ mountPoints: ["/media/op/STICK"] })] });
  const served = probing();
  served.bench.arm(order);
  served.bench.hear({ kind: "attached", drive: mountable });
  await served.clock.advance(0);
  const before = served.clock.sleeping;
  served.bench.hear({ kind: "changed", drive: mounted });
  await served.clock.advance(0);
  expect([before, served.clock.sleeping, served.tile()]).toEqual([1, 0, "reading"]);

  for (const drive of [mountable, unknown]) {
    const { bench, clock, tile } = probing();
    bench.arm(order);
    bench.hear({ kind: "attached", drive });
    await clock.advance(0);
    const asleep = clock.sleeping;
    bench.close();
    await clock.advance(0);
    expect([asleep, clock.sleeping, tile()]).toEqual([1, 0, "reading"]);
  }
});

test("what was kept for a plugging is dropped when it is over, and not before", async () => {
  const { bench, forgotten } = probing();
  bench.arm(order);
  bench.hear({ kind: "attached", drive: mountable });
  const [first] = bench.plugged;
  const before = [...forgotten];
  bench.hear({ kind: "detached", drive: mountable });
  bench.hear({ kind: "attached", drive: mountable });
  expect([before, forgotten]).toEqual([[], [first?.plugging]]);
});
