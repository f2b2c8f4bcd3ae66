import type { Ledger } from "../ledger/ledger.ts";

/** A seat that the ledger says a device holds. */
export interface HeldSeat {
  /** As the server knows the device. */
  readonly fingerprint: string;
  readonly product: string;
  readonly licenseSha256: string;
  readonly activationId: string;
}

/** The newest seat of the device that was not given back; null: none, or the ledger does not know its fingerprint. */
export function heldSeat(ledger: Ledger, fingerprintSha256: string): HeldSeat | null {
  let fingerprint: string | null = null;
  const seats = new Map<string, HeldSeat>();
  for (const { entry } of ledger.deviceHistory(fingerprintSha256)) {
    if (entry.type === "activation.intended") fingerprint = entry.fingerprint;
    if (entry.type === "deactivation.recorded") seats.delete(`${entry.license_sha256} ${entry.product}`);
    if (entry.type !== "activation.recorded" || fingerprint === null) continue;
    const { license_sha256: licenseSha256, activation_id: activationId, batch } = entry;
    const product = productOf(ledger, batch);
    if (product === null) continue;
    const name = `${licenseSha256} ${product}`;
    // The newest one last, also where the device had it before.
    seats.delete(name);
    seats.set(name, { fingerprint, product, licenseSha256, activationId });
  }
  return [...seats.values()].at(-1) ?? null;
}

function productOf(ledger: Ledger, batch: string): string | null {
  for (const { entry } of ledger.batchEntries(batch)) if (entry.type === "batch.started") return entry.product;
  return null;
}
