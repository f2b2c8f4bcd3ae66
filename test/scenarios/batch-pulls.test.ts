import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BatchHooks, BatchStep } from "../../electron/engine/batch/runtime.ts";
import { type BatchWorld, inBatchWorld } from "./batch-world.ts";
import { quietHooks } from "./workbench.ts";

const fingerprints = ["fp-a-0001", "fp-b-0001", "fp-c-0001"];
const steps = ["activating", "writing", "verifying", "committing"] as const satisfies readonly BatchStep[];

/** Does something to the stick the first time the batch comes to a step. */
function at(step: BatchStep, act: () => void): BatchHooks {
  let isDone = false;
  return {
    ...quietHooks(),
    step: (now) => {
      if (isDone || now !== step) return;
      isDone = true;
      act();
    },
  };
}

/** @returns whether it went well */
function system(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

function pull(world: BatchWorld): void {
  renameSync(world.stick, `${world.stick}-in-a-pocket`);
}

function plugIn(world: BatchWorld): void {
  rmSync(world.stick, { recursive: true, force: true });
  renameSync(`${world.stick}-in-a-pocket`, world.stick);
}

test.each(steps)("pulled while %s: told as gone, and resume completes when the stick is back", (step) =>
  inBatchWorld(async (world) => {
    world.askFor("a", "b", "c");
    const foreign = world.foreign();
    const stopped = await world.provision({ hooks: at(step, () => pull(world)) });
    expect(stopped.problem).toBe("STICK_GONE");
    await expect(world.resume()).rejects.toMatchObject({ code: "STICK_GONE" });
    plugIn(world);
    expect(await world.resume()).toEqual({
      problem: null,
      devices: { a: "delivered", b: "delivered", c: "delivered" },
    });
    expect(world.foreign()).toEqual(foreign);
    expect(await world.expectSound(fingerprints)).toEqual([]);
  }),
);

test.each(steps)("another stick in its place while %s: nothing goes onto it", (step) =>
  inBatchWorld(async (world) => {
    world.askFor("a", "b", "c");
    const swap = at(step, () => {
      pull(world);
      mkdirSync(join(world.stick, "PROVISIONING"), { recursive: true });
      writeFileSync(join(world.stick, "theirs.txt"), "theirs");
    });
    const stopped = await world.provision({ hooks: swap });
    expect(stopped.problem).toBe("STICK_GONE");
    expect(Object.keys(world.foreign())).toEqual(["theirs.txt"]);
    expect(world.delivered()).toEqual([]);
    plugIn(world);
    expect((await world.resume()).problem).toBeNull();
    expect(await world.expectSound(fingerprints)).toEqual([]);
  }),
);

/** Only where this machine lets us mount: the stick is a small file system of its own. */
const canMount = process.getuid?.() === 0 && system("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", tmpdir());
const mounted = canMount ? test : test.skip;
const skipped = canMount ? "" : " (skipped: this machine lets us mount nothing)";

mounted.each(["activating", "writing"] as const)(
  `a stick that fills up while %s: old state, and resume with room${skipped}`,
  (step) =>
    inBatchWorld(async (world) => {
      expect(system("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", world.stick)).toBe(true);
      try {
        world.askFor("a", "b", "c");
        const filler = join(world.stick, "holiday.mov");
        const fill = at(step, () => system("dd", "if=/dev/zero", `of=${filler}`, "bs=4096", "count=1000"));
        expect((await world.provision({ hooks: fill })).problem).toBe("STICK_FULL");
        expect(world.delivered()).toEqual([]);
        rmSync(filler);
        expect((await world.resume()).problem).toBeNull();
        expect(await world.expectSound(fingerprints)).toEqual([]);
      } finally {
        system("umount", "-l", world.stick);
      }
    }),
);

mounted.each(["activating", "writing", "committing"] as const)(
  `a stick that turns read-only while %s: old state, and resume once it can be written${skipped}`,
  (step) =>
    inBatchWorld(async (world) => {
      expect(system("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", world.stick)).toBe(true);
      try {
        world.askFor("a", "b", "c");
        const lock = at(step, () => system("mount", "-o", "remount,ro", world.stick));
        expect((await world.provision({ hooks: lock })).problem).toBe("STICK_READ_ONLY");
        expect(world.delivered()).toEqual([]);
        expect((await world.resume()).problem).toBe("STICK_READ_ONLY");
        expect(system("mount", "-o", "remount,rw", world.stick)).toBe(true);
        expect((await world.resume()).problem).toBeNull();
        expect(await world.expectSound(fingerprints)).toEqual([]);
      } finally {
        system("umount", "-l", world.stick);
      }
    }),
);

test("what an earlier visit delivered is untouched by a pull in the next", () =>
  inBatchWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    expect(await world.expectSound(["fp-a-0001"])).toEqual([]);
    world.askFor("b");
    expect((await world.provision({ hooks: at("verifying", () => pull(world)) })).problem).toBe("STICK_GONE");
    plugIn(world);
    // Before the resume the stick still is in its old state, whole.
    expect(world.delivered()).toEqual(["a-device"]);
    expect((await world.resume()).problem).toBeNull();
    expect(world.delivered()).toEqual(["a-device", "a-device", "b-device"]);
    expect(await world.expectSound(["fp-a-0001", "fp-b-0001"])).toEqual([]);
  }));
