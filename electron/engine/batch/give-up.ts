import type { Ledger } from "../ledger/ledger.ts";
import type { DeviceState } from "./batch-state.ts";

/** Closes devices that never got an answer, so that what is issued can be delivered; the ledger says what is not known. */
export function giveUpOwed(ledger: Ledger, owed: readonly DeviceState[]): void {
  if (owed.length === 0) return;
  ledger.append(
    owed.map(({ intent, activation }) => ({
      type: "device.failed" as const,
      batch: intent.batch,
      fingerprint_sha256: intent.fingerprint_sha256,
      device_name: intent.device_name,
      stage: activation === null ? ("activate" as const) : ("issue" as const),
      code: "CANCELLED",
      message: "The operator gave up on this device. Provision it again: a seat it may hold is found, not doubled.",
      seat: activation === null ? ("unknown" as const) : ("taken" as const),
    })),
  );
}
