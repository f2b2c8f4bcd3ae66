import { describe, expect, test } from "vitest";
import { issuedHere, recurrences } from "../../electron/engine/drives/repeats.ts";
import {
  forgetSlot,
  formatSlotMap,
  parseSlotMap,
  slotAt,
  type SlotMap,
  teachPort,
} from "../../electron/engine/drives/slots.ts";
import { isWorkingState, mayMove, slotMoves, type SlotState } from "../../electron/engine/drives/slot-state.ts";
import { beginTeaching, hearWhileTeaching, skipSlot, type Teaching } from "../../electron/engine/drives/teaching.ts";
import { driveReport } from "../fixtures/drives/reports.ts";

const hub = (index: number) => `0000:00:14.0/2.${1 + Math.floor(index / 4)}.${1 + (index % 4)}:0`;
const plug = (port: string | null) => ({ kind: "attached", drive: driveReport({ port }) }) as const;

describe("teaching", () => {
  test("a hub of sixteen ports is taught one plug after the other", () => {
    const all = Array.from({ length: 16 }, (_, index) => index);
    const taught = all.reduce<Teaching>(
      (teaching, index) => hearWhileTeaching(teaching, plug(hub(index))),
      beginTeaching(
        [],
        all.map((index) => index + 1),
      ),
    );
    expect(taught.waitingFor).toBeNull();
    expect(all.map((index) => slotAt(taught.map, hub(index)))).toEqual(all.map((index) => index + 1));
    expect(parseSlotMap(formatSlotMap(taught.map))).toEqual(taught.map);
  });

  test.each<readonly [string, Parameters<typeof hearWhileTeaching>[1], Partial<Teaching>]>([
    ["a stick whose port the system does not tell teaches nothing", plug(null), { waitingFor: 2, problem: "no-port" }],
    ["a second plug at the port just taught teaches nothing", plug("p1"), { waitingFor: 2, problem: "port-taken" }],
    [
      "a pull teaches nothing",
      { kind: "detached", drive: driveReport({ port: "p9" }) },
      { waitingFor: 2, problem: null },
    ],
    [
      "a mount teaches nothing",
      { kind: "changed", drive: driveReport({ port: "p9" }) },
      { waitingFor: 2, problem: null },
    ],
    ["another port teaches the next slot", plug("p2"), { waitingFor: 3, problem: null }],
  ])("%s", (_, event, expected) => {
    const one = hearWhileTeaching(beginTeaching([], [1, 2, 3]), plug("p1"));
    expect(hearWhileTeaching(one, event)).toMatchObject(expected);
  });

  test("a slot may be skipped and keeps what it knew", () => {
    const skipped = skipSlot(beginTeaching(teachPort([], 1, "old"), [1, 2]));
    expect(hearWhileTeaching(skipped, plug("new")).map).toEqual([
      { slot: 1, ports: ["old"] },
      { slot: 2, ports: ["new"] },
    ]);
  });

  test("nothing is heard any more once all are taught", () => {
    const over = hearWhileTeaching(beginTeaching([], [1]), plug("p1"));
    expect(hearWhileTeaching(over, plug("p2"))).toBe(over);
  });
});

describe("the map of slots", () => {
  test("a port belongs to the slot that was taught last, and a slot may have several", () => {
    const map = [
      ["usb2", 1],
      ["usb3", 1],
      ["usb2", 2],
    ].reduce<SlotMap>((sum, [port, slot]) => teachPort(sum, Number(slot), String(port)), []);
    expect(map).toEqual([
      { slot: 1, ports: ["usb3"] },
      { slot: 2, ports: ["usb2"] },
    ]);
    expect([slotAt(map, "usb2"), slotAt(map, "never"), slotAt(map, null), slotAt(forgetSlot(map, 2), "usb2")]).toEqual([
      2,
      null,
      null,
      null,
    ]);
  });

  test.each([
    "",
    "{}",
    '{"v":2,"slots":[]}',
    '{"v":1,"slots":[{"slot":0,"ports":[]}]}',
    '{"v":1,"slots":[{"slot":1,"ports":["a"]},{"slot":1,"ports":["b"]}]}',
    '{"v":1,"slots":[{"slot":1,"ports":["a"]},{"slot":2,"ports":["a"]}]}',
    '{"v":1,"slots":[{"slot":1,"ports":[""]}]}',
    '{"v":1,"slots":[],"more":1}',
    '{"v":1,"v":1,"slots":[]}',
    `{"v":1,"slots":[]}${" ".repeat(70_000)}`,
  ])("a file that is not exactly one is none: %.60s", (text) =>
    expect(parseSlotMap(new TextEncoder().encode(text))).toBeNull(),
  );

  test("bytes that are no text are none", () => expect(parseSlotMap(new Uint8Array([0xff, 0xfe]))).toBeNull());
});

describe("states of a slot", () => {
  const states = Object.keys(slotMoves) as readonly SlotState[];

  test("work never ends in an empty slot, and green comes from verified work or a stick that is owed nothing", () => {
    for (const state of states) {
      if (isWorkingState(state)) expect(mayMove(state, "empty"), state).toBe(false);
      expect(mayMove(state, "remove"), state).toBe(["verifying", "reading", "remove"].includes(state));
    }
  });

  test("every state can be reached from empty and left for empty", () => {
    const reach = (from: SlotState, seen = new Set<SlotState>()): ReadonlySet<SlotState> => {
      if (!seen.has(from)) {
        seen.add(from);
        for (const next of slotMoves[from]) reach(next, seen);
      }
      return seen;
    };
    for (const state of states)
      expect([reach("empty").has(state), reach(state).has("empty")], state).toEqual([true, true]);
  });
});

describe("the same device or stick again", () => {
  const here = { workOrder: "WO-7", stick: "S1" };
  const past = (
    fingerprintSha256: string,
    deviceName: string | null,
    workOrder: string | null,
    stick: string | null,
  ) => ({ batch: "B1", fingerprintSha256, fileSha256: `file-${fingerprintSha256}`, deviceName, workOrder, stick });

  test.each<
    readonly [string, { fingerprintSha256: string; deviceName: string | null }, ReturnType<typeof past>[], string]
  >([
    ["never seen", { fingerprintSha256: "f1", deviceName: "press" }, [past("f2", "lathe", "WO-7", "S1")], "new"],
    [
      "served under another order",
      { fingerprintSha256: "f1", deviceName: "press" },
      [past("f1", "press", "WO-6", "S1")],
      "renewal",
    ],
    [
      "served under no order",
      { fingerprintSha256: "f1", deviceName: null },
      [past("f1", "press", null, null)],
      "renewal",
    ],
    [
      "served under this order on this stick",
      { fingerprintSha256: "f1", deviceName: "press" },
      [past("f1", "press", "WO-6", "S9"), past("f1", "press", "WO-7", "S1")],
      "repeat",
    ],
    [
      "served under this order on another stick",
      { fingerprintSha256: "f1", deviceName: "press" },
      [past("f1", "press", "WO-7", "S2")],
      "repeat-elsewhere",
    ],
    [
      "its name is another device's",
      { fingerprintSha256: "f1", deviceName: "Press" },
      [past("f2", "press", "WO-1", null)],
      "conflict",
    ],
    [
      "it had another name",
      { fingerprintSha256: "f1", deviceName: "mill" },
      [past("f1", "press", "WO-7", "S1")],
      "conflict",
    ],
    [
      "it has no name and had one",
      { fingerprintSha256: "f1", deviceName: null },
      [past("f1", "press", "WO-7", "S1")],
      "repeat",
    ],
    [
      "it was never named before",
      { fingerprintSha256: "f1", deviceName: "press" },
      [past("f1", null, "WO-7", "S1")],
      "repeat",
    ],
  ])("%s", (_, asked, record, expected) => {
    const intact = new Set(record.map(({ fileSha256 }) => fileSha256));
    expect(recurrences([asked], record, here, intact)).toEqual([expected]);
  });

  test("a file that is gone from its stick is no repeat, unless a later one of this order is there", () => {
    const asked = [{ fingerprintSha256: "f1", deviceName: "press" }];
    const first = past("f1", "press", "WO-7", "S1");
    const second = { ...first, batch: "B2", fileSha256: "second" };
    expect(recurrences(asked, [first], here, new Set())).toEqual(["lost"]);
    expect(recurrences(asked, [first, second], here, new Set(["second"]))).toEqual(["repeat"]);
    expect(issuedHere([first, second, past("f1", "press", "WO-7", "S2")], here)).toEqual([first, second]);
  });
});
