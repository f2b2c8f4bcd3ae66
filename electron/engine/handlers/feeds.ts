import type { FeedSnapshot } from "#shared/ipc/contract.ts";
import type { FeedSources } from "../dispatch.ts";
import type { Desk } from "./desk.ts";
import { benchView } from "./bench/bench-view.ts";
import { seatsLeft } from "./seats.ts";
import { stickViewOf } from "./sticks.ts";

/** Snapshots of the desk. Each is made when it is sent, so a change costs the engine nothing but a signal. */
export function deskFeeds(desk: Desk): FeedSources {
  const onChange = desk.changes.onRaise;
  return {
    status: { current: () => statusOf(desk), onChange },
    sticks: { current: () => desk.current()?.sticks.list().map(stickViewOf) ?? [], onChange },
    batches: { current: () => desk.current()?.batches.recent() ?? [], onChange },
    bench: { current: () => benchView(desk.bench), onChange },
    verification: { current: () => desk.current()?.verification.view() ?? neverVerified, onChange },
  };
}

const neverVerified: FeedSnapshot<"verification"> = {
  running: false,
  done: 0,
  total: 0,
  ok: null,
  problems: [],
  finishedAt: null,
};

function statusOf(desk: Desk): FeedSnapshot<"status"> {
  const workspace = desk.current();
  const { stationName, operator, apiUrl } = desk.settings.get();
  const { reachable, since } = desk.health;
  const api = { url: workspace?.rehearsal?.url ?? apiUrl, reachable, since };
  if (workspace === null) {
    const ledger = {
      size: 0,
      root: "",
      health: desk.problem()?.code === "LEDGER_BROKEN" ? ("broken" as const) : ("unchecked" as const),
    };
    return { station: stationName, operator, api, seatsLeft: null, ledger, rehearsal: false, busy: false };
  }
  const { engine, ledger, licenses, job, verification, batches } = workspace;
  const { product, pool } = job.get();
  return {
    station: engine.name,
    operator,
    api,
    seatsLeft: seatsLeft(licenses.list(), product, pool),
    // Opening a ledger has verified the whole of it.
    ledger: { size: ledger.size, root: ledger.root, health: verification.view().ok === false ? "broken" : "good" },
    rehearsal: workspace.rehearsal !== null,
    busy: batches.open().length > 0,
  };
}
