import type { FeedSnapshot } from "#shared/ipc/contract.ts";

export type FakeStick = FeedSnapshot<"sticks">[number];

export function fakeStick(part: Partial<FakeStick> & Pick<FakeStick, "id" | "label">): FakeStick {
  return {
    kind: "drive",
    slot: null,
    sizeBytes: 16_008_609_792,
    freeBytes: 15_441_035_264,
    fileSystem: "exfat",
    state: "ready",
    progress: null,
    requests: 24,
    alreadyProvisioned: 0,
    refused: 0,
    conflicts: 0,
    batch: null,
    unfinished: false,
    problem: null,
    ...part,
  };
}

/** One stick in every state a tile can be in. */
export function everyState(): FakeStick[] {
  return [
    fakeStick({
      id: "s1",
      label: "LINE-A",
      slot: 1,
      requests: 500,
      alreadyProvisioned: 12,
      refused: 3,
      conflicts: 1,
    }),
    fakeStick({
      id: "s2",
      label: "LINE-B",
      slot: 2,
      state: "activating",
      progress: 0.42,
      requests: 320,
      batch: "b-run",
    }),
    fakeStick({ id: "s3", label: "KINGSTON", slot: 3, state: "remove", requests: 48, batch: "b-done" }),
    fakeStick({
      id: "s4",
      label: "FIELD-07",
      slot: 4,
      state: "action",
      requests: 64,
      batch: "b-pulled",
      unfinished: true,
      problem: {
        code: "STICK_GONE",
        message: "Slot 4: the stick was pulled while files were written.",
        details: { seats: 12 },
      },
    }),
    fakeStick({ id: "s5", label: "SANDISK", slot: 5, state: "reading", requests: 0 }),
    fakeStick({ id: "s6", label: "LINE-C", slot: 6, state: "held", requests: 80 }),
    fakeStick({ id: "s7", label: "LINE-D", slot: 7, state: "verifying", progress: 0.86, requests: 96, batch: "b-run" }),
  ];
}
