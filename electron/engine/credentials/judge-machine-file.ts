import { parseInstant } from "#shared/formats/rfc3339.ts";
import type { MachinePayload } from "./machine-payload.ts";
import { refusal } from "./refusal.ts";

/** What the file is held against; see MachineFileInput. */
export interface MachineFileExpectations {
  readonly licenseKey: string;
  readonly fingerprint: string;
  readonly productSlug?: string;
  readonly activationId?: string;
  readonly now: Date;
  readonly skewSeconds?: number;
  readonly maxOfflineDays?: number;
}

/** Checks 8 to 16 of LICENSESEAT section 6.3, in that order. Pure. @throws StationError CREDENTIAL_* */
export function judgeMachineFile(payload: MachinePayload, keyId: string, expected: MachineFileExpectations): void {
  const { meta } = payload;
  const now = Math.floor(expected.now.getTime() / 1000);
  const latestStart = now + Math.max(0, expected.skewSeconds ?? 300);
  const maxAge = (expected.maxOfflineDays ?? 0) * daySeconds;
  if (meta.kid !== keyId || !areConsistent(meta)) throw refusal("INVALID_MACHINE_FILE_CLAIMS");
  // Key and fingerprint are hashed without a separator: the same text split elsewhere opens the file too.
  if (meta.lic !== expected.licenseKey) throw refusal("LICENSE_MISMATCH");
  if (expected.productSlug !== undefined && payload.productSlug !== expected.productSlug) {
    throw refusal("PRODUCT_MISMATCH");
  }
  if (meta.iat > latestStart) throw refusal("CLOCK_TAMPER");
  if (meta.nbf > latestStart) throw refusal("TOKEN_NOT_YET_VALID");
  if (now >= meta.exp + meta.gracePeriod) throw refusal("TOKEN_EXPIRED");
  if (meta.licenseExp !== null && now >= meta.licenseExp) throw refusal("LICENSE_EXPIRED");
  if (payload.fingerprint !== expected.fingerprint) throw refusal("FINGERPRINT_MISMATCH");
  if (maxAge > 0 && now - meta.iat >= maxAge) throw refusal("GRACE_PERIOD_EXPIRED");
  if (payload.license !== null && !isInForce(payload.license, expected.licenseKey, now)) {
    throw refusal("INCLUDED_LICENSE_MISMATCH");
  }
  if (expected.activationId !== undefined && payload.activationId !== expected.activationId) {
    throw refusal("activation_mismatch");
  }
}

const daySeconds = 86_400;
// The last second that a Date can hold.
const lastSecond = 8_640_000_000_000;

function areConsistent(meta: MachinePayload["meta"]): boolean {
  return (
    meta.schemaVersion === 2 &&
    [meta.iat, meta.nbf, meta.exp, meta.licenseExp ?? 1].every((at) => at > 0 && at <= lastSecond) &&
    meta.iat <= meta.nbf &&
    // Grace must not make a window out of none.
    meta.nbf < meta.exp &&
    meta.ttl === meta.exp - meta.iat &&
    meta.ttl <= 100 * 366 * daySeconds &&
    meta.gracePeriod >= 0 &&
    meta.gracePeriod <= 30 * daySeconds &&
    wholeSecond(meta.issued) === meta.iat &&
    wholeSecond(meta.expiry) === meta.exp
  );
}

function wholeSecond(instant: string): number | null {
  const milliseconds = parseInstant(instant);
  return milliseconds === null ? null : Math.floor(milliseconds / 1000);
}

/** No skew tolerance: devices give none. The product was bound to the file's own when it was read. */
function isInForce(license: NonNullable<MachinePayload["license"]>, licenseKey: string, now: number): boolean {
  const second = (at: Date) => Math.floor(at.getTime() / 1000);
  return (
    license.key === licenseKey &&
    license.status === "active" &&
    (license.startsAt === null || now >= second(license.startsAt)) &&
    (license.endsAt === null || now < second(license.endsAt))
  );
}
