import { describe, expect, test } from "vitest";
import {
  type ArmedEvent,
  type ArmedState,
  disarmedState,
  roomLeft,
  stepArmed,
} from "../../electron/engine/drives/armed-mode.ts";
import { mayDecide } from "../../electron/engine/drives/armed-slot.ts";
import { judgeStick, type ReadStick, type WorkOrder } from "../../electron/engine/drives/armed-rules.ts";
import type { StickDecision } from "../../shared/domain/stick-decision.ts";

const order: WorkOrder = { id: "WO-7", product: "press", count: 10, quota: null, renewals: false };
const fresh = (devices: number): ReadStick => ({
  recurrences: Array.from({ length: devices }, () => "new" as const),
  products: [],
  refused: 0,
  conflicts: 0,
});
const gone = { code: "STICK_GONE", message: "It is gone. Plug it in again." } as const;

/** Runs the events and tells the state and every command there was. */
function run(events: readonly ArmedEvent[], from: ArmedState = disarmedState([1, 2, 3])) {
  const commands: string[] = [];
  let state = from;
  for (const event of events) {
    const step = stepArmed(state, event);
    state = step.state;
    for (const { kind, plugging } of step.commands) commands.push(`${kind} ${plugging}`);
  }
  const tiles = state.slots.map((slot) =>
    [slot.state, slot.message?.code].filter((word) => word !== undefined).join(" "),
  );
  return { state, commands, tiles };
}

const armed: ArmedEvent = { kind: "armed", order, present: [] };
const attach = (plugging: string, slot: number | null = 1): ArmedEvent => ({
  kind: "attached",
  plugging,
  slot,
  refusal: null,
});
const mount = (plugging: string, stick = `stick ${plugging}`): ArmedEvent => ({ kind: "mounted", plugging, stick });
const read = (plugging: string, stick: ReadStick = fresh(3)): ArmedEvent => ({ kind: "read", plugging, stick });
const working = (plugging: string, step: "activating" | "writing" | "verifying"): ArmedEvent => ({
  kind: "working",
  plugging,
  step,
});
const delivered = (plugging: string, devices = 3): ArmedEvent => ({ kind: "delivered", plugging, devices });
const accept = (plugging: string, reason: StickDecision, by: string | null = null): ArmedEvent => ({
  kind: "accepted",
  plugging,
  reason,
  by,
});
const finished = (plugging: string): ArmedEvent => ({ kind: "finished", plugging, failure: null });
const detach = (plugging: string): ArmedEvent => ({ kind: "detached", plugging });
const whole = (plugging: string, slot = 1) => [
  attach(plugging, slot),
  mount(plugging),
  read(plugging),
  working(plugging, "writing"),
  working(plugging, "verifying"),
  delivered(plugging),
  finished(plugging),
];

test("insert, done, remove, next, without a touch", () => {
  const first = run([armed, ...whole("a")]);
  expect([first.tiles, first.commands]).toEqual([
    ["remove", "empty", "empty"],
    ["mount a", "read a", "provision a", "finish a"],
  ]);
  const next = run([armed, ...whole("a"), detach("a"), attach("b"), mount("b"), read("b")]);
  expect([next.tiles[0], next.state.done, roomLeft(next.state)]).toEqual(["activating", 3, 4]);
});

test("slots are worked side by side and never past the order's count", () => {
  const { tiles, commands, state } = run([
    armed,
    ...["a", "b", "c"].flatMap((one, index) => [attach(one, index + 1), mount(one), read(one, fresh(4))]),
  ]);
  expect([tiles, roomLeft(state)]).toEqual([["activating", "activating", "held no-room"], 2]);
  expect(commands.filter((one) => one.startsWith("provision"))).toEqual(["provision a", "provision b"]);
});

test.each<readonly [string, readonly ArmedEvent[], string, readonly string[]]>([
  ["a stick that was there at arming is held", [attach("a"), { ...armed, present: ["a"] }], "held stale", []],
  [
    "and is worked on once it was replugged",
    [attach("a"), { ...armed, present: ["a"] }, detach("a"), attach("b")],
    "reading",
    ["mount b"],
  ],
  [
    "one that was there but is reported only after the arming is held too",
    [{ ...armed, present: ["a"] }, attach("a")],
    "held stale",
    [],
  ],
  ["at a port that was never taught nothing happens", [armed, attach("a", null)], "empty", []],
  ["in a slot that does not exist nothing happens", [armed, attach("a", 9)], "empty", []],
  ["not armed, a stick is held", [attach("a")], "held disarmed", []],
  [
    "what the guard refuses is shown and not mounted",
    [armed, { kind: "attached", plugging: "a", slot: 1, refusal: { code: "STICK_UNSAFE", message: "No." } }],
    "action STICK_UNSAFE",
    [],
  ],
  [
    "a stick that fails to mount asks for a person",
    [armed, attach("a"), { kind: "failed", plugging: "a", failure: gone }],
    "action STICK_GONE",
    ["mount a"],
  ],
  [
    "pulled while it is read, it is just gone",
    [armed, attach("a"), mount("a"), detach("a")],
    "empty",
    ["mount a", "read a"],
  ],
  [
    "disarmed while it is read, it is held",
    [armed, attach("a"), mount("a"), { kind: "disarmed" }, read("a")],
    "held disarmed",
    ["mount a", "read a"],
  ],
  [
    "disarmed while it is worked on, it is brought to its end",
    [
      armed,
      attach("a"),
      mount("a"),
      read("a"),
      { kind: "disarmed" },
      working("a", "writing"),
      delivered("a"),
      finished("a"),
    ],
    "remove",
    ["mount a", "read a", "provision a", "finish a"],
  ],
  [
    "a twin that can't be told apart is held",
    [armed, attach("z", 2), mount("z", "same"), attach("a"), mount("a", "same")],
    "held twin",
    ["mount z", "read z", "mount a"],
  ],
  [
    "the system does not let go",
    [
      armed,
      ...whole("a").slice(0, -1),
      { kind: "finished", plugging: "a", failure: { code: "STICK_BUSY", message: "vlc holds it." } },
    ],
    "action STICK_BUSY",
    ["mount a", "read a", "provision a", "finish a"],
  ],
  [
    "pulled after it was verified and before it was let go",
    [armed, ...whole("a").slice(0, -1), detach("a")],
    "action early",
    ["mount a", "read a", "provision a", "finish a"],
  ],
  [
    "green is not taken back by what comes late",
    [armed, ...whole("a"), { kind: "failed", plugging: "b", failure: gone }, working("a", "writing")],
    "remove",
    ["mount a", "read a", "provision a", "finish a"],
  ],
  [
    "the same stick again, unchanged, is let go and nothing is spent",
    [armed, attach("a"), mount("a"), read("a", { ...fresh(0), recurrences: ["repeat", "repeat"] }), finished("a")],
    "remove repeat",
    ["mount a", "read a", "finish a"],
  ],
  [
    "a second stick reported in a slot that has one is not looked at",
    [armed, attach("a"), attach("b")],
    "reading",
    ["mount a"],
  ],
])("%s", (_, events, tile, commands) => {
  const result = run(events);
  expect([result.tiles[0], result.commands]).toEqual([tile, commands]);
});

describe("what the system finds out later", () => {
  const refused: ArmedEvent = {
    kind: "attached",
    plugging: "a",
    slot: 1,
    refusal: { code: "STICK_UNSAFE", message: "Nothing on it." },
  };
  const judge = (refusal: typeof gone | null): ArmedEvent => ({ kind: "judged", plugging: "a", refusal });

  test.each<readonly [string, readonly ArmedEvent[], string]>([
    ["a stick whose file system is recognised a moment later is let in", [armed, refused, judge(null)], "reading"],
    ["but not one that was there at arming", [refused, { ...armed, present: ["a"] }, judge(null)], "held stale"],
    [
      "one that turns out unfit while it is read is stopped",
      [armed, attach("a"), mount("a"), judge(gone)],
      "action STICK_GONE",
    ],
    [
      "and is not let in again before it is replugged",
      [armed, attach("a"), mount("a"), judge(gone), judge(null)],
      "action STICK_GONE",
    ],
    [
      "work that is under way ends by its own failure",
      [armed, attach("a"), mount("a"), read("a"), judge(gone)],
      "activating",
    ],
    ["green stays green", [armed, ...whole("a"), judge(gone)], "remove"],
  ])("%s", (_, events, tile) => {
    expect(run(events).tiles[0]).toBe(tile);
  });
});

describe("a stick that is pulled midway", () => {
  const pulled = [armed, attach("a"), mount("a", "S"), read("a"), working("a", "writing"), detach("a")];

  test("is told, keeps its claim, and only it resumes, in whatever slot", () => {
    expect(run(pulled)).toMatchObject({
      tiles: ["action pulled", "empty", "empty"],
      state: { owed: [{ stick: "S", claimed: 3 }] },
    });
    expect(roomLeft(run(pulled).state)).toBe(7);
    const same = run([...pulled, attach("b", 2), mount("b", "S")]);
    expect([same.tiles[1], same.commands.at(-1), same.state.owed]).toEqual(["reading", "resume b", []]);
    const other = run([...pulled, attach("b", 1), mount("b", "T"), read("b")]);
    expect([other.tiles[0], other.commands.at(-1), other.state.owed.length]).toEqual(["activating", "provision b", 1]);
  });

  test("may be pulled again and again without its claim growing", () => {
    const again = run([
      ...pulled,
      attach("b"),
      mount("b", "S"),
      detach("b"),
      attach("c"),
      mount("c", "S"),
      detach("c"),
    ]);
    expect([again.state.owed, roomLeft(again.state)]).toEqual([[{ stick: "S", claimed: 3 }], 7]);
  });

  test("is read anew when nothing had begun", () => {
    const unowed = run([...pulled, attach("b"), mount("b", "S"), { kind: "unowed", plugging: "b" }, read("b")]);
    expect([unowed.tiles[0], unowed.commands.slice(-3), roomLeft(unowed.state)]).toEqual([
      "activating",
      ["resume b", "read b", "provision b"],
      7,
    ]);
  });

  test("gives its claim back when somebody decides that it will not come", () => {
    expect(roomLeft(run([...pulled, { kind: "released", stick: "S" }]).state)).toBe(10);
  });

  test("is counted once when it is done", () => {
    const { state } = run([
      ...pulled,
      attach("b"),
      mount("b", "S"),
      working("b", "activating"),
      delivered("b", 3),
      finished("b"),
    ]);
    expect([state.done, roomLeft(state)]).toEqual([3, 7]);
  });

  test("a failure keeps the claim as well", () => {
    const { state, tiles } = run([
      ...pulled.slice(0, -1),
      { kind: "failed", plugging: "a", failure: gone },
      detach("a"),
    ]);
    expect([tiles[0], state.owed]).toEqual(["action pulled", [{ stick: "S", claimed: 3 }]]);
  });

  test("keeps a new order from being armed over it while it is worked on", () => {
    const other = { ...order, id: "WO-8" };
    const { state } = run([...pulled.slice(0, -1), { kind: "armed", order: other, present: [] }]);
    expect(state.order?.id).toBe("WO-7");
  });
});

describe("a held stick that a person decides about", () => {
  const held = (stick: Partial<ReadStick>): readonly ArmedEvent[] => [
    armed,
    attach("a"),
    mount("a"),
    read("a", { ...fresh(0), ...stick }),
  ];
  const half = { recurrences: ["new", "new"] as const, refused: 2 };

  test.each<readonly [string, Partial<ReadStick>, readonly StickDecision[], string]>([
    ["goes on without the refused ones", half, ["some-refused"], "activating"],
    ["renews", { recurrences: ["new", "renewal"] }, ["renewal"], "activating"],
    ["writes lost files again", { recurrences: ["lost"] }, ["lost"], "activating"],
    [
      "writes a second file for another stick's",
      { recurrences: ["repeat-elsewhere"] },
      ["repeat-elsewhere"],
      "activating",
    ],
    ["writes some again with the rest", { recurrences: ["repeat", "new"] }, ["some-repeats"], "activating"],
    ["is asked about the next reason", { ...half, recurrences: ["renewal"] }, ["some-refused"], "held renewal"],
    ["and goes after that", { ...half, recurrences: ["renewal"] }, ["some-refused", "renewal"], "activating"],
    [
      "of which some files are lost and some are not",
      { recurrences: ["lost", "repeat"] },
      ["lost"],
      "held some-repeats",
    ],
    ["never goes on with a conflict", { ...half, conflicts: 1 }, ["some-refused", "renewal"], "held conflict"],
    [
      "never goes on with one in the record",
      { recurrences: ["conflict"], refused: 1 },
      ["some-refused"],
      "held conflict",
    ],
    ["never goes on for another product", { ...half, products: ["mill"] }, ["some-refused"], "held product"],
    [
      "is let go where nothing else is on it",
      { recurrences: ["repeat"], refused: 1 },
      ["some-refused"],
      "reading repeat",
    ],
    ["only for what it is held for", half, ["renewal"], "held some-refused"],
    ["not for what it was held for before", half, ["renewal", "lost", "some-repeats"], "held some-refused"],
    [
      "only within the room",
      { recurrences: Array.from({ length: 11 }, () => "renewal" as const) },
      ["renewal"],
      "held no-room",
    ],
  ])("%s", (_, stick, reasons, tile) => {
    const { tiles, state, commands } = run([...held(stick), ...reasons.map((reason) => accept("a", reason))]);
    expect(tiles[0]).toBe(tile);
    const goes = tile === "activating";
    expect([commands.at(-1), roomLeft(state)]).toEqual([
      goes ? "provision a" : tile.startsWith("reading") ? "finish a" : "read a",
      goes ? 10 - (stick.recurrences?.length ?? 0) : 10,
    ]);
  });

  test.each<readonly [string, readonly ArmedEvent[]]>([
    ["when it is not armed any more", [...held(half), { kind: "disarmed" }]],
    ["when it is armed anew", [...held(half), { ...armed, order: { ...order, id: "WO-8" }, present: [] }]],
    ["when the guard has refused it", [...held(half), { kind: "judged", plugging: "a", refusal: gone }]],
    ["when it is stale", [attach("a"), { ...armed, present: ["a"] }]],
    ["when it has no room", [armed, attach("a"), mount("a"), read("a", fresh(11))]],
    ["when it is plugged in anew", [...held(half), detach("a"), attach("a"), mount("a")]],
  ])("is nobody's to decide %s", (_, events) => {
    const before = run(events).state;
    expect(mayDecide(before, before.slots[0] as (typeof before.slots)[0])).toBeNull();
    for (const reason of ["some-refused", "renewal"] as const)
      expect(stepArmed(before, accept("a", reason))).toEqual({ state: before, commands: [] });
  });

  test("ends green, and says what was left out", () => {
    const went = [...held(half), accept("a", "some-refused"), working("a", "writing"), working("a", "verifying")];
    const { state, tiles } = run([...went, delivered("a", 2), finished("a")]);
    expect([tiles[0], state.slots[0]?.message?.details]).toEqual(["remove left-out", { refused: 2 }]);
    const served = run([...held({ recurrences: ["repeat"], refused: 1 }), accept("a", "some-refused"), finished("a")]);
    expect(served.tiles[0]).toBe("remove left-out");
    const resumed = [armed, attach("a"), mount("a"), read("a"), { ...delivered("a"), leftOut: 1 } as ArmedEvent];
    expect(run([...resumed, finished("a")]).tiles[0]).toBe("remove left-out");
  });

  test("is asked again after it was pulled", () => {
    const pulled = [...held(half), accept("a", "some-refused"), { kind: "released", stick: "stick a" } as const];
    expect(
      run([...pulled, detach("a"), attach("b"), mount("b"), read("b", { ...fresh(2), refused: 2 })]).tiles[0],
    ).toBe("held some-refused");
  });

  test("goes by the decisions of one person alone", () => {
    const both = { ...half, recurrences: ["renewal"] as const };
    const first = [...held(both), accept("a", "some-refused", "op-1")];
    const other = run([...first, accept("a", "renewal", "op-2")]);
    expect(other.tiles[0]).toBe("held some-refused");
    const end = run([...first, accept("a", "renewal", "op-2"), accept("a", "some-refused", "op-2")]);
    expect([end.tiles[0], end.state.slots[0]?.decided]).toEqual([
      "activating",
      { by: "op-2", reasons: ["renewal", "some-refused"] },
    ]);
  });
});

describe("what may be worked on with nobody there to ask", () => {
  test.each<readonly [string, Partial<ReadStick>, Partial<WorkOrder>, number, string]>([
    ["new devices within the order", { recurrences: ["new", "new"] }, {}, 2, "go 2"],
    ["one more than the order has left", { recurrences: ["new", "new"] }, {}, 1, "held no-room"],
    ["an empty stick", {}, {}, 9, "action no-requests"],
    ["nothing but refused requests", { refused: 2 }, {}, 9, "action all-refused"],
    ["some refused requests", { recurrences: ["new"], refused: 1 }, {}, 9, "held some-refused"],
    ["requests that contradict each other", { recurrences: ["new"], conflicts: 1 }, {}, 9, "held conflict"],
    ["a device that contradicts the record", { recurrences: ["new", "conflict"] }, {}, 9, "held conflict"],
    ["another product", { recurrences: ["new"], products: ["press", "mill"] }, {}, 9, "held product"],
    ["the order's product by name", { recurrences: ["new"], products: ["press"] }, {}, 9, "go 1"],
    ["renewals under an order without them", { recurrences: ["new", "renewal"] }, {}, 9, "held renewal"],
    ["renewals under an order with them", { recurrences: ["new", "renewal"] }, { renewals: true }, 9, "go 2"],
    ["all served here before", { recurrences: ["repeat", "repeat"] }, {}, 0, "nothing-owed repeat"],
    ["some served here before", { recurrences: ["repeat", "new"] }, {}, 9, "held some-repeats"],
    ["one served here whose file is gone", { recurrences: ["repeat", "lost"] }, {}, 9, "held lost"],
    ["a device that another stick has served", { recurrences: ["repeat-elsewhere"] }, {}, 9, "held repeat-elsewhere"],
  ])("%s", (_, stick, changes, room, expected) => {
    const judgement = judgeStick({ ...fresh(0), ...stick }, { ...order, ...changes }, room);
    expect(judgement.kind === "go" ? `go ${judgement.devices}` : `${judgement.kind} ${judgement.message.code}`).toBe(
      expected,
    );
  });

  test("the station's quota counts when it is less than the order's", () => {
    expect(roomLeft(run([{ ...armed, order: { ...order, quota: 2 } }]).state)).toBe(2);
    expect(run([{ ...armed, order: { ...order, quota: 2 } }, attach("a"), mount("a"), read("a")]).tiles[0]).toBe(
      "held no-room",
    );
  });
});
