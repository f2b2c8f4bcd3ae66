import { StationError } from "#shared/domain/errors.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import { heldSeat } from "../batch/held-seat.ts";
import type { Workspace } from "./workspace.ts";

/** Out of the licences kept here. @throws StationError DEVICE_NOT_ACTIVATED, LICENSE_KEY_MISSING, and as the station's deactivate */
export async function giveBack(
  workspace: Workspace,
  fingerprintSha256: string,
  reason: string,
): Promise<CallOutput<"devices.deactivate">> {
  const { engine, licenses } = workspace;
  const held = heldSeat(engine.ledger, fingerprintSha256);
  if (held === null) {
    throw new StationError("DEVICE_NOT_ACTIVATED", "The ledger knows of no seat that this device holds.");
  }
  const license = licenses.list().find(({ sha256 }) => sha256 === held.licenseSha256);
  if (license === undefined) {
    throw new StationError(
      "LICENSE_KEY_MISSING",
      "The licence that the device has its seat under is not kept here. Add it under licences first.",
    );
  }
  const { fingerprint, product } = held;
  const job = { fingerprint, product, licenseKey: licenses.keyOf(license.id), reason: reason.trim() || null };
  const { activationId } = await engine.deactivate(job, workspace.api(), AbortSignal.timeout(patienceMs));
  return { activationId };
}

const patienceMs = 60_000;
