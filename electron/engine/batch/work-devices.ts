import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import type { Policy } from "#shared/domain/policy.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { readMachineFileEnvelope } from "../credentials/envelope.ts";
import { verifyMachineFile } from "../credentials/verify-machine-file.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { LicensingClient } from "../licensing/client.ts";
import { failureScope } from "../licensing/failure-scope.ts";
import type { Clock } from "../platform/clock.ts";
import type { DeviceState } from "./batch-state.ts";
import { gatheredAppend } from "./gathered-append.ts";
import type { LicensePool, PooledLicense } from "./license-pool.ts";
import type { SigningKeys } from "./signing-keys.ts";

export interface WorkContext {
  readonly batch: string;
  readonly product: string;
  readonly policy: Policy;
  readonly ledger: Ledger;
  readonly client: LicensingClient;
  readonly signingKeys: SigningKeys;
  readonly pool: LicensePool;
  readonly clock: Clock;
  /** Calls in flight; the client keeps to it, and a few more devices are at work. */
  readonly concurrency: number;
  /** Per fingerprint SHA-256: components the device sent, for the machine file. */
  readonly components: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Hash of the licence key that the request or an earlier activation names, if any. */
  ownLicense(device: DeviceState): string | null;
  readonly signal: AbortSignal;
  /** Resolves at once, or when the operator lets a paused batch go on. */
  ready(): Promise<void>;
  changed(device: DeviceState): void;
}

interface Work extends WorkContext {
  /** For outcomes. Intents go to the ledger directly: they must be durable before the call they announce. */
  readonly append: Ledger["appendSoon"];
}

/** So many devices in a row without an answer mean that the outside is gone, not that a device is odd. */
const silentDevicesToStop = 3;

/**
 * Activates and issues for every device that waits; each ends issued, failed, or still waiting when the outside
 * gave no answer. Seats are intended in the ledger before this is called and recorded as they are learned.
 * @returns what stopped the work, or what left a device waiting; null when every device has its outcome
 */
export async function workDevices(given: WorkContext, devices: readonly DeviceState[]): Promise<Failure | null> {
  const context: Work = { ...given, append: gatheredAppend(given.ledger, given.clock) };
  let next = 0;
  let stop: Failure | null = null;
  let owed: Failure | null = null;
  let silent = 0;

  const worker = async (): Promise<void> => {
    for (;;) {
      await context.ready();
      if (stop !== null || context.signal.aborted) return;
      const device = devices[next++];
      if (device === undefined) return;
      try {
        await workDevice(context, device);
        silent = 0;
      } catch (error) {
        const failure = context.signal.aborted ? cancelled : toFailure(error);
        device.status = "waiting";
        context.changed(device);
        owed ??= failure;
        silent += 1;
        if (failureScope(failure.code) !== "outside" || silent >= silentDevicesToStop) stop ??= failure;
      }
    }
  };
  // A device whose answer is being verified or logged needs no call; others use its place meanwhile.
  const atWork = context.concurrency + Math.floor(context.concurrency / 2);
  await Promise.all(Array.from({ length: Math.min(atWork, devices.length) }, worker));
  return stop ?? owed ?? (context.signal.aborted ? cancelled : null);
}

/** @throws StationError when the device must stay waiting: nothing more is known of its seat than the ledger holds */
async function workDevice(context: Work, device: DeviceState): Promise<void> {
  const refused = new Set<string>();
  for (;;) {
    const license = context.pool.choose(device.activation?.license_sha256 ?? context.ownLicense(device), refused);
    if ("code" in license)
      return fail(context, device, "activate", license, device.activation === null ? "none" : "taken");
    const outcome = await tryLicense(context, device, license);
    if (outcome === null) return;
    refused.add(license.sha256);
    context.pool.exhaust(license.sha256, outcome);
  }
}

/** @returns null when the device has its outcome, else why this key can give nothing more */
async function tryLicense(context: Work, device: DeviceState, license: PooledLicense): Promise<Failure | null> {
  const { ledger, client, batch, signal } = context;
  const { fingerprint, fingerprint_sha256, device_name } = device.intent;
  if (license.sha256 !== device.intent.license_sha256) {
    device.intent = { ...device.intent, license_sha256: license.sha256 };
    await ledger.appendSoon([device.intent]);
  }

  set(context, device, "activating");
  let recorded: Promise<unknown> = Promise.resolve();
  if (device.activation === null || device.activation.license_sha256 !== license.sha256) {
    let activation: Awaited<ReturnType<LicensingClient["activate"]>>;
    try {
      activation = await client.activate({ licenseKey: license.key, fingerprint, deviceName: device_name }, signal);
    } catch (error) {
      const failure = expected(error, signal);
      if (failureScope(failure.code) === "license") return failure;
      await fail(context, device, "activate", failure, isUnclear(failure) ? "unknown" : "none");
      return null;
    }
    device.activation = {
      type: "activation.recorded",
      batch,
      fingerprint_sha256,
      activation_id: ownText(activation.activationId),
      activated_at: activation.activatedAt,
      license_sha256: license.sha256,
      license_expires_at: activation.license.expiresAt,
      seat_limit: activation.license.seatLimit,
      active_seats: activation.license.activeSeats,
    };
    recorded = context.append([device.activation]);
    // Awaited below; until then a failed append must not count as unhandled.
    recorded.catch(() => {});
  }

  set(context, device, "issuing");
  try {
    await issue(context, device, license, device.activation);
    await recorded;
  } catch (error) {
    await recorded;
    const failure = expected(error, signal);
    const stage = failure.code.startsWith("CREDENTIAL_") ? "verify" : "issue";
    await fail(context, device, stage, failure, failure.code === "DEVICE_NOT_ACTIVATED" ? "none" : "taken");
  }
  return null;
}

async function issue(
  context: Work,
  device: DeviceState,
  license: PooledLicense,
  activation: BodyOf<"activation.recorded">,
): Promise<void> {
  const { client, policy, product, signal, batch, append } = context;
  const { fingerprint, fingerprint_sha256, device_name, serial } = device.intent;
  const issued = await client.issueMachineFile(
    {
      licenseKey: license.key,
      fingerprint,
      ttlDays: policy.ttlDays,
      graceDays: policy.graceDays,
      fingerprintComponents: context.components.get(fingerprint_sha256) ?? null,
    },
    signal,
  );
  const claims = await verifyAsDevice(context, {
    certificate: issued.certificate,
    licenseKey: license.key,
    fingerprint,
    productSlug: product,
    activationId: activation.activation_id,
  });
  const bytes = utf8(issued.certificate);
  const body: BodyOf<"machine-file.issued"> = {
    type: "machine-file.issued",
    batch,
    file_sha256: sha256Hex(bytes),
    size_bytes: bytes.length,
    fingerprint_sha256,
    activation_id: activation.activation_id,
    device_name,
    serial,
    product,
    license_sha256: license.sha256,
    kid: ownText(claims.keyId),
    issued_at: instant(claims.issuedAt),
    expires_at: instant(claims.expiresAt),
    grace_seconds: claims.graceSeconds,
  };
  const [index] = await append([body], [{ fileSha256: body.file_sha256, batch, bytes }]);
  device.issued = { index: index ?? 0, body };
  set(context, device, "issued");
}

/** The very check the device will make, under a key this station believes. */
async function verifyAsDevice(
  context: Work,
  file: { certificate: string; licenseKey: string; fingerprint: string; productSlug: string; activationId: string },
): ReturnType<typeof verifyMachineFile> {
  const { keyId } = readMachineFileEnvelope(file.certificate);
  const verify = async () =>
    verifyMachineFile({ ...file, publicKey: await context.signingKeys.keyFor(keyId), keyId, now: context.clock.now() });
  try {
    return await verify();
  } catch (error) {
    if (!(error instanceof StationError) || error.code !== "CREDENTIAL_SIGNATURE") throw error;
    // A bad signature is a bad file, or the server signs with another key under a known name.
    await context.signingKeys.recheck(keyId);
    return verify();
  }
}

/** Failures of this one device come back as values; whatever concerns more than the device is thrown on. */
function expected(error: unknown, signal: AbortSignal): Failure {
  if (signal.aborted || !(error instanceof StationError)) throw error;
  const scope = failureScope(error.code);
  if (scope === "batch" || scope === "outside") throw error;
  return toFailure(error);
}

async function fail(
  context: Work,
  device: DeviceState,
  stage: BodyOf<"device.failed">["stage"],
  failure: Failure,
  seat: BodyOf<"device.failed">["seat"],
): Promise<void> {
  const { fingerprint_sha256, device_name } = device.intent;
  await context.ledger.appendSoon([
    {
      type: "device.failed",
      batch: context.batch,
      fingerprint_sha256,
      device_name,
      stage,
      code: failure.code,
      message: failure.message,
      seat,
    },
  ]);
  device.failure = failure;
  set(context, device, "failed");
}

/** The server may have done the work although its answer could not be believed. */
function isUnclear(failure: Failure): boolean {
  return failure.code.startsWith("API_") && failure.code !== "API_REFUSED";
}

function set(context: Work, device: DeviceState, status: DeviceState["status"]): void {
  device.status = status;
  context.changed(device);
}

/** What was cut out of an answer keeps all of the answer in memory, for as long as the batch lasts; a copy does not. */
function ownText(cut: string): string {
  return Buffer.from(cut).toString();
}

function instant(wholeSecond: Date): string {
  return wholeSecond.toISOString().replace(".000Z", "Z");
}

const cancelled: Failure = {
  code: "CANCELLED",
  message: "Stopped. Nothing is lost: what was taken is recorded. Resume to go on.",
};
