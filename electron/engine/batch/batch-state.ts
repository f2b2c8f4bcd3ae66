import type { Failure } from "#shared/domain/errors.ts";
import type { BodyOf, LedgerEntry } from "#shared/domain/ledger-entry.ts";
import { errorMeanings, type ErrorCode } from "#shared/domain/errors.ts";

export type DeviceStatus = "waiting" | "activating" | "issuing" | "issued" | "delivered" | "failed" | "skipped";

/** One device of a batch: what the ledger says of it, and where its work stands right now. */
export interface DeviceState {
  intent: BodyOf<"activation.intended">;
  status: DeviceStatus;
  activation: BodyOf<"activation.recorded"> | null;
  issued: { readonly index: number; readonly body: BodyOf<"machine-file.issued"> } | null;
  failure: Failure | null;
  /** Earlier batches already issued a file for this device. */
  renewal: boolean;
  /** Path on the stick once delivered, `/` between folders. */
  file: string | null;
}

export interface BatchState {
  readonly id: string;
  readonly started: BodyOf<"batch.started"> & { readonly at: string };
  /** By fingerprint SHA-256, in the order of the intents. */
  readonly devices: Map<string, DeviceState>;
  readonly skipped: readonly BodyOf<"device.skipped">[];
  readonly rejected: readonly BodyOf<"request.rejected">[];
  readonly committed: BodyOf<"delivery.committed"> | null;
  readonly finished: BodyOf<"batch.finished"> | null;
  readonly abandoned: boolean;
}

/** What the ledger's entries of one batch add up to; null when the batch was never started. Pure. */
export function foldBatch(
  entries: Iterable<{ readonly index: number; readonly entry: LedgerEntry }>,
): BatchState | null {
  let started: BatchState["started"] | null = null;
  const devices = new Map<string, DeviceState>();
  const skipped: BodyOf<"device.skipped">[] = [];
  const rejected: BodyOf<"request.rejected">[] = [];
  let committed: BodyOf<"delivery.committed"> | null = null;
  let finished: BodyOf<"batch.finished"> | null = null;
  let abandoned = false;
  for (const { index, entry } of entries) {
    switch (entry.type) {
      case "batch.started":
        started = entry;
        break;
      case "activation.intended":
        intend(devices, entry);
        break;
      case "activation.recorded":
        patch(devices, entry.fingerprint_sha256, { activation: entry, status: "issuing" });
        break;
      case "machine-file.issued":
        patch(devices, entry.fingerprint_sha256, { issued: { index, body: entry }, status: "issued", failure: null });
        break;
      case "device.failed":
        patch(devices, entry.fingerprint_sha256, { status: "failed", failure: failureOf(entry) });
        break;
      case "device.skipped":
        skipped.push(entry);
        break;
      case "request.rejected":
        rejected.push(entry);
        break;
      case "delivery.committed":
        committed = entry;
        for (const device of devices.values()) if (device.status === "issued") device.status = "delivered";
        break;
      case "batch.finished":
        finished = entry;
        break;
      case "batch.abandoned":
        abandoned = true;
        break;
      default:
        break;
    }
  }
  if (started === null) return null;
  return { id: started.batch, started, devices, skipped, rejected, committed, finished, abandoned };
}

/** Devices that still wait for an outcome. */
export function owedDevices(state: BatchState): readonly DeviceState[] {
  return [...state.devices.values()].filter(
    ({ status }) => status === "waiting" || status === "activating" || status === "issuing",
  );
}

function intend(
  devices: Map<string, DeviceState>,
  { v: _v, at: _at, ...intent }: Extract<LedgerEntry, { type: "activation.intended" }>,
): void {
  const known = devices.get(intent.fingerprint_sha256);
  // A second intent is the same device tried under the pool's next key, or retried after a failure.
  if (known !== undefined) {
    Object.assign(known, { intent, status: "waiting", failure: null });
    return;
  }
  devices.set(intent.fingerprint_sha256, {
    intent,
    status: "waiting",
    activation: null,
    issued: null,
    failure: null,
    renewal: false,
    file: null,
  });
}

function patch(devices: Map<string, DeviceState>, fingerprintSha256: string, change: Partial<DeviceState>): void {
  const device = devices.get(fingerprintSha256);
  if (device !== undefined) Object.assign(device, change);
}

function failureOf(entry: BodyOf<"device.failed">): Failure {
  const code = Object.hasOwn(errorMeanings, entry.code) ? (entry.code as ErrorCode) : "INTERNAL";
  return { code, message: entry.message };
}
