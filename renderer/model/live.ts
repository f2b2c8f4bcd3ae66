import type { CallOutput, FeedSnapshot } from "#shared/ipc/contract.ts";
import type { Client } from "../client/client.ts";

export type Status = FeedSnapshot<"status">;
export type Stick = FeedSnapshot<"sticks">[number];
export type Batch = FeedSnapshot<"batches">[number];
export type BenchView = FeedSnapshot<"bench">;
export type Verification = FeedSnapshot<"verification">;
export type Comparison = FeedSnapshot<"comparison">;
export type Lock = CallOutput<"lock.state">["needs"];
export type Settings = CallOutput<"settings.get">;
export type Licence = FeedSnapshot<"licence">;
export type Session = FeedSnapshot<"session">;
export type Approval = FeedSnapshot<"approvals">[number];

/** The newest snapshot of every feed; null until the first one came. The engine holds the truth, this is its picture. */
export interface LiveState {
  readonly connected: boolean;
  readonly status: Status | null;
  readonly sticks: readonly Stick[] | null;
  readonly batches: readonly Batch[] | null;
  readonly verification: Verification | null;
  readonly comparison: Comparison | null;
  readonly bench: BenchView | null;
  readonly settings: Settings | null;
  readonly licence: Licence | null;
  readonly session: Session | null;
  readonly approvals: readonly Approval[] | null;
  /** What must be given before the station answers anything; "unknown" until it was asked. */
  readonly lock: Lock | "unknown";
}

export interface Live {
  readonly get: () => LiveState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks again where the station stands after it was opened. */
  readonly unlocked: () => void;
  /** Takes the settings that a call has answered; there is no feed of them. */
  readonly setSettings: (settings: Settings) => void;
  /** Takes what a call has answered, ahead of the feed. */
  readonly setBench: (bench: BenchView) => void;
  readonly setLicence: (licence: Licence) => void;
  readonly setSession: (session: Session) => void;
  readonly setSticks: (sticks: readonly Stick[]) => void;
  /** Puts one batch that a call has answered among the others, ahead of the feed. */
  readonly putBatch: (batch: Batch) => void;
  readonly close: () => void;
}

export function createLive(client: Client): Live {
  let state: LiveState = {
    connected: true,
    status: null,
    sticks: null,
    batches: null,
    verification: null,
    comparison: null,
    bench: null,
    settings: null,
    licence: null,
    session: null,
    approvals: null,
    lock: "unknown",
  };
  const listeners = new Set<() => void>();
  const change = (part: Partial<LiveState>) => {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  };
  const begin = async () => {
    const lock = await client.call("lock.state", {});
    if (!lock.ok) return;
    change({ lock: lock.value.needs });
    if (lock.value.needs !== null) return;
    const settings = await client.call("settings.get", {});
    if (settings.ok) change({ settings: settings.value });
  };
  /** Whoever signs in may see more than nobody could. */
  const takeSession = (session: Session) => {
    const isOther = state.session !== null && session.operator?.id !== state.session.operator?.id;
    change({ session });
    if (isOther && session.operator !== null && state.lock === null) void begin();
  };
  const ends = [
    client.subscribe("status", (status) => change({ status })),
    client.subscribe("sticks", (sticks) => change({ sticks })),
    client.subscribe("batches", (batches) => change({ batches })),
    client.subscribe("verification", (verification) => change({ verification })),
    client.subscribe("comparison", (comparison) => change({ comparison })),
    client.subscribe("bench", (bench) => change({ bench })),
    client.subscribe("licence", (licence) => change({ licence })),
    client.subscribe("session", takeSession),
    client.subscribe("approvals", (approvals) => change({ approvals })),
    client.onConnection((connected) => {
      change({ connected });
      if (connected) void begin();
    }),
  ];
  void begin();
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    unlocked: () => void begin(),
    setSettings: (settings) => change({ settings }),
    setBench: (bench) => change({ bench }),
    setLicence: (licence) => change({ licence }),
    setSession: takeSession,
    setSticks: (sticks) => change({ sticks }),
    putBatch: (batch) =>
      change({ batches: [batch, ...(state.batches ?? []).filter((other) => other.id !== batch.id)] }),
    close: () => {
      for (const end of ends) end();
    },
  };
}
