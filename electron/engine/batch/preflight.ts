import type { LicenseState, Validation } from "#shared/domain/activation.ts";
import { type Failure, toFailure } from "#shared/domain/errors.ts";
import { checkPolicy, effectiveTtlDays, type PolicyWarning, policyWarnings } from "#shared/domain/policy.ts";
import type { DeviceRequest } from "#shared/domain/request.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Allowance } from "../authority/spend-gate.ts";
import { deliveryNames } from "../delivery/file-names.ts";
import { certificateSuffix } from "../delivery/layout.ts";
import { stickRoom, type StickRoom } from "../delivery/prepare-stick.ts";
import { needForDevices } from "../delivery/space.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import { failureScope } from "../licensing/failure-scope.ts";
import { chooseRequests, type ChosenRequests } from "./choose-requests.ts";
import type { ApiAccess, Job } from "./job.ts";
import { createLicensePool, type LicensePool, pooledLicense } from "./license-pool.ts";
import type { BatchRuntime } from "./runtime.ts";
import type { StickPlace } from "./stick-place.ts";

export interface PlannedRequest {
  readonly request: DeviceRequest;
  /** Name the machine file will have. */
  readonly file: string;
  /** The ledger knows a file issued to this device. */
  readonly renewal: boolean;
  /** The server already holds a seat for it; null when that could not be learned. */
  readonly onServer: boolean | null;
  readonly activationId: string | null;
  /** What will go wrong for this device, as far as it can be known now. */
  readonly problem: Failure | null;
}

export interface LicenseOutlook {
  readonly last4: string;
  readonly sha256: string;
  readonly license: LicenseState | null;
  readonly problem: Failure | null;
}

/** Everything that can be known before a seat is spent. */
export interface Preflight {
  readonly chosen: ChosenRequests;
  readonly devices: readonly PlannedRequest[];
  readonly licenses: readonly LicenseOutlook[];
  readonly seatsNeeded: number;
  /** Over all keys of the pool; null when one is without limit or its state could not be learned. */
  readonly seatsLeft: number | null;
  readonly policyWarnings: readonly PolicyWarning[];
  /** Days the files will really be good for. */
  readonly effectiveDays: number;
  readonly room: StickRoom;
  readonly estimatedSeconds: number;
  /** What the station's own licence lets be done of it. */
  readonly allowance: Allowance;
  /** Why the server could not be asked, if so. */
  readonly problem: Failure | null;
}

/** Spends nothing and writes nothing. @throws StationError POLICY_*, LICENSE_KEY_INVALID, STICK_GONE */
export async function preflight(
  runtime: BatchRuntime,
  place: StickPlace,
  intake: IntakeReport,
  job: Job,
  api: ApiAccess,
  signal: AbortSignal,
): Promise<Preflight> {
  checkPolicy(job.policy);
  const chosen = chooseRequests(intake, job);
  const pool = poolOf(chosen, job);
  const room = await stickRoom(runtime.files, place.root, needForDevices(chosen.devices.length));
  const answers = await askServer(runtime, chosen.devices, job, api, pool, signal);
  const names = deliveryNames(chosen.devices);
  const devices = chosen.devices.map((request, i) =>
    planned(runtime, request, `${names[i]}${certificateSuffix}`, answers.byDevice.get(request.fingerprintSha256)),
  );
  const licenses = pool.all.map(({ last4, sha256 }) => ({
    last4,
    sha256,
    ...(answers.byLicense.get(sha256) ?? { license: null, problem: null }),
  }));
  const soonestEnd =
    licenses
      .map(({ license }) => license?.expiresAt ?? null)
      .filter((end) => end !== null)
      .sort()[0] ?? null;
  const now = runtime.clock.now();
  // Whether they are accepted may be decided after this, and then the licence must reach for them too.
  const contested = chosen.skipped.filter(({ code }) => code === "CONFLICT_SKIPPED").map(({ request }) => request);
  return {
    chosen,
    devices,
    licenses,
    seatsNeeded: devices.filter(({ onServer }) => onServer !== true).length,
    seatsLeft: seatsLeft(licenses),
    policyWarnings: policyWarnings(job.policy, soonestEnd, now),
    effectiveDays: effectiveTtlDays(job.policy, soonestEnd, now),
    room,
    // Two calls a device, as many at once as allowed.
    estimatedSeconds:
      (2 * devices.length * (answers.msPerCall / 1000)) / Math.max(1, Math.min(api.concurrency, devices.length)),
    allowance: runtime.gate.allowance(
      [...chosen.devices, ...contested].map(({ fingerprintSha256 }) => fingerprintSha256),
    ),
    problem: answers.problem,
  };
}

interface Answers {
  readonly byDevice: Map<string, Validation | Failure>;
  readonly byLicense: Map<string, { license: LicenseState | null; problem: Failure | null }>;
  readonly msPerCall: number;
  readonly problem: Failure | null;
}

/** `validate` takes no seat and tells a device's seat and its licence in one answer. */
async function askServer(
  runtime: BatchRuntime,
  devices: readonly DeviceRequest[],
  job: Job,
  api: ApiAccess,
  pool: LicensePool,
  signal: AbortSignal,
): Promise<Answers> {
  const byDevice: Answers["byDevice"] = new Map();
  const byLicense: Answers["byLicense"] = new Map();
  const client = runtime.openClient(api, job.product);
  let problem: Failure | null = null;
  let milliseconds = 0;
  let calls = 0;
  const ask = async (device: DeviceRequest, licenseKey: string, sha256: string): Promise<void> => {
    const started = runtime.clock.monotonicMs();
    try {
      const answer = await client.validate({ licenseKey, fingerprint: device.fingerprint }, signal);
      byDevice.set(device.fingerprintSha256, answer);
      byLicense.set(sha256, { license: answer.license, problem: null });
    } catch (error) {
      const failure = toFailure(error);
      const scope = failureScope(failure.code);
      byDevice.set(device.fingerprintSha256, failure);
      if (scope === "license" && !byLicense.has(sha256)) byLicense.set(sha256, { license: null, problem: failure });
      if (scope === "batch" || scope === "outside") problem ??= failure;
    }
    milliseconds += runtime.clock.monotonicMs() - started;
    calls += 1;
  };
  try {
    await eachOf(devices, api.concurrency, async (device) => {
      if (problem !== null || signal.aborted) return;
      const license = licenseFor(runtime, pool, device, job);
      if ("code" in license) byDevice.set(device.fingerprintSha256, license);
      else await ask(device, license.key, license.sha256);
    });
    // A pool's later keys are asked about too, with any one device: what matters is the licence.
    const [probe] = devices;
    for (const { key, sha256 } of pool.all) {
      if (probe === undefined || problem !== null || byLicense.has(sha256)) continue;
      const before = byDevice.get(probe.fingerprintSha256);
      await ask(probe, key, sha256);
      if (before !== undefined) byDevice.set(probe.fingerprintSha256, before);
    }
  } finally {
    await client.close();
  }
  return { byDevice, byLicense, msPerCall: calls === 0 ? 0 : milliseconds / calls, problem };
}

async function eachOf<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  const remaining = items.values();
  const worker = async (): Promise<void> => {
    for (const item of remaining) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}

function poolOf(chosen: ChosenRequests, job: Job): LicensePool {
  const own = chosen.devices.map(({ licenseKey }) => licenseKey).filter((key) => key !== null);
  return createLicensePool([...new Set(job.licenseKeys)].map(pooledLicense), [...new Set(own)].map(pooledLicense));
}

function licenseFor(runtime: BatchRuntime, pool: LicensePool, device: DeviceRequest, job: Job) {
  const own =
    device.licenseKey === null
      ? runtime.ledger.licenseOf(device.fingerprintSha256, job.product)
      : sha256Hex(utf8(device.licenseKey));
  return pool.choose(own, new Set());
}

function planned(
  runtime: BatchRuntime,
  request: DeviceRequest,
  file: string,
  answer: Validation | Failure | undefined,
): PlannedRequest {
  const renewal = runtime.ledger.issuedBefore(request.fingerprintSha256, null);
  if (answer === undefined) return { request, file, renewal, onServer: null, activationId: null, problem: null };
  if ("message" in answer) return { request, file, renewal, onServer: null, activationId: null, problem: answer };
  const problem = answer.license.status === "active" ? null : deadLicense(answer.license);
  return { request, file, renewal, onServer: answer.activationId !== null, activationId: answer.activationId, problem };
}

function deadLicense(license: LicenseState): Failure {
  const codes = {
    pending: "LICENSE_NOT_ACTIVE",
    suspended: "LICENSE_SUSPENDED",
    revoked: "LICENSE_REVOKED",
    expired: "LICENSE_EXPIRED",
    active: "LICENSE_NOT_ACTIVE",
  } as const;
  return {
    code: codes[license.status],
    message: `The licence is ${license.status}, so no seat can be taken under it. Use another licence key.`,
  };
}

function seatsLeft(licenses: readonly LicenseOutlook[]): number | null {
  let left = 0;
  for (const { license, problem } of licenses) {
    if (problem !== null) continue;
    if (license === null || license.seatLimit === null) return null;
    if (license.status === "active") left += Math.max(0, license.seatLimit - license.activeSeats);
  }
  return left;
}
