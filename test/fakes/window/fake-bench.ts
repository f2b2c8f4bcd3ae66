import type { FeedSnapshot } from "#shared/ipc/contract.ts";
import type { FakeHandler } from "./fake-desk.ts";
import { FakeRefusal } from "./fake-refusal.ts";

export type FakeBenchView = FeedSnapshot<"bench">;
type Tile = FakeBenchView["slots"][number];
type BenchCalls =
  | "bench.get"
  | "bench.arm"
  | "bench.disarm"
  | "bench.release"
  | "bench.retry"
  | "bench.accept"
  | "bench.allow-drive"
  | "slots.teach"
  | "slots.stop-teaching"
  | "slots.forget"
  | "sticks.eject";

/** A bench with so many taught slots; `isArmed`: in the middle of an order, a slot in every state. */
export function createFakeBench({ slots, isArmed }: { readonly slots: number; readonly isArmed: boolean }) {
  let view: FakeBenchView = isArmed ? armedBench(slots) : { ...quiet, slots: numbers(slots).map((n) => fakeTile(n)) };
  const change = (part: Partial<FakeBenchView>) => (view = { ...view, ...part });
  const tiles = (slot: number, part: Partial<Tile>) =>
    view.slots.map((tile) => (tile.slot === slot ? Object.assign({}, tile, part) : tile));
  const handlers: { readonly [N in BenchCalls]: FakeHandler<N> } = {
    "bench.get": () => view,
    "bench.arm": ({ workOrder, count, renewals }) =>
      change({
        armed: true,
        order: { workOrder, product: "press", count, done: 0, claimed: 0, left: count, renewals, operator: "Vogel" },
      }),
    "bench.disarm": () => change({ armed: false, order: null }),
    "bench.release": ({ stick }) => change({ owed: view.owed.filter((one) => one.stick !== stick) }),
    "bench.retry": ({ slot }) =>
      change({ slots: tiles(slot, { state: "reading", message: null, canRetry: false, canAccept: null }) }),
    "bench.accept": ({ slot, stick, reason }) => {
      const seen = view.slots.find((tile) => tile.slot === slot);
      if (seen?.stick !== stick || seen.canAccept !== reason) throw new FakeRefusal("USAGE");
      return change({
        slots: tiles(slot, { state: "activating", message: null, canRetry: false, canAccept: null }),
      });
    },
    "bench.allow-drive": (which) =>
      "drive" in which
        ? change({ elsewhere: view.elsewhere.filter(({ id }) => id !== which.drive) })
        : change({ slots: tiles(which.slot, { state: "reading", message: null }) }),
    "slots.teach": ({ slots: wanted }) => {
      const [waitingFor = null, ...toCome] = wanted;
      return change({ teaching: { waitingFor, toCome, problem: null } });
    },
    "slots.stop-teaching": () => change({ teaching: null }),
    "slots.forget": ({ slot }) => change({ slots: view.slots.filter((tile) => tile.slot !== slot) }),
    "sticks.eject": () => ({ how: "powered-off" }),
  };
  return { handlers, view: () => view, change };
}

function fakeTile(slot: number, part: Partial<Tile> = {}): Tile {
  return {
    slot,
    taught: true,
    state: "empty",
    label: null,
    sizeBytes: null,
    fileSystem: null,
    devices: 0,
    message: null,
    stick: null,
    canRelease: false,
    canRetry: false,
    canAccept: null,
    ...part,
  };
}

function armedBench(slots: number): FakeBenchView {
  const states: readonly Partial<Tile>[] = [
    { state: "remove" },
    { state: "activating" },
    { state: "writing" },
    {
      state: "action",
      label: null,
      message: {
        code: "pulled",
        message: "The stick was pulled before it was finished. Nothing is lost. Plug the same stick in again.",
      },
    },
    { state: "verifying" },
    {
      state: "held",
      message: {
        code: "some-refused",
        message: "3 requests on this stick cannot be used. Decide whether the other 22 go on without them.",
        details: { refused: 3, devices: 22 },
      },
      stick: "stick-6",
      canRetry: true,
      canAccept: "some-refused",
    },
    {
      state: "action",
      message: {
        code: "STICK_READ_ONLY",
        message: "It is write-protected. Release its lock, or use another stick.",
        details: { reason: "read-only" },
      },
      canRetry: true,
    },
    { state: "empty", label: null },
    { state: "reading" },
    {
      state: "action",
      stick: "stick-10",
      message: {
        code: "STICK_IO",
        message: "The stick has not answered for 30 seconds. Pull it and plug it in again.",
      },
      canRelease: true,
      canRetry: true,
    },
    {
      state: "held",
      stick: "stick-11",
      message: {
        code: "lost",
        message:
          "The record has files of 25 devices for this stick, and they are gone from it or changed. Decide whether they are to be written again.",
        details: { devices: 25 },
      },
      canRetry: true,
      canAccept: "lost",
    },
    {
      state: "remove",
      message: {
        code: "left-out",
        message: "2 requests on this stick were left out, as decided.",
        details: { refused: 2 },
      },
    },
  ];
  return {
    ...quiet,
    armed: true,
    order: {
      workOrder: "WO-2026-118",
      product: "press",
      count: 400,
      done: 175,
      claimed: 125,
      left: 100,
      renewals: false,
      operator: "Vogel",
    },
    slots: numbers(slots).map((slot) => {
      const part = states[(slot - 1) % states.length] ?? {};
      const isThere = part.state !== "empty" && part.label !== null;
      return fakeTile(
        slot,
        isThere ? { label: `LINE-${slot}`, sizeBytes: 16_008_609_792, devices: 25, ...part } : part,
      );
    }),
    owed: [{ stick: "stick-4", label: "LINE-4", devices: 25 }],
    elsewhere: [
      {
        id: "drive-large",
        label: "WD Elements",
        sizeBytes: 2_000_398_934_016,
        port: true,
        refusal: {
          code: "STICK_UNSAFE",
          message:
            "It holds 2000.4 GB, more than the 256.0 GB that are allowed. Use a smaller stick, or let a supervisor allow it.",
          details: { reason: "too-large", sizeBytes: 2_000_398_934_016, maxSizeBytes: 256_000_000_000 },
        },
      },
    ],
    hotplug: { source: "usb", problem: null },
  };
}

const quiet: FakeBenchView = {
  armed: false,
  order: null,
  slots: [],
  owed: [],
  elsewhere: [],
  hotplug: { source: "polling", problem: null },
  teaching: null,
  problem: null,
};

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
