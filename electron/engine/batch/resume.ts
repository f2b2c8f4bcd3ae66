import { StationError, toFailure } from "#shared/domain/errors.ts";
import { must } from "#shared/formats/encoding.ts";
import { discardPartial } from "../delivery/prepare-stick.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { batchSecrets, forgetBatchSecrets, hasBatchSecrets } from "./batch-secrets.ts";
import { type BatchState, foldBatch, owedDevices } from "./batch-state.ts";
import { finishCarry, forgetCarried, hasCarried, isCarry } from "./carry-batch.ts";
import { giveUpOwed } from "./give-up.ts";
import type { ApiAccess, Job } from "./job.ts";
import { openBatchesOn } from "./open-batch.ts";
import { type BatchOutcome, continueBatch } from "./run-batch.ts";
import type { BatchHooks, BatchRuntime } from "./runtime.ts";
import type { StickPlace } from "./stick-place.ts";

export interface ResumeOptions {
  /** Instead of the one the batch began with, when that was wrong or is not at hand. */
  readonly apiKey: string | null;
  readonly concurrency: number;
  readonly acceptSigningKey: ApiAccess["acceptSigningKey"];
  /** `give-up`: deliver what is issued, close the rest as failed. `abandon`: close without delivering. */
  readonly ending: "finish" | "give-up" | "abandon";
}

/**
 * Ends what was cut off on this stick, oldest first, up to the first that cannot be ended.
 * @throws StationError NOTHING_TO_RESUME, SECRET_MISSING, STICK_*
 */
export async function resumeBatches(
  runtime: BatchRuntime,
  place: StickPlace,
  options: ResumeOptions,
  hooks: BatchHooks,
): Promise<readonly BatchOutcome[]> {
  const open = openBatchesOn(runtime.ledger, place);
  if (open.length === 0) {
    throw new StationError(
      "NOTHING_TO_RESUME",
      "No unfinished batch of this station belongs to this stick. If it was another stick, plug that one in.",
    );
  }
  // Every device of it was let in when the batch began; closing it without delivering is always open.
  if (options.ending !== "abandon") runtime.gate.mayFinish();
  const outcomes: BatchOutcome[] = [];
  for (const batch of open) {
    const outcome =
      options.ending === "abandon"
        ? await abandon(runtime, place, batch, "operator")
        : await finish(runtime, place, batch, options, hooks);
    outcomes.push(outcome);
    if (outcome.problem !== null) break;
  }
  return outcomes;
}

/**
 * A batch that was cut off on this stick is finished before another begins, so that nothing is owed twice. One that can't be
 * finished, or that was begun by mistake, is closed.
 * @returns those finished, and the one that could not be, which nothing may follow
 */
export async function finishEarlier(
  runtime: BatchRuntime,
  place: StickPlace,
  job: Job,
  api: ApiAccess,
  hooks: BatchHooks,
): Promise<{ readonly finished: readonly string[]; readonly stopped: BatchOutcome | null }> {
  const { ledger, keys } = runtime;
  const { apiKey, concurrency, acceptSigningKey } = api;
  const finished: string[] = [];
  for (const batch of openBatchesOn(ledger, place)) {
    const isCarried = isCarry(ledger, batch);
    const isLost = isCarried ? !hasCarried(keys.secrets, batch) : !hasBatchSecrets(keys.secrets, batch);
    const isStale = !isCarried && isForAnother(foldBatch(ledger.batchEntries(batch)), job, api);
    if (isLost || isStale) {
      await abandon(runtime, place, batch, "superseded");
      continue;
    }
    const options: ResumeOptions = { apiKey, concurrency, acceptSigningKey, ending: "finish" };
    const outcome = await finish(runtime, place, batch, options, hooks);
    if (outcome.problem !== null) return { finished, stopped: outcome };
    finished.push(batch);
  }
  return { finished, stopped: null };
}

async function finish(
  runtime: BatchRuntime,
  place: StickPlace,
  batch: string,
  options: ResumeOptions,
  hooks: BatchHooks,
): Promise<BatchOutcome> {
  const { ledger, keys } = runtime;
  const state = begun(ledger, batch);
  if (isCarry(ledger, batch)) {
    const { problem } = await finishCarry(runtime, place, batch, true, hooks);
    return { state: must(foldBatch(ledger.batchEntries(batch)), "the batch"), problem };
  }
  const kept = batchSecrets(keys.secrets, batch);
  if (options.ending === "give-up") giveUpOwed(ledger, owedDevices(state));
  const api: ApiAccess = {
    url: state.started.api,
    apiKey: options.apiKey ?? kept.apiKey,
    proxy: kept.proxy,
    caPem: kept.caPem,
    concurrency: options.concurrency,
    pinnedKeys: new Map(),
    acceptSigningKey: options.acceptSigningKey,
  };
  return continueBatch(runtime, place, batch, api, true, hooks);
}

async function abandon(
  runtime: BatchRuntime,
  place: StickPlace,
  batch: string,
  reason: "operator" | "superseded",
): Promise<BatchOutcome> {
  const { ledger, files, keys } = runtime;
  const state = begun(ledger, batch);
  const unknown = owedDevices(state).length;
  ledger.append([{ type: "batch.abandoned", batch, seats_unknown: unknown, reason }], [], { settle: batch });
  forgetBatchSecrets(keys.secrets, batch);
  forgetCarried(keys.secrets, batch);
  try {
    await discardPartial(files, place.root, batch);
  } catch (error) {
    return { state, problem: toFailure(error) };
  }
  return { state: { ...state, abandoned: true }, problem: null };
}

function begun(ledger: Ledger, batch: string): BatchState {
  const state = foldBatch(ledger.batchEntries(batch));
  if (state !== null) return state;
  throw new StationError("LEDGER_BROKEN", `The ledger does not hold the beginning of batch ${batch}.`);
}

/** A batch that took no seat and was begun against another server or product was a mistake; nobody waits for its end. */
function isForAnother(open: BatchState | null, job: Job, api: ApiAccess): boolean {
  if (open === null || [...open.devices.values()].some(({ activation }) => activation !== null)) return false;
  return open.started.api !== api.url || open.started.product !== job.product;
}
