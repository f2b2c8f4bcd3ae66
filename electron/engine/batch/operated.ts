import { sha256Hex } from "#shared/crypto/sha256.ts";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Acting, Operators } from "../authority/operators/operators.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import { actingLedger } from "../ledger/acting-ledger.ts";
import type { Job } from "./job.ts";
import type { BatchRuntime } from "./runtime.ts";

/**
 * The runtime as this operator works with it, to its end, whoever signs in meanwhile: every entry is theirs, and they sign
 * what begins a batch. While there are no accounts it stays as it is.
 */
export function operated(runtime: BatchRuntime, operators: Operators, acting: Acting | null): BatchRuntime {
  if (acting === null) return runtime;
  return {
    ...runtime,
    acting,
    ledger: actingLedger(runtime.ledger, acting.account.id),
    allotments: operators.allotmentGate,
    signOff: (opening) => acting.sign("started", opening),
  };
}

/**
 * The order under the name of whoever stands for it, and the runtime in which what they override is approved and signed.
 * @throws StationError APPROVAL_NEEDED
 */
export function operatedJob(
  runtime: BatchRuntime,
  operators: Operators,
  intake: IntakeReport,
  job: Job,
): { readonly runtime: BatchRuntime; readonly job: Job } {
  if (runtime.acting === undefined) return { runtime, job };
  const { account, sign } = runtime.acting;
  const named = { ...job, operator: account.name };
  if (intake.conflicts.length === 0 || job.onConflict === "refuse") return { runtime, job: named };
  const reference = overrideReference(intake, job);
  operators.approvals.check("conflict-override", reference, account.id);
  const signOff: BatchRuntime["signOff"] = (opening) => {
    const used = operators.approvals.use("conflict-override", reference, account.id);
    return sign("overrode", sign("started", [...used, ...opening]));
  };
  return { runtime: { ...runtime, signOff }, job: named };
}

/** Names what is overridden exactly: another contradiction, decision or product needs another approval. */
function overrideReference({ conflicts }: IntakeReport, { product, onConflict }: Job): string {
  return sha256Hex(utf8(canonicalJson({ product, on_conflict: onConflict, conflicts })));
}
