import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DriveReport } from "../../electron/engine/drives/drive-report.ts";
import { finishDrive } from "../../electron/engine/drives/finish.ts";
import type { Host } from "../../electron/engine/drives/file-system-support.ts";
import { findHolders } from "../../electron/engine/drives/holders.ts";
import { mountVolume } from "../../electron/engine/drives/mount.ts";
import { type CommandResult, type RunCommand, runCommand } from "../../electron/engine/drives/run-command.ts";
import { timeouts } from "../../electron/engine/drives/timeouts.ts";
import { fakeClock } from "../fakes/fake-clock.ts";
import { fakeDrives } from "../fakes/fake-drives.ts";
import { driveReport, volumeReport } from "../fixtures/drives/reports.ts";

const ok: CommandResult = { exitCode: 0, output: "", errors: "", isMissing: false };
const missing: CommandResult = { exitCode: null, output: "", errors: "", isMissing: true };
const fails = (errors: string): CommandResult => ({ exitCode: 1, output: "", errors, isMissing: false });
const two = driveReport({
  volumes: [volumeReport(), volumeReport({ device: "/dev/sdb2", mountPoints: ["/media/op/B"] })],
});
const without = (drive: DriveReport, ...devices: readonly string[]): DriveReport => {
  const volumes = drive.volumes.map((one) =>
    devices.includes(one.device) ? Object.assign({}, one, { mountPoints: [] }) : one,
  );
  return { ...drive, volumes, mountPoints: volumes.flatMap(({ mountPoints }) => mountPoints) };
};

/** A system on which commands act on the drives; what is not answered succeeds and does nothing, but for switching off. */
function system(
  first: DriveReport,
  answers: Readonly<Record<string, (now: DriveReport) => readonly [CommandResult, DriveReport | null]>>,
  host: Host = "linux",
  others: readonly DriveReport[] = [],
) {
  let now: DriveReport | null = first;
  const source = fakeDrives(first, ...others);
  const asked: string[] = [];
  const run: RunCommand = async (file, args) => {
    asked.push([file.split("/").at(-1), ...args.filter((one) => !one.startsWith("--no-user"))].join(" "));
    const [, answer] = Object.entries(answers).find(([key]) => asked.at(-1)?.includes(key) === true) ?? [];
    if (now === null) return ok;
    const [result, next] = answer?.(now) ?? [ok, /power-off|diskutil eject/.test(asked.at(-1) ?? "") ? null : now];
    now = next;
    source.set(...(now === null ? [] : [now]), ...others);
    return result;
  };
  const clock = fakeClock({ auto: true });
  return {
    asked,
    source,
    finish: () => finishDrive(first, { run, host, source, clock, holders: async () => [{ pid: 7, name: "vlc" }] }),
  };
}

describe("done is true on Linux", () => {
  test("every partition is unmounted, then the stick is switched off", async () => {
    const { finish, asked } = system(two, {
      "unmount --block-device /dev/sdb1": (now) => [ok, without(now, "/dev/sdb1")],
      "unmount --block-device /dev/sdb2": (now) => [ok, without(now, "/dev/sdb2")],
    });
    expect([await finish(), asked]).toEqual([
      { kind: "powered-off" },
      [
        "udisksctl unmount --block-device /dev/sdb1",
        "udisksctl unmount --block-device /dev/sdb2",
        "udisksctl power-off --block-device /dev/sdb",
      ],
    ]);
  });

  test("a command that says it worked and did not is not believed", async () => {
    const { finish, asked } = system(two, {});
    expect(await finish()).toMatchObject({ kind: "busy", failure: { code: "STICK_BUSY" } });
    expect(asked.some((one) => one.includes("power-off"))).toBe(false);
  });

  test("a busy stick names who holds it, and is never forced or detached lazily", async () => {
    const { finish, asked } = system(driveReport(), {
      "udisksctl unmount": (now) => [fails("Error unmounting: target is busy"), now],
      "umount --": (now) => [fails("umount: target is busy."), now],
    });
    expect(await finish()).toEqual({
      kind: "busy",
      holders: [{ pid: 7, name: "vlc" }],
      failure: {
        code: "STICK_BUSY",
        message: "vlc (7) still uses the stick at /media/op/FIELD. Close it and try again; do not pull the stick.",
      },
    });
    expect(asked.join("\n")).not.toMatch(/--force|--lazy| -[fl] |power-off/);
  });

  test("a switching off that the system only reports is none", async () => {
    const { finish } = system(without(two, "/dev/sdb1", "/dev/sdb2"), { "power-off": (now) => [ok, now] });
    expect(await finish()).toEqual({ kind: "unmounted" });
  });

  test("one that is let go at the second try is let go", async () => {
    let tries = 0;
    const { finish } = system(driveReport(), {
      "udisksctl unmount": (now) => (++tries === 2 ? [ok, without(now, "/dev/sdb1")] : [fails("timed out"), now]),
    });
    expect([await finish(), tries]).toEqual([{ kind: "powered-off" }, 2]);
  });

  test("without udisks plain umount does it, and it can't be switched off", async () => {
    const { finish, asked } = system(driveReport(), {
      udisksctl: (now) => [missing, now],
      "umount -- /media/op/FIELD": (now) => [ok, without(now, "/dev/sdb1")],
    });
    expect([await finish(), asked.length]).toEqual([{ kind: "unmounted" }, 3]);
  });

  test("the card beside it in the same reader keeps its power", async () => {
    const other = driveReport({ device: "/dev/sdc", port: "0000:00:14.0/4.3:1" });
    const { finish, asked } = system(driveReport(), { unmount: (now) => [ok, without(now, "/dev/sdb1")] }, "linux", [
      other,
    ]);
    expect([await finish(), asked.length]).toEqual([{ kind: "unmounted" }, 1]);
  });

  test("an empty place in the same reader does not matter", async () => {
    const empty = driveReport({ device: "/dev/sdc", port: "0000:00:14.0/4.3:1", sizeBytes: 0 });
    const { finish } = system(driveReport(), { unmount: (now) => [ok, without(now, "/dev/sdb1")] }, "linux", [empty]);
    expect(await finish()).toEqual({ kind: "powered-off" });
  });

  test("pulled meanwhile, it is gone; another that came in its place is left alone", async () => {
    expect(await system(driveReport(), { unmount: () => [fails("no such device"), null] }).finish()).toEqual({
      kind: "gone",
    });
    const { finish, asked } = system(driveReport({ generation: "1" }), {
      unmount: () => [ok, driveReport({ generation: "2" })],
    });
    expect([await finish(), asked.length]).toEqual([{ kind: "gone" }, 1]);
  });

  test("when the system can't be looked at, nothing is called done", async () => {
    const { finish, source } = system(driveReport(), {});
    source.break("lsblk is away.");
    expect(await finish()).toEqual({
      kind: "failed",
      failure: { code: "STICK_IO", message: "lsblk is away. Until then do not pull the stick." },
    });
  });

  test("a name that is no device reaches no command", async () => {
    const odd = driveReport({ device: "/dev/sdb;x", volumes: [volumeReport({ device: "--all" })] });
    const { finish, asked } = system(odd, {});
    expect([(await finish()).kind, asked]).toEqual(["busy", []]);
  });
});

test("macOS: who dissents is named, and a stick that lets go is ejected", async () => {
  const drive = driveReport({ device: "/dev/disk4" });
  const dissent =
    "Unmount of disk4 failed: at least one volume could not be unmounted\nUnmount was dissented by PID 412 (/usr/bin/less)\n";
  expect(await system(drive, { unmountDisk: (now) => [fails(dissent), now] }, "darwin").finish()).toMatchObject({
    kind: "busy",
    holders: [{ pid: 412, name: "less" }],
  });
  const { finish, asked } = system(drive, { unmountDisk: (now) => [ok, without(now, "/dev/sdb1")] }, "darwin");
  expect([await finish(), asked]).toEqual([
    { kind: "powered-off" },
    ["diskutil unmountDisk /dev/disk4", "diskutil eject /dev/disk4"],
  ]);
});

test("Windows: only a drive letter reaches the script", async () => {
  const drive = driveReport({ volumes: [volumeReport({ mountPoints: ["E:\\"] })] });
  const { finish, asked } = system(drive, { powershell: (now) => [ok, without(now, "/dev/sdb1")] }, "win32");
  expect([await finish(), asked.length, asked[0]?.includes("ParseName('E:')")]).toEqual([
    { kind: "unmounted" },
    1,
    true,
  ]);
  const odd = system(driveReport({ volumes: [volumeReport({ mountPoints: ["E:\\'); evil('"] })] }), {}, "win32");
  expect([(await odd.finish()).kind, odd.asked]).toEqual(["busy", []]);
});

describe("mounting", () => {
  const volume = volumeReport({ mountPoints: [] });
  const answer =
    (result: CommandResult): RunCommand =>
    async () =>
      result;
  const on = (host: Host, run: RunCommand, signal = new AbortController().signal) => ({
    run,
    host,
    clock: fakeClock({ auto: true }),
    signal,
  });

  test("udisks is asked to mount it without rights to run anything from it", async () => {
    const asked: string[] = [];
    await mountVolume(
      volume,
      on("linux", async (file, args) => (asked.push([file, ...args].join(" ")), ok)),
    );
    expect(asked).toEqual([
      "udisksctl mount --block-device /dev/sdb1 --no-user-interaction --options nosuid,nodev,noexec",
    ]);
  });

  test("what is mounted is left as it is", async () => {
    await mountVolume(volumeReport(), on("linux", answer(fails("never asked"))));
  });

  test.each([
    ["that has not heard of the stick yet", "Error looking up object for device /dev/sdb1."],
    ["that is only starting", "Error connecting to the udisks daemon: Timeout was reached"],
  ])("a service %s is asked again, and not for ever", async (_, errors) => {
    let asked = 0;
    const run: RunCommand = async () => (++asked < 4 ? fails(errors) : ok);
    await mountVolume(volume, on("linux", run));
    expect(asked).toBe(4);
    const options = on("linux", answer(fails(errors)));
    await expect(mountVolume(volume, options)).rejects.toThrow();
    expect(options.clock.monotonicMs()).toBe(timeouts.mountMs);
  });

  test("nor for a stick that was pulled, whose name another may have", async () => {
    const pulled = new AbortController();
    let asked = 0;
    const run: RunCommand = async () => {
      asked++;
      pulled.abort(new Error("pulled"));
      return fails("Error looking up object");
    };
    await expect(mountVolume(volume, on("linux", run, pulled.signal))).rejects.toThrow("pulled");
    expect(asked).toBe(1);
  });

  test("that the desktop was quicker is as good", async () => {
    await mountVolume(volume, on("linux", answer(fails("UDisks2.Error.AlreadyMounted"))));
  });

  test.each<readonly [string, Host, CommandResult, string, RegExp]>([
    ["no udisks", "linux", missing, "STICK_UNSAFE", /udisks2/],
    ["no service", "linux", fails("Error connecting to the udisks daemon"), "STICK_UNSAFE", /does not run/],
    [
      "no right to",
      "linux",
      fails("GDBus.Error:org.freedesktop.UDisks2.Error.NotAuthorizedCanObtain: Not authorized"),
      "STICK_UNSAFE",
      /may not mount/,
    ],
    ["no driver", "linux", fails("mount: unknown filesystem type 'exfat'"), "STICK_UNSAFE", /FAT32/],
    ["it hangs", "linux", { ...missing, isMissing: false }, "STICK_IO", /too long/],
    ["anything else", "darwin", fails("?"), "STICK_IO", /could not mount/],
    ["Windows without a letter", "win32", ok, "STICK_UNSAFE", /drive letter/],
  ])("%s is said with what to do", async (_, host, result, code, message) => {
    await expect(mountVolume(volume, on(host, answer(result)))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test("a name that is no device reaches no command", async () => {
    await expect(
      mountVolume({ ...volume, device: "/dev/x --options=exec" }, on("linux", answer(ok))),
    ).rejects.toMatchObject({ code: "STICK_UNSAFE" });
  });
});

describe("who holds a stick", () => {
  test("open files, working folders, programs and mapped files are found, their names made fit to be shown", async () => {
    const proc = mkdtempSync(join(tmpdir(), "drives-"));
    const add = (pid: string, comm: string, links: Readonly<Record<string, string>>, maps = "") => {
      mkdirSync(join(proc, pid, "fd"), { recursive: true });
      writeFileSync(join(proc, pid, "comm"), `${comm}\n`);
      writeFileSync(join(proc, pid, "maps"), maps);
      for (const [name, target] of Object.entries(links)) symlinkSync(target, join(proc, pid, name));
    };
    try {
      add("10", "bash", { cwd: "/media/op/A/sub" });
      add("11", "v\u001blc", { "fd/3": "/media/op/A/film.mp4" });
      add("12", "other", { cwd: "/media/op/AB", "fd/0": "/dev/null" });
      add("13", "tool", { exe: "/media/op/A/tool" });
      add("14", "lib", {}, "7f00-7f01 r-xp 00000000 08:11 7 /media/op/A/lib one.so\n");
      mkdirSync(join(proc, "self"));
      expect(await findHolders(["/media/op/A"], proc)).toEqual([
        { pid: 10, name: "bash" },
        { pid: 11, name: "v\\x1blc" },
        { pid: 13, name: "tool" },
        { pid: 14, name: "lib" },
      ]);
    } finally {
      rmSync(proc, { recursive: true });
    }
  });

  test.runIf(process.platform === "linux")("a real process that sits in a folder is found", async () => {
    const folder = mkdtempSync(join(tmpdir(), "drives-"));
    const child = spawn(process.execPath, ["-e", "process.stdout.write('up'); setInterval(() => {}, 1000)"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await new Promise((resolve) => {
        child.stdout.once("data", resolve);
      });
      expect((await findHolders([folder])).map(({ pid }) => pid)).toContain(child.pid);
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    }
  });
});

describe("commands of the system", () => {
  test("a program that is missing, fails or runs too long is an answer", async () => {
    const node = (code: string, timeoutMs = 20_000) => runCommand(process.execPath, ["-e", code], { timeoutMs });
    expect(await runCommand("/nowhere/at/all", [], { timeoutMs: 1000 })).toMatchObject({
      exitCode: null,
      isMissing: true,
    });
    expect(await node("console.error('no'); process.exit(3)")).toMatchObject({
      exitCode: 3,
      errors: "no\n",
      isMissing: false,
    });
    expect(await node("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)", 300)).toMatchObject({
      exitCode: null,
      isMissing: false,
    });
  });

  test("it gets no secret of ours", async () => {
    process.env["LICENSESEAT_API_KEY"] = "sk_secret";
    try {
      const { output } = await runCommand(process.execPath, ["-e", "console.log(JSON.stringify(process.env))"], {
        timeoutMs: 20_000,
      });
      expect(output).toContain("PATH");
      expect(output).not.toContain("sk_secret");
    } finally {
      delete process.env["LICENSESEAT_API_KEY"];
    }
  });
});
