import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BatchStep } from "../../electron/engine/batch/runtime.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { type LoopFileSystem, type LoopStick, loopStick } from "../fixtures/loop-stick.ts";
import { type BatchWorld, inBatchWorld } from "./batch-world.ts";
import { quietHooks } from "./workbench.ts";

const fileSystems = ["ext4", "exfat", "ntfs"] as const satisfies readonly LoopFileSystem[];
const steps = ["activating", "writing", "verifying", "committing", "done"] as const satisfies readonly BatchStep[];
const notMounted = " (skipped: this machine does not let us mount it)";
const fingerprints = ["fp-a-0001", "fp-b-0001", "fp-c-0001"];

describe.each(fileSystems)("a stick with %s of this machine's own kernel", (fileSystem) => {
  const canMount = isMountable(fileSystem);
  const why = canMount ? "" : notMounted;
  test.skipIf(!canMount)(`is served whole${why}`, () =>
    onStick(fileSystem, async (world, stick) => {
      expect((await world.provision()).problem).toBeNull();
      stick.plugIn();
      expect(await world.expectSound(fingerprints)).toEqual([]);
      expect(stick.damage()).toBeNull();
    }),
  );

  test.skipIf(!canMount).each(steps)(
    `cut off while %s: its file system is whole, and it is finished later${why}`,
    (step) =>
      onStick(fileSystem, async (world, stick) => {
        const foreign = world.foreign();
        let isPulled = false;
        const stopped = await world.provision({
          hooks: {
            ...quietHooks(),
            step: (now) => {
              if (now !== step || isPulled) return;
              isPulled = true;
              stick.pull();
            },
          },
        });
        expect(isPulled).toBe(true);
        expect(["STICK_GONE", "STICK_IO", "STICK_READ_ONLY", null]).toContain(stopped.problem);
        // After the last step everything is on it already.
        expect(stopped.problem === null).toBe(step === "done");
        expect(stick.damage()).toBeNull();
        stick.plugIn();
        expect(world.foreign()).toEqual(foreign);
        if (step !== "done") expect((await world.resume()).problem).toBeNull();
        stick.plugIn();
        expect(await world.expectSound(fingerprints)).toEqual([]);
        expect(world.foreign()).toEqual(foreign);
      }),
  );
});

const isExt4 = isMountable("ext4");
test.skipIf(!isExt4)(
  `a volume that was told to write out holds what was written before, and a folder's is left alone${isExt4 ? "" : notMounted}`,
  () =>
    onStick("ext4", async (world, stick) => {
      const at = (name: string) => join(world.stick, name);
      await nodeFiles.writeNew(at("before"), new TextEncoder().encode("before"));
      await nodeFiles.syncVolume(world.stick);
      await nodeFiles.writeNew(at("after"), new TextEncoder().encode("after"));
      mkdirSync(at("folder"));
      await nodeFiles.syncVolume(at("folder"));
      stick.pull();
      stick.plugIn();
      expect([readFileSync(at("before"), "utf8"), existsSync(at("after"))]).toEqual(["before", false]);
    }),
);

function isMountable(fileSystem: LoopFileSystem): boolean {
  const base = mkdtempSync(join(tmpdir(), "station-loop-"));
  const folder = mkdtempSync(join(base, "at-"));
  try {
    const stick = loopStick(fileSystem, base, folder);
    stick?.remove();
    return stick !== null;
  } finally {
    rmSync(base, { recursive: true });
  }
}

async function onStick(
  fileSystem: LoopFileSystem,
  work: (world: BatchWorld, stick: LoopStick) => Promise<void>,
): Promise<void> {
  await inBatchWorld(async (world) => {
    const stick = loopStick(fileSystem, join(world.stick, ".."), world.stick);
    if (stick === null) throw new Error(`A ${fileSystem} image could be mounted a moment ago.`);
    try {
      writeFileSync(join(world.stick, "theirs.txt"), "theirs");
      world.askFor("a", "b", "c");
      // What a device left on its stick is on it for good.
      stick.plugIn();
      await work(world, stick);
    } finally {
      stick.remove();
    }
  });
}
