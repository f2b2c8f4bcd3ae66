import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rehearsalFiles, writeRehearsalStick } from "../../electron/engine/handlers/rehearsal-stick.ts";
import { createSticks, type StickSummary, stickViewOf } from "../../electron/engine/handlers/sticks.ts";
import { readRequests } from "../../electron/engine/intake/read-requests.ts";
import { nodeFiles } from "../../electron/engine/platform/node-files.ts";
import { StationError } from "../../shared/domain/errors.ts";
import { stickView } from "../../shared/ipc/stick-contract.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

describe("sticks", () => {
  const summary: StickSummary = {
    requests: 3,
    alreadyProvisioned: 1,
    refused: 0,
    conflicts: 0,
    freeBytes: 10,
    sizeBytes: 20,
    fileSystem: "vfat",
    unfinished: null,
  };
  const drive = (n: number) => ({
    id: `/dev/sd${n}`,
    mountPoint: `/media/op/S${n}`,
    label: `S${n}`,
    sizeBytes: 100,
    fileSystem: "vfat",
  });
  function arrange(look: (path: string) => Promise<StickSummary> = async () => summary, slots = 4) {
    let changes = 0;
    const sticks = createSticks({ look, slots: () => slots, changed: () => void (changes += 1) });
    return { sticks, views: () => sticks.list().map(stickViewOf), changes: () => changes };
  }

  test("come and go with their drives, each to the first free slot", () => {
    const { sticks, views } = arrange(undefined, 2);
    expect(sticks.setDrives([drive(1), drive(2), drive(3)])).toHaveLength(3);
    expect(views().map(({ slot }) => slot)).toEqual([1, 2, null]);
    sticks.setDrives([drive(2), drive(3)]);
    expect(sticks.setDrives([drive(2), drive(3), drive(4)]).map(({ label }) => label)).toEqual(["S4"]);
    expect(views().map(({ label, slot }) => [label, slot])).toEqual([
      ["S2", 2],
      ["S3", null],
      ["S4", 1],
    ]);
    expect(views().map((view) => stickView.parse(view))).toEqual(views());
  });

  test("are never told by path", () => {
    const { sticks, views } = arrange();
    sticks.addFolder("/secret/place/of/requests");
    sticks.setDrives([drive(1)]);
    expect(JSON.stringify(views())).not.toMatch(/secret|media/);
  });

  test("a folder named twice is one; it goes when it is removed, a drive does not", () => {
    const { sticks } = arrange();
    const { id } = sticks.addFolder("/a/b");
    expect(sticks.addFolder("/a/b").id).toBe(id);
    const [plugged] = sticks.setDrives([drive(1)]);
    expect(() => sticks.removeFolder(plugged?.id ?? "")).toThrow(expect.objectContaining({ code: "USAGE" }));
    sticks.removeFolder(id);
    sticks.removeFolder(id);
    expect(sticks.list()).toHaveLength(1);
    expect(() => sticks.byId(id)).toThrow(expect.objectContaining({ code: "STICK_GONE" }));
  });

  test.each<[string, Partial<StickSummary>]>([
    ["ready", {}],
    ["empty", { requests: 0 }],
    ["action", { requests: 0, refused: 2 }],
    ["held", { unfinished: "batch-1" }],
  ])("show %s for what was found", async (expected, found) => {
    const { sticks, views } = arrange(async () => ({ ...summary, ...found }));
    const stick = sticks.addFolder("/a");
    expect(views()[0]?.state).toBe("reading");
    await sticks.read(stick);
    expect(views()[0]?.state).toBe(expected);
  });

  test("that cannot be read say why, and are read once at a time", async () => {
    let looks = 0;
    const { sticks, views } = arrange(async () => {
      looks += 1;
      throw new StationError("STICK_IO", "Broken.");
    });
    const stick = sticks.addFolder("/a");
    await Promise.all([sticks.read(stick), sticks.read(stick)]);
    expect([looks, views()[0]?.state, views()[0]?.problem]).toEqual([
      1,
      "action",
      { code: "STICK_IO", message: "Broken." },
    ]);
  });

  test("a drive that a batch works on stays until the batch has ended", () => {
    const { sticks } = arrange();
    const [stick] = sticks.setDrives([drive(1)]);
    if (stick === undefined) throw new Error("no stick");
    const run = { isOver: false } as never;
    stick.run = run;
    sticks.setDrives([]);
    expect(sticks.list()).toHaveLength(1);
    stick.run = { isOver: true } as never;
    sticks.setDrives([]);
    expect(sticks.list()).toHaveLength(0);
  });
});

describe("a practice stick", () => {
  test.each([1, 2, 3, 8, 24, 200])("of %i devices is read as exactly so many, in all three forms", async (devices) => {
    const folder = mkdtempSync(join(tmpdir(), "station-practice-"));
    try {
      writeRehearsalStick(folder, rehearsalFiles(devices, seededRandom("practice"), new Date("2026-11-22T00:00:00Z")));
      const report = await readRequests(nodeFiles, folder);
      expect([report.requests.length, report.conflicts, report.rejected.map(({ code }) => code)]).toEqual([
        devices,
        [],
        devices >= 8 ? ["REQUEST_EMPTY"] : [],
      ]);
      const names = readdirSync(folder, { recursive: true }).map(String);
      if (devices >= 4)
        for (const form of [/\.txt$/, /\.json$/, /\.csv$/]) expect(names.some((name) => form.test(name))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
