import type { Ledger } from "../ledger/ledger.ts";
import { portionsOf } from "./portions.ts";

/** A seat as the ledger recorded it last. */
export interface LoggedSeat {
  readonly activationId: string;
  readonly licenseSha256: string;
  /** As the device asked under it; null where the entry that said so is not there. */
  readonly fingerprint: string | null;
  readonly deviceName: string | null;
}

/**
 * The newest activation of each device that was not given back, by the fingerprint's SHA-256. Memory grows with the devices.
 * @param licenseSha256 lower-case hex, of the licence key; null: of all licences
 */
export async function loggedSeats(
  ledger: Ledger,
  licenseSha256: string | null,
): Promise<ReadonlyMap<string, LoggedSeat>> {
  const givenBack = new Map<string, number>();
  for (const { index, entry } of ledger.entriesOfType("deactivation.recorded"))
    givenBack.set(`${entry.fingerprint_sha256} ${entry.license_sha256}`, index);
  const asked = new Map<string, Pick<LoggedSeat, "fingerprint" | "deviceName">>();
  const seats = new Map<string, LoggedSeat>();
  for await (const portion of portionsOf({ from: 0, to: ledger.size })) {
    const requests = ledger.membersOf(
      "activation.intended",
      ["fingerprint_sha256", "fingerprint", "device_name", "license_sha256"],
      portion,
    );
    for (const { fingerprint_sha256, fingerprint, device_name, license_sha256 } of requests) {
      if (licenseSha256 === null || license_sha256 === licenseSha256)
        asked.set(fingerprint_sha256, { fingerprint, deviceName: device_name });
    }
    const recorded = ledger.membersOf(
      "activation.recorded",
      ["fingerprint_sha256", "activation_id", "license_sha256"],
      portion,
    );
    for (const { index, fingerprint_sha256, activation_id, license_sha256 } of recorded) {
      if (licenseSha256 !== null && license_sha256 !== licenseSha256) continue;
      if (index < (givenBack.get(`${fingerprint_sha256} ${license_sha256}`) ?? 0)) continue;
      const known = asked.get(fingerprint_sha256) ?? { fingerprint: null, deviceName: null };
      seats.set(fingerprint_sha256, { activationId: activation_id, licenseSha256: license_sha256, ...known });
    }
  }
  return seats;
}
