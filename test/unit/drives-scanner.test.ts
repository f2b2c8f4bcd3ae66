import { execFileSync, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { guardPolicyFor, hostOf, systemDriveSource } from "../../electron/engine/drives/drive-source.ts";
import { gatherLinux } from "../../electron/engine/drives/gather-linux.ts";
import { createMacGatherer, gatherWindows } from "../../electron/engine/drives/gather-others.ts";
import { type HotplugSource, watchFolder } from "../../electron/engine/drives/hotplug.ts";
import { hotplugProcess } from "../../electron/engine/drives/hotplug-process.ts";
import type { RunCommand } from "../../electron/engine/drives/run-command.ts";
import { type DriveEvent, diffDrives, type Scanner, startScanner } from "../../electron/engine/drives/scanner.ts";
import { refuseDrive } from "../../electron/engine/drives/suitability.ts";
import { timeouts } from "../../electron/engine/drives/timeouts.ts";
import { type FakeClock, fakeClock } from "../fakes/fake-clock.ts";
import { type FakeDrives, fakeDrives } from "../fakes/fake-drives.ts";
import { macInfos, macList, macUsbTree } from "../fixtures/drives/diskutil-outputs.ts";
import { lsblkNode, lsblkOutput, lsblkPart, mounted, usbStick } from "../fixtures/drives/lsblk-outputs.ts";
import { powershellOutput, windowsSystemDisk } from "../fixtures/drives/powershell-outputs.ts";
import { driveReport } from "../fixtures/drives/reports.ts";

const a = driveReport({ device: "/dev/sda", generation: "1", serial: "A" });
const b = driveReport({ device: "/dev/sdb", generation: "2", serial: "B" });
const told = (events: readonly DriveEvent[]) => events.map(({ kind, drive }) => `${kind} ${drive.device}`);

describe("the difference between two looks", () => {
  test.each<readonly [string, Parameters<typeof diffDrives>, readonly string[]]>([
    [
      "nothing new",
      [
        [a, b],
        [b, a],
      ],
      [],
    ],
    ["one comes", [[a], [a, b]], ["attached /dev/sdb"]],
    ["one goes", [[a, b], [b]], ["detached /dev/sda"]],
    ["one is replugged in between", [[a], [{ ...a, generation: "9" }]], ["detached /dev/sda", "attached /dev/sda"]],
    [
      "another takes its device name",
      [[a], [{ ...b, device: "/dev/sda" }]],
      ["detached /dev/sda", "attached /dev/sda"],
    ],
    [
      "it comes back under another name",
      [[a], [{ ...a, device: "/dev/sdc" }]],
      ["detached /dev/sda", "attached /dev/sdc"],
    ],
    ["it is moved to another port", [[a], [{ ...a, port: "x/1:0" }]], ["detached /dev/sda", "attached /dev/sda"]],
    ["it is mounted", [[{ ...a, mountPoints: [] }], [a]], ["changed /dev/sda"]],
    ["the system begins to swap to it", [[a], [{ ...a, uses: [{ use: "swap", by: "x" }] }]], ["changed /dev/sda"]],
    [
      "everything at once",
      [
        [a, b],
        [{ ...b, mountPoints: [] }, driveReport({ device: "/dev/sdz" })],
      ],
      ["detached /dev/sda", "changed /dev/sdb", "attached /dev/sdz"],
    ],
  ])("%s", (_, [before, now], expected) => {
    expect(told(diffDrives(before, now))).toEqual(expected);
  });
});

describe("the scanner", () => {
  let clock: FakeClock;
  let source: FakeDrives;
  let events: DriveEvent[];
  let notices: string[];
  let nudge: () => void;
  let scanner: Scanner | null;
  const start = (): Scanner => {
    const hotplug: HotplugSource = {
      start: (listener) => {
        nudge = listener.nudge;
        return () => {};
      },
    };
    scanner = startScanner({
      source,
      hotplug: [hotplug],
      clock,
      pollMs: 1000,
      onEvent: (event) => events.push(event),
      onNotice: (notice) => notices.push(notice),
    });
    return scanner;
  };
  beforeEach(() => {
    clock = fakeClock();
    source = fakeDrives();
    events = [];
    notices = [];
    scanner = null;
  });
  afterEach(() => {
    scanner?.stop();
  });

  test("finds by polling alone what comes and goes", async () => {
    start();
    await clock.advance(1);
    source.set(a);
    await clock.advance(1000);
    source.set(b);
    await clock.advance(1000);
    expect(told(events)).toEqual(["attached /dev/sda", "detached /dev/sda", "attached /dev/sdb"]);
  });

  test("a nudge is followed by one look as soon as it is quiet, however many there were", async () => {
    start();
    await clock.advance(1);
    const { looks } = source;
    source.set(a);
    for (let i = 0; i < 5; i++) {
      nudge();
      await clock.advance(40);
    }
    expect(source.looks).toBe(looks);
    await clock.advance(timeouts.settleMs);
    expect([source.looks, told(events)]).toEqual([looks + 1, ["attached /dev/sda"]]);
  });

  test("nudges that never stop do not put the look off for ever", async () => {
    source.hang();
    source.set();
    scanner = startScanner({
      source,
      hotplug: [{ start: (listener) => ((nudge = listener.nudge), () => {}) }],
      clock,
      pollMs: 1e9,
      onEvent: (event) => events.push(event),
    });
    await clock.advance(1);
    source.set(a);
    for (let ms = 0; ms < timeouts.settleAtMostMs + timeouts.settleMs; ms += 50) {
      nudge();
      await clock.advance(50);
    }
    expect(told(events)).toEqual(["attached /dev/sda"]);
  });

  test("a look that fails is not taken for sixteen pulled sticks, and is told once", async () => {
    source.set(a, b);
    const running = start();
    await clock.advance(1);
    source.break("lsblk is away");
    await clock.advance(5000);
    expect([running.drives.length, running.problem, notices]).toEqual([2, "lsblk is away", ["lsblk is away"]]);
    source.set(a, b);
    await clock.advance(1000);
    expect([running.problem, notices.at(-1), told(events)]).toEqual([
      null,
      "Drives can be seen again.",
      ["attached /dev/sda", "attached /dev/sdb"],
    ]);
  });

  test("looks never overlap: one that hangs is waited for, and one more follows it", async () => {
    source.hang();
    const running = start();
    await clock.advance(10_000);
    nudge();
    await clock.advance(10_000);
    expect(source.looks).toBe(1);
    source.set(a);
    await running.look();
    expect([source.looks, told(events)]).toEqual([2, ["attached /dev/sda"]]);
  });

  test("a replug faster than any poll is two events where the system counts pluggings", async () => {
    source.set(a);
    start();
    await clock.advance(1);
    source.set();
    source.set({ ...a, generation: "2" });
    await clock.advance(1000);
    expect(told(events)).toEqual(["attached /dev/sda", "detached /dev/sda", "attached /dev/sda"]);
  });

  test("disks that can be no stick, and readers without a card, are never followed", async () => {
    source.set(
      driveReport({ bus: "sata" }),
      driveReport({ bus: "virtual" }),
      driveReport({ sizeBytes: 0 }),
      driveReport({ bus: "network" }),
    );
    start();
    await clock.advance(2000);
    expect(events).toEqual([]);
  });

  test("after a stop nothing is told any more", async () => {
    const running = start();
    source.hang();
    await clock.advance(1000);
    running.stop();
    source.set(a);
    nudge();
    await clock.advance(5000);
    expect(events).toEqual([]);
  });
});

test("the real system can be asked, and its own disk is never offered", async () => {
  const host = hostOf();
  if (host === null) return;
  const scan = await systemDriveSource({ home: tmpdir(), host }).scan();
  const root = scan.ok ? scan.drives.filter(({ mountPoints }) => mountPoints.includes("/")) : [];
  for (const drive of root)
    expect(refuseDrive(drive, guardPolicyFor(host)).map(({ code }) => code)).toContain("holds-system");
});

describe("asking the system", () => {
  const answering = (
    answers: Readonly<Record<string, string>>,
  ): { readonly run: RunCommand; readonly asked: string[] } => {
    const asked: string[] = [];
    return {
      asked,
      run: async (file, args) => {
        asked.push([file, ...args].join(" "));
        const output = Object.entries(answers).find(([key]) => asked.at(-1)?.includes(key) === true)?.[1];
        return { exitCode: output === undefined ? 1 : 0, output: output ?? "", errors: "", isMissing: false };
      },
    };
  };

  test("Linux: a swap file on a stick and the station's home are seen", async () => {
    const folder = mkdtempSync(join(tmpdir(), "drives-"));
    try {
      writeFileSync(join(folder, "swaps"), "Filename Type Size Used Priority\n/media/op/B/swap file 1 0 -2\n");
      const output = lsblkOutput(
        lsblkNode("sda", usbStick, [lsblkPart("sda1", { fstype: "vfat", ...mounted("/media/op/A") })]),
        lsblkNode("sdb", usbStick, [lsblkPart("sdb1", { fstype: "vfat", ...mounted("/media/op/B") })]),
      );
      const scan = await gatherLinux(answering({ lsblk: output }).run, [{ use: "data", path: "/media/op/A/home" }], {
        blockFolder: join(folder, "none"),
        swaps: join(folder, "swaps"),
      });
      expect(scan.ok && scan.drives.map(({ uses }) => uses.map(({ use }) => use))).toEqual([["data"], ["swap"]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("Linux: an old lsblk is asked again without the column it does not know; without lsblk it is said", async () => {
    const asked: string[] = [];
    const old: RunCommand = async (_, args) => {
      asked.push(args.at(-1) ?? "");
      const isTooNew = args.at(-1)?.includes("MOUNTPOINTS") === true;
      return { exitCode: isTooNew ? 1 : 0, output: isTooNew ? "" : lsblkOutput(), errors: "", isMissing: false };
    };
    expect([await gatherLinux(old, []), asked.length]).toEqual([{ ok: true, drives: [] }, 2]);
    const none: RunCommand = async () => ({ exitCode: null, output: "", errors: "", isMissing: true });
    expect(await gatherLinux(none, [])).toMatchObject({ ok: false, message: expect.stringContaining("util-linux") });
  });

  test("Linux: what comes and goes while lsblk looks is told whole or not at all", async () => {
    const folder = mkdtempSync(join(tmpdir(), "drives-"));
    try {
      mkdirSync(join(folder, "sda"));
      const run: RunCommand = async () => {
        // One has come since the look began, and one that lsblk still saw is gone.
        mkdirSync(join(folder, "sdb"));
        writeFileSync(join(folder, "sdb", "diskseq"), "7\n");
        rmSync(join(folder, "sda"), { recursive: true });
        const output = lsblkOutput(lsblkNode("sda", usbStick), lsblkNode("sdb", usbStick));
        return { exitCode: 64, output, errors: "", isMissing: false };
      };
      const scan = await gatherLinux(run, [], { blockFolder: folder, swaps: join(folder, "none") });
      expect(scan.ok && scan.drives.map(({ device, generation }) => [device, generation])).toEqual([["/dev/sdb", "7"]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.skipIf(process.platform === "win32")(
    "Linux: a disk that goes while it is read is gone, and not another one that has come",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "drives-"));
      try {
        const link = join(folder, "sda");
        mkdirSync(link);
        // Whoever reads of a pipe waits for its writer, so the disk can go in the middle of the reading.
        execFileSync("mkfifo", [join(link, "diskseq")]);
        const run: RunCommand = async () => {
          const output = lsblkOutput(lsblkNode("sda", usbStick));
          return { exitCode: 0, output, errors: "", isMissing: false };
        };
        const scanning = gatherLinux(run, [], { blockFolder: folder, swaps: join(folder, "none") });
        const pipe = await open(join(link, "diskseq"), "w");
        renameSync(link, join(folder, "..", `${basename(folder)}-gone`));
        await pipe.close();
        expect(await scanning).toEqual({ ok: true, drives: [] });
      } finally {
        for (const left of [folder, `${folder}-gone`]) rmSync(left, { recursive: true, force: true });
      }
    },
  );

  test("macOS: details are asked for once for each list", async () => {
    const infos = Object.fromEntries([...macInfos].map(([id, text]) => [`info -plist ${id}`, text]));
    const { run, asked } = answering({ "list -plist": macList, SPUSBDataType: macUsbTree, ...infos });
    const gather = createMacGatherer();
    const first = await gather(run, [{ use: "system", path: "/" }]);
    const { length } = asked;
    expect(await gather(run, [{ use: "system", path: "/" }])).toEqual(first);
    expect(asked.length).toBe(length + 1);
    expect(first.ok && first.drives.map(({ device, uses }) => [device, uses.length > 0])).toEqual([
      ["/dev/disk0", true],
      ["/dev/disk4", false],
      ["/dev/disk5", false],
      ["/dev/disk7", false],
      ["/dev/disk8", false],
    ]);
  });

  test("Windows: the station's home on a stick is seen", async () => {
    const { run } = answering({
      powershell: powershellOutput([windowsSystemDisk, { number: 2, volumes: [{ letter: "E", fileSystem: "FAT32" }] }]),
    });
    const scan = await gatherWindows(run, [{ use: "data", path: "E:\\station" }]);
    expect(scan.ok && scan.drives.map(({ uses }) => uses.map(({ use }) => use))).toEqual([
      ["system", "swap"],
      ["data"],
    ]);
  });

  test.each([
    ["Linux", gatherLinux],
    ["macOS", createMacGatherer()],
    ["Windows", gatherWindows],
  ])("%s: a system that does not answer, or not as it should, is no empty system", async (_, gather) => {
    expect(await gather(answering({}).run, [])).toMatchObject({ ok: false });
    expect(await gather(answering({ l: "nonsense" }).run, [])).toMatchObject({ ok: false });
  });
});

describe("hotplug sources", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "drives-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const entry = (code: string) => {
    writeFileSync(join(folder, "child.mjs"), code);
    return pathToFileURL(join(folder, "child.mjs"));
  };
  /** Everything heard until the source is absent. */
  const listen = (source: HotplugSource) =>
    new Promise<readonly string[]>((resolve) => {
      const heard: string[] = [];
      source.start({
        nudge: () => heard.push("nudge"),
        absent: (why) => {
          resolve([...heard, why]);
        },
      });
    });

  test("a new file in the device folder is a nudge", async () => {
    await new Promise<void>((resolve, reject) => {
      const stop = watchFolder(folder).start({
        absent: reject,
        nudge: () => {
          stop();
          resolve();
        },
      });
      writeFileSync(join(folder, "sdb"), "");
    });
  });

  test("a folder that is not there is an absent source and no error", async () => {
    expect(await listen(watchFolder(join(folder, "none")))).toEqual([expect.stringContaining("cannot be watched")]);
  });

  test("without a hotplug library the process says so and polling goes on", async () => {
    expect(
      (
        await listen(
          hotplugProcess({
            clock: fakeClock(),
            entry: entry(`process.send("absent"); setInterval(() => {}, 1000)`),
          }),
        )
      ).at(-1),
    ).toBe("no hotplug library is installed");
  });

  test("a process that crashes at every start is given up after a few, each crash a reason to look", async () => {
    const clock = fakeClock();
    const heard = listen(
      hotplugProcess({ clock, entry: entry(`process.send("nudge", () => process.kill(process.pid, "SIGSEGV"))`) }),
    );
    let over = false;
    void heard.finally(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      // Only the pause before a new start may pass, never the wait for a silent process.
      if (clock.sleeping === 1) await clock.advance(timeouts.hotplugRestartMs);
    }
    const words = await heard;
    expect(words.at(-1)).toBe("the hotplug library keeps failing");
    expect(words.filter((word) => word === "nudge").length).toBeGreaterThanOrEqual(timeouts.hotplugStarts);
  });

  test("a process that falls silent is killed", async () => {
    const clock = fakeClock();
    const absent = listen(
      hotplugProcess({
        clock,
        entry: entry(`process.send("ready usb"); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)`),
      }),
    );
    let over = false;
    void absent.finally(() => {
      over = true;
    });
    while (!over) {
      await clock.advance(timeouts.hotplugSilenceMs);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect((await absent).at(-1)).toBe("the hotplug library keeps failing");
  });

  test("the real child says that no library is installed, or is ready", async () => {
    const heard = await new Promise<string>((resolve) => {
      const child = fork(new URL("../../electron/engine/drives/hotplug-child.ts", import.meta.url), {
        stdio: ["ignore", "ignore", "ignore", "ipc"],
        execArgv: [],
      });
      child.once("message", (word) => {
        child.kill("SIGKILL");
        resolve(JSON.stringify(word));
      });
    });
    expect(['"absent"', '"ready usb"', '"ready usb-detection"']).toContain(heard);
  });
});
