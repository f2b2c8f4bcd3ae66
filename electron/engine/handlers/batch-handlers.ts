import { StationError } from "#shared/domain/errors.ts";
import type { Handlers } from "../dispatch.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import { batchReport } from "./batch-report.ts";
import type { Desk } from "./desk.ts";
import { rejectedRowsOf, rowsOf } from "./device-rows.ts";
import { preflightView } from "./preflight-view.ts";
import { proofOf } from "./batch-proof.ts";
import { singleIssue } from "./single-issue.ts";
import type { Files } from "../platform/files.ts";
import type { Workspace } from "./workspace.ts";

type BatchCalls = Extract<keyof Handlers, `batch.${string}`> | "single.issue";

const preflightTimeoutMs = 120_000;

export function batchHandlers(desk: Desk, files: Files): Pick<Handlers, BatchCalls> {
  return {
    "batch.preflight": async ({ stickId }) => {
      const { sticks, engine, order, api } = await desk.workspace();
      const stick = sticks.byId(stickId);
      // Contradictions are told, not refused: the operator decides when the batch is started.
      const job = order("skip");
      const found = await engine.preflight(stick.path, job, api(), AbortSignal.timeout(preflightTimeoutMs));
      return preflightView(stick.id, found, job.policy);
    },
    "batch.start": async ({ stickId, onConflict }) => {
      const { sticks, batches, order, api } = await desk.workspace();
      return await batches.start(sticks.byId(stickId), order(onConflict), api());
    },
    "batch.continue": async ({ stickId, acceptSigningKey, giveUp }) => {
      const { sticks, batches, api } = await desk.workspace();
      const { apiKey, concurrency } = api();
      return await batches.resume(sticks.byId(stickId), {
        apiKey,
        concurrency,
        acceptSigningKey: acceptSigningKey ? true : null,
        ending: giveUp ? "give-up" : "finish",
      });
    },
    "batch.pause": async ({ batch }) => {
      const { batches } = await desk.workspace();
      batches.working(batch).pause();
      return batches.view(batch);
    },
    "batch.unpause": async ({ batch }) => {
      const { batches } = await desk.workspace();
      batches.working(batch).unpause();
      return batches.view(batch);
    },
    "batch.stop": async ({ batch }) => {
      const { batches } = await desk.workspace();
      const run = batches.working(batch);
      run.stop();
      await run.ended;
      return batches.view(batch);
    },
    "batch.retry-failed": async ({ batch }) => {
      const workspace = await desk.workspace();
      const stick = workspace.batches.stickOf(batch);
      if (stick === null)
        throw new StationError(
          "STICK_GONE",
          "The stick of that batch is not there. Plug it in and provision it again.",
        );
      const intake = onlyFailed(await workspace.engine.read(stick.path), workspace, batch);
      // Whoever decided about contradictions then has decided for these devices too.
      return await workspace.batches.startWith(stick, intake, workspace.order("accept"), workspace.api());
    },
    "batch.list": async ({ offset, limit }) => {
      const page = (await desk.existing())?.batches.page(offset, limit);
      return page ?? { total: 0, rows: [] };
    },
    "batch.rows": async ({ batch, ...window }) => {
      const { batches } = await desk.workspace();
      return {
        revision: batches.view(batch).revision,
        ...rowsOf(batches.stateOf(batch), window, batches.isRenewal(batch)),
      };
    },
    "batch.rejected": async ({ batch }) => rejectedRowsOf((await desk.workspace()).batches.stateOf(batch)),
    "batch.proof": async ({ batch }) => await proofOf(await desk.workspace(), files, batch),
    "batch.report": async ({ batch, form }) => {
      const { batches } = await desk.workspace();
      return batchReport(batches.stateOf(batch), form, batches.isRenewal(batch));
    },
    "single.issue": async ({ fingerprint, name, stickId }) =>
      await singleIssue(await desk.workspace(), files, { fingerprint, name, stickId }),
  };
}

/** @throws StationError NO_REQUESTS when nothing of the batch has failed, or the requests are gone */
function onlyFailed(intake: IntakeReport, { batches }: Workspace, batch: string): IntakeReport {
  const { devices } = batches.stateOf(batch);
  const requests = intake.requests.filter(
    ({ fingerprintSha256 }) => devices.get(fingerprintSha256)?.status === "failed",
  );
  if (requests.length === 0)
    throw new StationError("NO_REQUESTS", "No request of a failed device is on the stick. Look at the stick again.");
  return { ...intake, requests, rejected: [], conflicts: [], notes: [] };
}
