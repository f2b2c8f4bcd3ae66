import { StationError } from "#shared/domain/errors.ts";
import type { DeviceRequest } from "#shared/domain/request.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { foldBatch } from "./batch-state.ts";
import type { Job } from "./job.ts";
import type { BatchRuntime } from "./runtime.ts";

/**
 * Refuses a batch that its work order does not cover. A device that has its place under the order already takes none.
 * @throws StationError ALLOTMENT_*
 */
export function requireAllotted(
  { ledger, clock, allotments }: Pick<BatchRuntime, "ledger" | "clock" | "allotments">,
  { workOrder, product, policy }: Pick<Job, "workOrder" | "product" | "policy">,
  devices: readonly DeviceRequest[],
): void {
  const gate = allotments?.(workOrder, product) ?? null;
  if (gate === null) return;
  const used = workOrder === null ? new Set() : devicesUnder(ledger, workOrder, product);
  const failure = gate({
    workOrder,
    product,
    ttlDays: policy.ttlDays,
    count: devices.filter(({ fingerprintSha256 }) => !used.has(fingerprintSha256)).length,
    alreadyUsed: used.size,
    now: clock.now(),
  });
  if (failure === null) return;
  throw new StationError(
    failure.code,
    failure.message,
    failure.details === undefined ? {} : { details: failure.details },
  );
}

/** Fingerprints (SHA-256) that have a file under the work order, or may yet get one. */
export function devicesUnder(ledger: Ledger, workOrder: string, product: string): ReadonlySet<string> {
  const devices = new Set<string>();
  for (const { entry } of ledger.entriesOfType("batch.started")) {
    if (entry.work_order !== workOrder || entry.product !== product || entry.rehearsal) continue;
    const state = foldBatch(ledger.batchEntries(entry.batch));
    for (const [fingerprintSha256, { issued, status }] of state?.devices ?? []) {
      if (issued !== null || (status !== "failed" && state?.abandoned === false)) devices.add(fingerprintSha256);
    }
  }
  return devices;
}
