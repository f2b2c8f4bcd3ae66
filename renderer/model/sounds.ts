import type { BenchView, Stick } from "./live.ts";

/** One note: pitch in hertz, start and length in seconds. */
export interface Note {
  readonly hertz: number;
  readonly at: number;
  readonly length: number;
}

/**
 * What each state sounds like. Rising means good, falling means come here; no two share a rhythm, so that they are told
 * apart without an ear for pitch and over machine noise.
 */
export const soundOf: Readonly<Record<Stick["state"], readonly Note[]>> = {
  empty: [],
  reading: [{ hertz: 520, at: 0, length: 0.06 }],
  ready: [
    { hertz: 520, at: 0, length: 0.09 },
    { hertz: 660, at: 0.12, length: 0.12 },
  ],
  activating: [{ hertz: 440, at: 0, length: 0.05 }],
  writing: [{ hertz: 470, at: 0, length: 0.05 }],
  verifying: [{ hertz: 500, at: 0, length: 0.05 }],
  remove: [
    { hertz: 660, at: 0, length: 0.12 },
    { hertz: 830, at: 0.14, length: 0.12 },
    { hertz: 990, at: 0.28, length: 0.3 },
  ],
  action: [
    { hertz: 440, at: 0, length: 0.22 },
    { hertz: 300, at: 0.26, length: 0.22 },
    { hertz: 440, at: 0.56, length: 0.22 },
    { hertz: 300, at: 0.82, length: 0.3 },
  ],
  held: [
    { hertz: 360, at: 0, length: 0.3 },
    { hertz: 360, at: 0.4, length: 0.3 },
  ],
};

interface Sounding {
  readonly id: string;
  readonly state: Stick["state"];
}

/** What can be heard: sticks worked on by hand, and the slots of an armed bench. Null until the first snapshots came. */
export function soundingOf(sticks: readonly Stick[] | null, bench: BenchView | null): readonly Sounding[] | null {
  if (sticks === null || bench === null) return null;
  const slots = bench.armed ? bench.slots : [];
  return [...sticks, ...slots.map(({ slot, state }) => ({ id: `slot ${slot}`, state }))];
}

/** States that sticks and slots have come into since the last look; the first look is silent. */
export function statesEntered(
  before: readonly Sounding[] | null,
  after: readonly Sounding[] | null,
): readonly Stick["state"][] {
  if (before === null || after === null) return [];
  const earlier = new Map(before.map(({ id, state }) => [id, state]));
  return after.filter(({ id, state }) => earlier.get(id) !== state).map(({ state }) => state);
}
