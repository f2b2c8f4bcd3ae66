import type { FeedSnapshot } from "#shared/ipc/contract.ts";
import type { FeedSources } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Desk } from "./desk.ts";
import { benchView } from "./bench/bench-view.ts";
import { neverCompared } from "./comparison.ts";
import { noLicence } from "./licence-handlers.ts";
import { approvalViews, sessionViewOf } from "./operator-views.ts";
import { seatsLeft } from "./seats.ts";
import { stickViewOf } from "./sticks.ts";
import type { Workspace } from "./workspace.ts";

/** Snapshots of the desk. Each is made when it is sent, so a change costs the engine nothing but a signal. */
export function deskFeeds(desk: Desk, clock: Clock): FeedSources {
  const onChange = desk.changes.onRaise;
  return {
    status: { current: () => statusOf(desk), onChange },
    sticks: { current: () => desk.current()?.sticks.list().map(stickViewOf) ?? [], onChange },
    batches: { current: () => desk.current()?.batches.recent() ?? [], onChange },
    bench: { current: () => benchView(desk.bench), onChange },
    verification: { current: () => desk.current()?.verification.view() ?? neverVerified, onChange },
    comparison: { current: () => desk.current()?.comparison.view() ?? neverCompared, onChange },
    licence: { current: () => desk.current()?.engine.licence() ?? noLicence, onChange },
    session: { current: () => sessionViewOf(desk.real()?.engine.operators ?? null), onChange },
    approvals: { current: () => approvalViews(desk.real()?.engine.operators ?? null, clock.now()), onChange },
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

/** Opening a ledger has verified it, or its newest entries while the rest is being looked at. */
function healthOf({ engine, opened, verification }: Workspace) {
  const { ok, problems } = verification.view();
  const problem = engine.readOnly?.message ?? (ok === false ? (problems[0] ?? "") : null);
  if (problem !== null) return { health: "broken" as const, problem };
  return { health: opened.isPartlyChecked && ok === null ? ("unchecked" as const) : ("good" as const), problem: null };
}

function statusOf(desk: Desk): FeedSnapshot<"status"> {
  const workspace = desk.current();
  const { stationName, apiUrl } = desk.settings.get();
  const operator = desk.operatorName();
  const { reachable, since } = desk.health;
  const api = { url: workspace?.rehearsal?.url ?? apiUrl, reachable, since };
  if (workspace === null) {
    const ledger = {
      size: 0,
      root: "",
      health: desk.problem()?.code === "LEDGER_BROKEN" ? ("broken" as const) : ("unchecked" as const),
      problem: desk.problem()?.code === "LEDGER_BROKEN" ? (desk.problem()?.message ?? null) : null,
    };
    return { station: stationName, operator, api, seatsLeft: null, ledger, rehearsal: false, busy: false };
  }
  const { engine, ledger, licenses, job, batches } = workspace;
  const { product, pool } = job.get();
  return {
    station: engine.name,
    operator,
    api,
    seatsLeft: seatsLeft(licenses.list(), product, pool),
    ledger: { size: ledger.size, root: ledger.root, ...healthOf(workspace) },
    rehearsal: workspace.rehearsal !== null,
    busy: batches.open().length > 0,
  };
}
