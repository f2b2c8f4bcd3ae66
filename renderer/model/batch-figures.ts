import type { Batch } from "./live.ts";

/** Counts of a batch that add up to its devices, for the bar and the filters. */
export interface BatchFigures {
  readonly waiting: number;
  /** Issued and not yet delivered. */
  readonly issued: number;
  readonly delivered: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `issued` of a snapshot counts every device whose file was issued, delivered ones among them. */
export function batchFigures(batch: Batch): BatchFigures {
  const { devices, delivered, failed, skipped } = batch;
  const issued = Math.max(0, batch.issued - delivered);
  return { waiting: Math.max(0, devices - issued - delivered - failed - skipped), issued, delivered, failed, skipped };
}

/** Share of the work that is behind us, 0 to 1. */
export function batchProgress(batch: Batch): number {
  if (batch.devices === 0) return 0;
  return Math.min(1, (Math.max(batch.issued, batch.delivered) + batch.failed + batch.skipped) / batch.devices);
}

export const batchSteps = ["activating", "writing", "verifying", "committing", "done"] as const;

export function isRunning(batch: Batch): boolean {
  return batch.phase === "working" || batch.phase === "delivering" || batch.phase === "paused";
}
