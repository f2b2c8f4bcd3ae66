import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ArmedEvent,
  type ArmedState,
  disarmedState,
  roomLeft,
  stepArmed,
} from "../../electron/engine/drives/armed-mode.ts";
import { mayDecide } from "../../electron/engine/drives/armed-slot.ts";
import { isWorkingState, mayMove } from "../../electron/engine/drives/slot-state.ts";
import { stickDecisions } from "../../shared/domain/stick-decision.ts";

const plugging = fc.oneof(
  fc.constantFrom("p1", "p2", "p3"),
  fc.nat(40).map((turn) => `turn ${turn}`),
);
const stick = fc.constantFrom("S1", "S2", "S3");
const failure = { code: "STICK_IO", message: "It failed. Try again." } as const;
const recurrence = fc.constantFrom(
  "new",
  "new",
  "new",
  "renewal",
  "repeat",
  "lost",
  "repeat-elsewhere",
  "conflict" as const,
);
const readStick = fc.record({
  recurrences: fc.array(recurrence, { maxLength: 4 }),
  products: fc.constantFrom([], [], ["press"], ["mill"]),
  refused: fc.constantFrom(0, 0, 0, 1),
  conflicts: fc.constantFrom(0, 0, 0, 1),
});
const order = fc.record({
  id: fc.constantFrom("WO-1", "WO-2"),
  product: fc.constant("press"),
  count: fc.nat(8),
  quota: fc.option(fc.nat(8)),
  renewals: fc.boolean(),
});
const reason = fc.constantFrom(...stickDecisions);
const by = fc.constantFrom(null, "op-1", "op-2");
const event: fc.Arbitrary<ArmedEvent> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("accepted"), plugging, reason, by }), weight: 2 },
  fc.record({ kind: fc.constant("armed"), order, present: fc.uniqueArray(plugging, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant("disarmed") }),
  fc.record({ kind: fc.constant("released"), stick }),
  {
    arbitrary: fc.record({
      kind: fc.constant("attached"),
      plugging,
      slot: fc.constantFrom(1, 2, 3, null),
      refusal: fc.constantFrom(null, null, null, failure),
    }),
    weight: 6,
  },
  { arbitrary: fc.record({ kind: fc.constant("mounted"), plugging, stick }), weight: 6 },
  { arbitrary: fc.record({ kind: fc.constant("read"), plugging, stick: readStick }), weight: 6 },
  {
    arbitrary: fc.record({
      kind: fc.constant("working"),
      plugging,
      step: fc.constantFrom("activating", "writing", "verifying"),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: fc.constant("delivered"), plugging, devices: fc.nat(4) }), weight: 4 },
  {
    arbitrary: fc.record({ kind: fc.constant("finished"), plugging, failure: fc.constantFrom(null, null, failure) }),
    weight: 4,
  },
  { arbitrary: fc.record({ kind: fc.constant("failed"), plugging, failure: fc.constant(failure) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant("detached"), plugging }), weight: 5 },
  fc.record({ kind: fc.constant("unowed"), plugging }),
  fc.record({ kind: fc.constant("judged"), plugging, refusal: fc.constantFrom(null, failure) }),
) as fc.Arbitrary<ArmedEvent>;

/** Either any event at all, or the one that would follow in the life of a stick in this slot. */
const step = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant("any" as const), event }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constant("next" as const),
      slot: fc.nat(2),
      stick,
      order,
      what: fc.oneof(
        fc.constantFrom(
          { recurrences: ["new", "new"], products: [], refused: 0, conflicts: 0 } as const,
          { recurrences: ["new"], products: [], refused: 1, conflicts: 0 } as const,
        ),
        readStick,
      ),
      pull: fc.nat(9),
      reason,
      by,
    }),
    weight: 4,
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function eventOf(chosen: Step, state: ArmedState, turn: number): ArmedEvent {
  if (chosen.kind === "any") return chosen.event;
  if (state.order === null) return { kind: "armed", order: chosen.order, present: [] };
  const slot = state.slots[chosen.slot];
  if (slot === undefined || slot.plugging === null) {
    return { kind: "attached", plugging: `turn ${turn}`, slot: chosen.slot + 1, refusal: null };
  }
  const { plugging: here } = slot;
  if (chosen.pull === 0) return { kind: "detached", plugging: here };
  switch (slot.state) {
    case "reading":
      if (slot.stick === null) return { kind: "mounted", plugging: here, stick: chosen.stick };
      if (slot.claimed > 0)
        return chosen.pull < 3
          ? { kind: "unowed", plugging: here }
          : { kind: "working", plugging: here, step: "activating" };
      return chosen.pull < 8
        ? { kind: "read", plugging: here, stick: chosen.what }
        : { kind: "finished", plugging: here, failure: null };
    case "activating":
      return { kind: "working", plugging: here, step: "writing" };
    case "writing":
      return { kind: "working", plugging: here, step: "verifying" };
    case "verifying":
      return slot.claimed > 0
        ? { kind: "delivered", plugging: here, devices: slot.claimed }
        : { kind: "finished", plugging: here, failure: null };
    case "held": {
      // Mostly what the slot asks, by who has decided before.
      const asked = mayDecide(state, slot);
      if (asked === null || chosen.pull < 2) break;
      return chosen.pull < 4
        ? { kind: "accepted", plugging: here, reason: chosen.reason, by: chosen.by }
        : { kind: "accepted", plugging: here, reason: asked, by: slot.decided?.by ?? null };
    }
    case "empty":
    case "ready":
    case "remove":
    case "action":
      break;
  }
  return { kind: "detached", plugging: here };
}

test("whatever happens in whatever order, armed mode keeps its promises", () => {
  let provisioned = 0;
  let resumed = 0;
  let green = 0;
  let decided = 0;
  let leftOut = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      let state: ArmedState = disarmedState([1, 2, 3]);
      for (const [turn, chosen] of steps.entries()) {
        const before = state;
        const one = eventOf(chosen, before, turn);
        const { state: after, commands } = stepArmed(before, one);
        state = after;
        checkMoves(before, state, one);
        checkClaims(state);
        if (one.kind === "accepted") checkDecision(before, after, one);
        for (const command of commands) {
          expect(state.slots.some((slot) => slot.plugging === command.plugging)).toBe(true);
          if (command.kind === "provision") {
            provisioned++;
            expect(before.order).not.toBeNull();
            expect(state.stale).not.toContain(command.plugging);
            expect(["read", "accepted"]).toContain(one.kind);
            if (one.kind === "accepted") decided++;
          }
          if (command.kind === "resume") {
            resumed++;
            expect(one.kind === "mounted" && before.owed.some((owed) => owed.stick === one.stick)).toBe(true);
          }
        }
        const greens = state.slots.filter(
          (slot, index) => slot.state === "remove" && before.slots[index]?.state !== "remove",
        );
        green += greens.length;
        for (const slot of greens) {
          if (slot.leftOut === 0) continue;
          leftOut++;
          expect(slot.message?.code).toBe("left-out");
        }
      }
    }),
    { numRuns: 1000, seed: 7 },
  );
  // The sequences really get there.
  expect(Math.min(provisioned, resumed, green, decided, leftOut)).toBeGreaterThan(20);
});

/** Only legal moves; green only by the system's word; the claim of work that was cut off is never lost but on purpose. */
function checkMoves(before: ArmedState, after: ArmedState, event: ArmedEvent): void {
  for (const [index, slot] of after.slots.entries()) {
    const was = before.slots[index];
    if (was === undefined) throw new Error("a slot came out of nothing");
    expect(mayMove(was.state, slot.state), `${was.state} -> ${slot.state} on ${event.kind}`).toBe(true);
    if (slot.state === "remove" && was.state !== "remove")
      expect(event).toMatchObject({ kind: "finished", failure: null });
    if (isWorkingState(slot.state)) expect(slot.plugging).not.toBeNull();
    if (slot.claimed > 0) expect(slot.plugging).not.toBeNull();
  }
  const claims = (state: ArmedState) => [...state.slots, ...state.owed].reduce((sum, { claimed }) => sum + claimed, 0);
  if (claims(after) < claims(before)) expect(["delivered", "released", "armed", "unowed"]).toContain(event.kind);
}

/** Only what the slot asked is answered, in that slot alone; nothing but the decidable is ever waived. */
function checkDecision(before: ArmedState, after: ArmedState, event: ArmedEvent & { kind: "accepted" }): void {
  for (const [index, was] of before.slots.entries()) {
    const now = after.slots[index];
    if (was.plugging !== event.plugging || mayDecide(before, was) !== event.reason) {
      expect(now).toEqual(was);
      continue;
    }
    expect(was.state).toBe("held");
    if (now?.state !== "activating") continue;
    expect(was.read?.conflicts).toBe(0);
    expect(was.read?.recurrences).not.toContain("conflict");
    expect(was.read?.products.every((product) => product === before.order?.product)).toBe(true);
    expect(now.claimed).toBe(was.read?.recurrences.length);
    expect(now.decided?.by).toBe(event.by);
    expect(now.leftOut).toBe(was.read?.refused);
    if (now.leftOut > 0) expect(now.decided?.reasons).toContain("some-refused");
  }
}

/** Never more than the order and the quota, and one stick never holds two claims. */
function checkClaims(state: ArmedState): void {
  const claimants = [...state.slots.filter(({ claimed }) => claimed > 0), ...state.owed].map(({ stick: key }) => key);
  expect(new Set(claimants).size).toBe(claimants.length);
  if (state.order === null) return;
  const claimed = [...state.slots, ...state.owed].reduce((sum, one) => sum + one.claimed, 0);
  expect(state.done + claimed).toBeLessThanOrEqual(
    Math.min(state.order.count, state.order.quota ?? Number.MAX_SAFE_INTEGER),
  );
  expect(roomLeft(state)).toBeGreaterThanOrEqual(0);
}
