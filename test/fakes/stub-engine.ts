import type { FeedSources, Handlers } from "../../electron/engine/dispatch.ts";
import { neverCompared } from "../../electron/engine/handlers/comparison.ts";
import { noLicence } from "../../electron/engine/handlers/licence-handlers.ts";
import { createSignal } from "../../electron/engine/handlers/feed.ts";
import type { CallName, FeedName, FeedSnapshot } from "../../shared/ipc/contract.ts";
import { calls } from "../../shared/ipc/contract.ts";
import { StationError } from "../../shared/domain/errors.ts";

/** Handlers that note what they were given and answer what they are told; unless told, they refuse. */
export function stubHandlers(told: Partial<Handlers> = {}) {
  const given: { name: CallName; input: unknown }[] = [];
  const handlers = Object.fromEntries(
    (Object.keys(calls) as CallName[]).map((name) => [
      name,
      (input: unknown) => {
        given.push({ name, input });
        const answer = told[name] as ((input: unknown) => unknown) | undefined;
        if (answer === undefined) throw new StationError("CANCELLED", "The stub was told nothing.");
        return answer(input);
      },
    ]),
  ) as unknown as Handlers;
  return { handlers, given };
}

const empty: { readonly [N in FeedName]: FeedSnapshot<N> } = {
  status: {
    station: "stub",
    operator: "",
    api: { url: "", reachable: null, since: null },
    seatsLeft: null,
    ledger: { size: 0, root: "", health: "unchecked" },
    rehearsal: false,
    busy: false,
  },
  sticks: [],
  batches: [],
  bench: {
    armed: false,
    order: null,
    slots: [],
    owed: [],
    elsewhere: [],
    hotplug: { source: "polling", problem: null },
    teaching: null,
    problem: null,
  },
  verification: { running: false, done: 0, total: 0, ok: null, problems: [], finishedAt: null },
  comparison: neverCompared,
  licence: noLicence,
  session: { accounts: false, operator: null, allowed: [], lockAfterMinutes: 10 },
  approvals: [],
};

/** Feeds whose snapshots a test sets; `listeners` counts who follows. */
export function stubFeeds() {
  const state: { [N in FeedName]: unknown } = { ...empty };
  const signal = createSignal();
  let listeners = 0;
  const source = (name: FeedName) => ({
    current: () => state[name],
    onChange: (changed: () => void) => {
      listeners++;
      const stop = signal.onRaise(changed);
      return () => {
        listeners--;
        stop();
      };
    },
  });
  const feeds = Object.fromEntries((Object.keys(empty) as FeedName[]).map((name) => [name, source(name)]));
  return {
    feeds: feeds as unknown as FeedSources,
    set: (name: FeedName, snapshot: unknown) => {
      state[name] = snapshot;
      signal.raise();
    },
    get listeners() {
      return listeners;
    },
    empty,
  };
}
