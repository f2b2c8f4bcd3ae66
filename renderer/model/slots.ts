import type { Settings, Stick } from "./live.ts";

/** One place of the grid: its number and what is in it. */
export interface Slot {
  readonly number: number;
  readonly stick: Stick | null;
}

/** The nine state words of a tile folded into what the eye must tell apart from four metres. */
export type Tone = "empty" | "quiet" | "ready" | "working" | "done" | "action" | "held";

const tones: Readonly<Record<Stick["state"], Tone>> = {
  empty: "empty",
  reading: "quiet",
  ready: "ready",
  activating: "working",
  writing: "working",
  verifying: "working",
  remove: "done",
  action: "action",
  held: "held",
};

export function toneOf(stick: Stick | null): Tone {
  return stick === null ? "empty" : toneOfState(stick.state);
}

export function toneOfState(state: Stick["state"]): Tone {
  return tones[state];
}

const gridSizes = [1, 4, 8, 16] as const;

/** Places that the settings ask for, and at least one for every slot that was taught. */
export function placesWanted(wanted: Settings["slots"], taught: readonly { readonly slot: number }[]): number {
  return Math.max(wanted, ...taught.map(({ slot }) => slot));
}

/**
 * Sticks in taught slots keep their number; the others take the free places in order. Where there are more sticks than
 * places the grid grows to the next size, and past the largest one by as many places as are needed: no stick is ever hidden.
 */
export function arrangeSlots(sticks: readonly Stick[], wanted: number): readonly Slot[] {
  const taught = new Map<number, Stick>();
  const loose: Stick[] = [];
  for (const stick of sticks) {
    if (stick.slot !== null && !taught.has(stick.slot)) taught.set(stick.slot, stick);
    else loose.push(stick);
  }
  const needed = Math.max(sticks.length, ...taught.keys(), wanted);
  const places = gridSizes.find((size) => size >= needed) ?? needed;
  return Array.from({ length: places }, (_, index) => {
    const number = index + 1;
    return { number, stick: taught.get(number) ?? loose.shift() ?? null };
  });
}

/** Columns of the grid: tiles stay wider than high at every size. */
export function columnsFor(places: number): number {
  if (places <= 1) return 1;
  if (places <= 4) return 2;
  return places <= 16 ? 4 : Math.ceil(Math.sqrt(places * 1.6));
}

const urgency: readonly Stick["state"][] = ["action", "held", "ready", "remove", "verifying", "writing", "activating"];

/** The slot whose next step matters most, so that one key press does the obvious thing. */
export function mostUrgent(slots: readonly Slot[]): Slot | null {
  for (const state of urgency) {
    // A stick on which every device has its file can wait; one with new requests can't.
    const isNews = (stick: Stick) => stick.unfinished || stick.requests > stick.alreadyProvisioned;
    const slot = slots.find(({ stick }) => stick?.state === state && (state !== "ready" || isNews(stick)));
    if (slot !== undefined) return slot;
  }
  return (
    slots.find(({ stick }) => (stick?.requests ?? 0) > 0) ??
    slots.find(({ stick }) => stick !== null) ??
    slots[0] ??
    null
  );
}

/** What a slot asks of the person before it; the window gives it words, the tile and the corner button alike. */
export type SlotStep =
  | "insert"
  | "wait-reading"
  | "check"
  | "read-again"
  | "finish"
  | "watch"
  | "remove"
  | "resolve"
  | "wait-held";

export function slotStep(stick: Stick | null): SlotStep {
  switch (stick?.state) {
    case undefined:
    case "empty":
      return "insert";
    case "reading":
      return "wait-reading";
    case "ready":
      if (stick.unfinished) return "finish";
      return stick.requests > 0 ? "check" : "read-again";
    case "activating":
    case "writing":
    case "verifying":
      return "watch";
    case "remove":
      return "remove";
    case "action":
      return stick.unfinished ? "finish" : "resolve";
    case "held":
      return "wait-held";
  }
}
