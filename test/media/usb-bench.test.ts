import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Armed, arm, isGreen, isStuck, reasonOf, type StickLine } from "./armed.ts";
import { type Bench, type BenchStation, openBench } from "./bench.ts";
import { checkImage, untouched } from "./image-check.ts";
import { fingerprintsOf, stickFiles } from "./requests.ts";
import { type FileSystem } from "./stick-image.ts";
import { copyOfStick, goneFrom, inGuest, makeStick, pullAll, type Stick, sockets } from "./sticks.ts";
import { createTally } from "./tally.ts";
import { missingForBench } from "./tools.ts";

const missing = missingForBench();
const fileSystems: readonly FileSystem[] = ["vfat", "exfat", "ext4"];
/** Of each stick in the long run. */
const devicesEach = Number(process.env["STATION_MEDIA_DEVICES"] ?? 25);
const seed = Number(process.env["STATION_MEDIA_SEED"] ?? 1);

describe.skipIf(missing !== null)(`real USB sticks${missing === null ? "" : ` (${missing})`}`, () => {
  let bench: Bench;
  const tally = createTally();
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(async () => {
    process.stdout.write(tally.table());
    await bench?.close();
  });

  test("sticks with FAT32, exFAT and ext4 are found when plugged, served, let go, and whole on another computer", async () => {
    await withStation("each", async (station) => {
      const sticks = await sticksOf(fileSystems.map((fileSystem) => [`full-${fileSystem}`, fileSystem, 3]));
      const armed = await arm(station, { workOrder: "WO-1", count: 9 });
      expect(armed.hotplug()).not.toBe("unknown");
      await Promise.all(
        sticks.map(async (stick, index) => {
          await plugUntilGreen(armed, stick, sockets[index] ?? "1");
          await stick.pull();
        }),
      );
      expect(await armed.end()).toMatchObject({ code: 0, devicesDone: 9, owed: 0 });
      for (const stick of sticks) await expectServed(station, stick);
      expect(seatsOf(station)).toEqual(sticks.flatMap(({ spec }) => fingerprintsOf(spec.label, 3)).sort());
      expect(await station.ledgerProblems()).toEqual([]);
    });
  });

  test("a stick pulled at any moment is whole, and served when it comes back in another slot", async () => {
    await withStation("pulls", async (station) => {
      // A stick that is read back and committed is "verifying"; each file system meets each state.
      const moments = [
        ["activating", 0],
        ["writing", 0],
        ["writing", 150],
        ["writing", 400],
        ["verifying", 0],
        ["verifying", 200],
        ["verifying", 600],
        ["verifying", 1_200],
        ["verifying", 2_500],
      ] as const;
      const sticks = await sticksOf(
        moments.map(([state, ms], index) => [
          `${state.slice(0, 3)}-${ms}`,
          fileSystems[index % fileSystems.length] ?? "vfat",
          3,
        ]),
      );
      const armed = await arm(station, { workOrder: "WO-2", count: 3 * moments.length });
      for (const [index, stick] of sticks.entries()) {
        const [from = "writing", ms = 0] = moments[index] ?? [];
        const began = armed.until(stick.spec.label, ({ state }) => state === from);
        let phase = "";
        void follow(armed, stick, (state) => (phase = state));
        // Slow enough that the moments fall into all of writing, reading back and committing.
        await stick.plug(sockets[index] ?? "1", { slowTo: 60 });
        await began;
        await pause(ms);
        await stick.pull();
        tally.pulled(stick.spec.fileSystem, phase);
        await goneFrom(bench.guest, stick);
        const pulled = await checkImage(bench.guest, stick);
        expect([stick.spec.label, pulled.damage, pulled.outside]).toEqual([stick.spec.label, [], untouched(stick)]);
        rmSync(pulled.content, { recursive: true });
        // What was committed before the pull is found whole, and not written again.
        await plugUntilGreen(armed, stick, sockets[(index + 5) % sockets.length] ?? "1", /^$|\[repeat\]$/);
        await stick.pull();
      }
      expect(await armed.end()).toMatchObject({ code: 0, owed: 0 });
      for (const stick of sticks) await expectServed(station, stick);
      expect(seatsOf(station)).toEqual(sticks.flatMap(({ spec }) => fingerprintsOf(spec.label, 3)).sort());
      expect(await station.ledgerProblems()).toEqual([]);
    });
  });

  test("two sticks with one serial number are both served; a write-protected and a failing one say why", async () => {
    await withStation("odd", async (station) => {
      const [one, two, locked, failing] = await Promise.all([
        makeStick(
          bench.guest,
          { fileSystem: "vfat", label: "twin-1", files: stickFiles("twin-1", 2) },
          { serial: "SAME" },
        ),
        makeStick(
          bench.guest,
          { fileSystem: "ext4", label: "twin-2", files: stickFiles("twin-2", 2) },
          { serial: "SAME" },
        ),
        makeStick(bench.guest, { fileSystem: "vfat", label: "locked", files: stickFiles("locked", 2) }),
        makeStick(bench.guest, { fileSystem: "vfat", label: "failing", files: stickFiles("failing", 2) }),
      ]);
      const armed = await arm(station, { workOrder: "WO-3", count: 8 });
      const stuck = (stick: Stick) => armed.until(stick.spec.label, isStuck);
      const [lockedLine, failingLine] = [stuck(locked), stuck(failing)];
      const green = [one, two].map((stick, index) => plugUntilGreen(armed, stick, sockets[index] ?? "1"));
      await locked.plug("3", { isReadOnly: true });
      await failing.plug("15.1", { failing: "write" });
      await Promise.all(green);
      expect(reasonOf(await lockedLine)).toMatch(/write-protected/);
      expect(reasonOf(await failingLine)).toMatch(/\[STICK_(?:IO|READ_ONLY|GONE)\]/);
      for (const stick of [one, two, locked, failing]) await stick.pull();
      await armed.end();
      for (const stick of [one, two]) await expectServed(station, stick);
      expect((await checkImage(bench.guest, locked)).outside).toEqual(untouched(locked));
      expect((await checkImage(bench.guest, failing)).outside).toEqual(untouched(failing));
      expect(await station.ledgerProblems()).toEqual([]);
    });
  });

  test("a copy of a stick waits while that is in a slot; a stick that is in use says who uses it", async () => {
    await withStation("same", async (station) => {
      const [one, used] = await sticksOf([
        ["one", "vfat", 2],
        ["used", "ext4", 2],
      ]);
      if (one === undefined || used === undefined) throw new Error("too few sticks");
      const copy = copyOfStick(bench.guest, one);
      const armed = await arm(station, { workOrder: "WO-4", count: 4 });
      const held = armed.until("one", ({ message }) => message?.code === "twin");
      const green = armed.until("one", isGreen);
      const began = armed.until("one", ({ state }) => state === "activating");
      await one.plug("1", { slowTo: 100 });
      await began;
      await copy.plug("2");
      expect(reasonOf(await held)).toMatch(/cannot be told from this one/);
      await green;
      await copy.pull();
      await one.pull();

      const writing = armed.until("used", ({ state }) => state === "writing");
      const busy = armed.until("used", isStuck);
      await used.plug("3", { slowTo: 100 });
      await writing;
      const holder = bench.guest.start(["sh", "-c", "exec sleep 1000 < /media/root/used/README.txt"]);
      expect(reasonOf(await busy)).toMatch(/^sleep .* still uses the stick at .*\[STICK_BUSY\]$/);
      holder.signal("SIGKILL");
      await holder.done;
      await inGuest(bench.guest, "umount /media/root/used");
      await used.pull();
      expect(await armed.end()).toMatchObject({ devicesDone: 4, owed: 0 });
      for (const stick of [one, used]) await expectServed(station, stick);
      expect((await checkImage(bench.guest, copy)).outside).toEqual(untouched(one));
      expect(seatsOf(station)).toEqual([...fingerprintsOf("one", 2), ...fingerprintsOf("used", 2)].sort());
      expect(await station.ledgerProblems()).toEqual([]);
    });
  });

  test("sixteen sticks at random times: twelve good ones end green, four say why not, and all agree to the seat", async () => {
    await withStation("sixteen", async (station) => {
      const names = Array.from({ length: 12 }, (_, index) => `good-${index + 1}`);
      const good = await sticksOf(names.map((name, index) => [name, fileSystems[index % 3] ?? "vfat", devicesEach]));
      const [failing, locked, blank] = await sticksOf([
        ["failing", "vfat", devicesEach],
        ["locked", "ext4", devicesEach],
        ["blank", "vfat", 0],
      ]);
      const large = await makeStick(bench.guest, {
        fileSystem: "ext4",
        label: "large",
        sizeMiB: 2048,
        files: stickFiles("large", devicesEach),
      });
      if (failing === undefined || locked === undefined || blank === undefined) throw new Error("too few sticks");
      const armed = await arm(station, { workOrder: "WO-16", count: 13 * devicesEach, maxSizeGib: 1 });
      const random = randomFrom(seed);
      const bad = [failing, locked, blank, large];
      const faults = [{ failing: "write" as const }, { isReadOnly: true }, {}, {}];
      const told = bad.map((stick) => armed.until(stick.spec.label, isStuck));
      const plugged = [...good, ...bad].map(async (stick, index) => {
        await pause(random() * 90_000);
        const socket = sockets[index] ?? "1";
        const fault = faults[index - good.length];
        if (fault !== undefined) return stick.plug(socket, fault);
        if (index >= 3) return plugUntilGreen(armed, stick, socket);
        const began = armed.until(stick.spec.label, ({ state }) => state === "writing");
        let phase = "";
        void follow(armed, stick, (state) => (phase = state));
        await stick.plug(socket, { slowTo: 100 });
        await began;
        await pause(random() * 3_000);
        await stick.pull();
        tally.pulled(stick.spec.fileSystem, phase);
        await pause(3_000 + random() * 10_000);
        return plugUntilGreen(armed, stick, socket);
      });
      await Promise.all(plugged);
      const reasons = (await Promise.all(told)).map(reasonOf);
      tally.told(reasons.map((reason, index) => `${bad[index]?.spec.label}: ${reason}`));
      expect(reasons).toEqual([
        // As what a failing stick shows itself first depends on which write it is.
        expect.stringMatching(/\[STICK_(?:IO|GONE|READ_ONLY|UNSAFE)\]$/),
        expect.stringMatching(/write-protected.*\[STICK_READ_ONLY\]$/),
        expect.stringMatching(/no request.*\[no-requests\]$/),
        expect.stringMatching(/2\.1 GB.*\[STICK_UNSAFE\]$/),
      ]);
      for (const stick of [...good, ...bad]) await stick.pull();
      const { devicesDone } = await armed.end();
      expect(devicesDone).toBe(12 * devicesEach);
      for (const stick of good) await expectServed(station, stick);
      for (const stick of bad) expect((await checkImage(bench.guest, stick)).outside).toEqual(untouched(stick));
      // The failing stick's devices may have their seats: they are owed, and served when it is replaced or repaired.
      const served = seatsOf(station).filter((fingerprint) => !fingerprint.startsWith("fp-failing-"));
      expect(served).toEqual(names.flatMap((name) => fingerprintsOf(name, devicesEach)).sort());
      expect(await station.seatsInLedger()).toBe(station.sandbox.activations().length);
      expect(await station.ledgerProblems()).toEqual([]);
    });
  });

  async function withStation(name: string, work: (station: BenchStation) => Promise<void>): Promise<void> {
    const station = await bench.station(name, { seats: 1000 });
    try {
      await work(station);
    } catch (error) {
      process.stderr.write(`${bench.guest.console().slice(-2000)}\n`);
      throw error;
    } finally {
      await station.close();
      await pullAll(bench.guest);
    }
  }

  async function sticksOf(list: readonly (readonly [string, FileSystem, number])[]): Promise<readonly Stick[]> {
    const made = list.map(([label, fileSystem, devices], index) => {
      const spec = { fileSystem, label, files: stickFiles(label, devices) };
      return makeStick(bench.guest, spec, { socket: sockets[index] ?? "1" });
    });
    return await Promise.all(made);
  }

  async function expectServed(station: BenchStation, stick: Stick): Promise<void> {
    const { damage, outside, content } = await checkImage(bench.guest, stick);
    expect([stick.spec.label, damage, outside]).toEqual([stick.spec.label, [], untouched(stick)]);
    const { code, stderr } = await station.verify(content);
    expect([stick.spec.label, code, stderr]).toEqual([stick.spec.label, 0, expect.stringContaining("what was signed")]);
    rmSync(content, { recursive: true });
    tally.served(stick.spec.fileSystem);
  }
});

async function plugUntilGreen(armed: Armed, stick: Stick, socket: string, said = /^$/): Promise<void> {
  // What came of its pulling may be told after it is back.
  const isOld = ({ message }: StickLine): boolean => ["pulled", "early", "STICK_GONE"].includes(message?.code ?? "");
  const end = armed.until(stick.spec.label, (line) => isGreen(line) || (isStuck(line) && !isOld(line)));
  await stick.plug(socket);
  const line = await end;
  expect([stick.spec.label, line.state, reasonOf(line)]).toEqual([
    stick.spec.label,
    "remove",
    expect.stringMatching(said),
  ]);
}

/** Tells each state of a stick until it is out. */
async function follow(armed: Armed, stick: Stick, tell: (state: string) => void): Promise<void> {
  do {
    const line = await armed.until(stick.spec.label, () => true).catch(() => null);
    if (line === null) return;
    if (stick.isPlugged) tell(line.state ?? "");
  } while (stick.isPlugged);
}

function seatsOf({ sandbox }: BenchStation): readonly string[] {
  return sandbox
    .activations()
    .map(({ fingerprint }) => fingerprint)
    .sort();
}

/** Mulberry32: the same times of plugging for the same seed. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Real time: the guest cannot be told to wait on a clock of ours. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
