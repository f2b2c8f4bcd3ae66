import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { isText } from "#shared/domain/identifiers.ts";
import type { BodyOf, LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { ApiAccess } from "./job.ts";
import { pooledLicense } from "./license-pool.ts";
import type { BatchRuntime } from "./runtime.ts";

/** A device gives its seat back: DEACTIVATION.md. */

export interface DeactivateJob {
  readonly fingerprint: string;
  /** A secret. */
  readonly licenseKey: string;
  readonly product: string;
  /** For the ledger, in the operator's words. */
  readonly reason: string | null;
}

export interface Deactivated {
  /** Of the seat that was ended; null: the device held none under this licence. */
  readonly activationId: string | null;
  /** Of the entry `deactivation.recorded`. */
  readonly ledgerIndex: number;
}

/** What an approval is for, exactly. */
function deactivationReference(fingerprintSha256: string, licenseSha256: string): string {
  return `${fingerprintSha256} ${licenseSha256}`;
}

/**
 * Ends one activation on the server. Repeating is harmless: what was intended and has no outcome is asked again, without
 * another entry or another approval.
 * @param seal the intent with what stands for it; called directly before it is appended
 * @throws StationError DEVICE_IN_BATCH, LICENCE_*, STATION_TAMPERED, API_*, LICENSE_*, PRODUCT_*, LEDGER_*
 */
export async function deactivate(
  runtime: BatchRuntime,
  job: DeactivateJob,
  api: ApiAccess,
  signal: AbortSignal,
  seal: (reference: string, intent: LedgerEntryBody) => readonly LedgerEntryBody[],
): Promise<Deactivated> {
  const { ledger, gate } = runtime;
  const { fingerprint, licenseKey, product, reason } = job;
  if (reason !== null && !isText(reason, 1, 512)) {
    throw new StationError("USAGE", "Say in up to 512 bytes on one line why the device gives its seat back.");
  }
  const fingerprint_sha256 = sha256Hex(utf8(fingerprint));
  const license_sha256 = pooledLicense(licenseKey).sha256;
  const about = { fingerprint_sha256, product, license_sha256 };
  const client = runtime.openClient(api, product);
  try {
    refuseAtWork(ledger, fingerprint_sha256);
    if (isOwed(ledger, about)) gate.mayFinish();
    else {
      gate.mayWrite();
      const intent: LedgerEntryBody = { type: "deactivation.intended", ...about, api: api.url, reason };
      ledger.append(seal(deactivationReference(fingerprint_sha256, license_sha256), intent));
    }
    const { activationId } = await client.deactivate({ licenseKey, fingerprint }, signal);
    const [index = 0] = ledger.append([{ type: "deactivation.recorded", ...about, activation_id: activationId }]);
    return { activationId, ledgerIndex: index };
  } finally {
    await client.close();
  }
}

/** A batch that is not at its end may be owed this very seat. */
function refuseAtWork(ledger: Ledger, fingerprintSha256: string): void {
  const open = new Set(ledger.openBatches().map(({ batch }) => batch));
  for (const { entry } of ledger.deviceHistory(fingerprintSha256)) {
    if (entry.type === "activation.intended" && open.has(entry.batch)) {
      throw new StationError(
        "DEVICE_IN_BATCH",
        "A batch that is not finished has this device. Finish or abandon that batch first.",
      );
    }
  }
}

type About = Pick<BodyOf<"deactivation.recorded">, "fingerprint_sha256" | "product" | "license_sha256">;

/** Whether the server may have been asked already, and nobody knows what it did. */
function isOwed(ledger: Ledger, { fingerprint_sha256, product, license_sha256 }: About): boolean {
  let owed = false;
  for (const { entry } of ledger.deviceHistory(fingerprint_sha256)) {
    if (entry.type !== "deactivation.intended" && entry.type !== "deactivation.recorded") continue;
    if (entry.product !== product || entry.license_sha256 !== license_sha256) continue;
    owed = entry.type === "deactivation.intended";
  }
  return owed;
}
