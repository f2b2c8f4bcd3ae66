import { expect, test } from "vitest";
import { arrangeSlots, columnsFor, mostUrgent, placesWanted, slotStep, toneOf } from "../../renderer/model/slots.ts";
import { fakeStick } from "../fakes/window/fake-sticks.ts";

const stick = (id: string, part: Partial<ReturnType<typeof fakeStick>> = {}) => fakeStick({ id, label: id, ...part });
const layout = (...parameters: Parameters<typeof arrangeSlots>) =>
  arrangeSlots(...parameters).map(({ number, stick: held }) => `${number}${held === null ? "" : held.id}`);

test("a stick in a taught slot keeps its number, the others take the free places in order", () => {
  expect(layout([stick("x"), stick("a", { slot: 2 }), stick("y")], 4)).toEqual(["1x", "2a", "3y", "4"]);
});

test("two sticks that claim one slot are both shown", () => {
  expect(layout([stick("a", { slot: 1 }), stick("b", { slot: 1 })], 4)).toEqual(["1a", "2b", "3", "4"]);
});

test("the grid grows rather than hide a stick", () => {
  expect(layout([stick("a"), stick("b")], 1)).toHaveLength(4);
  expect(layout([stick("a", { slot: 7 })], 4)).toHaveLength(8);
  const many = Array.from({ length: 19 }, (_, index) => stick(`s${index}`));
  expect(arrangeSlots(many, 16).filter((slot) => slot.stick !== null)).toHaveLength(19);
  expect([1, 4, 8, 16, 20].map(columnsFor)).toEqual([1, 2, 4, 4, 6]);
});

test("what needs a hand is chosen first, and news before what is done already", () => {
  const choose = (...sticks: ReturnType<typeof stick>[]) => mostUrgent(arrangeSlots(sticks, 8))?.stick?.id ?? null;
  const ready = stick("ready");
  const renewed = stick("renewed", { requests: 9, alreadyProvisioned: 9 });
  expect(choose(ready, stick("done", { state: "remove" }), stick("bad", { state: "action" }))).toBe("bad");
  expect(choose(stick("done", { state: "remove" }), ready)).toBe("ready");
  expect(choose(renewed, ready)).toBe("ready");
  expect(choose(stick("none", { requests: 0 }), renewed)).toBe("renewed");
  expect(choose(stick("none", { requests: 0 }))).toBe("none");
  expect(choose()).toBeNull();
});

test.each([
  [null, "insert", "empty"],
  [stick("a", { state: "reading" }), "wait-reading", "quiet"],
  [stick("a"), "check", "ready"],
  [stick("a", { requests: 0 }), "read-again", "ready"],
  [stick("a", { unfinished: true }), "finish", "ready"],
  [stick("a", { state: "verifying" }), "watch", "working"],
  [stick("a", { state: "remove" }), "remove", "done"],
  [stick("a", { state: "action" }), "resolve", "action"],
  [stick("a", { state: "action", unfinished: true }), "finish", "action"],
  [stick("a", { state: "held" }), "wait-held", "held"],
] as const)("%o asks for %s", (held, step, tone) => {
  expect(slotStep(held)).toBe(step);
  expect(toneOf(held)).toBe(tone);
});

test("every slot that was taught has its place, whatever the settings ask for", () => {
  expect(placesWanted(4, [])).toBe(4);
  expect(placesWanted(4, [{ slot: 2 }, { slot: 11 }])).toBe(11);
  expect(layout([], placesWanted(4, [{ slot: 11 }]))).toHaveLength(16);
});
