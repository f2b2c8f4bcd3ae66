import { type Failure, toFailure } from "#shared/domain/errors.ts";
import { checkPolicy } from "#shared/domain/policy.ts";
import type { DeviceRequest, Rejection } from "#shared/domain/request.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { must, utf8 } from "#shared/formats/encoding.ts";
import { discardPartial, prepareStick } from "../delivery/prepare-stick.ts";
import { needForDevices } from "../delivery/space.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import { requireAllotted } from "./allotted-devices.ts";
import { newBatchId } from "./batch-id.ts";
import { type BatchSecrets, batchSecrets, forgetBatchSecrets, keepBatchSecrets } from "./batch-secrets.ts";
import { type BatchState, foldBatch, owedDevices } from "./batch-state.ts";
import { chooseRequests, type ChosenRequests, requireDecided } from "./choose-requests.ts";
import { deliverBatch } from "./deliver-batch.ts";
import type { ApiAccess, Job } from "./job.ts";
import { createLicensePool, type LicensePool, pooledLicense } from "./license-pool.ts";
import type { BatchHooks, BatchRuntime } from "./runtime.ts";
import { createSigningKeys, pinEntries } from "./signing-keys.ts";
import { type StickPlace, stickEntry } from "./stick-place.ts";
import { workDevices } from "./work-devices.ts";

/** How a batch stands when the station stops working on it. */
export interface BatchOutcome {
  readonly state: BatchState;
  /** Why it is not finished and can be resumed; null when it is. */
  readonly problem: Failure | null;
  /** What the station's licence left out when the batch began, by fingerprint SHA-256. */
  readonly refused?: ReadonlyMap<string, Failure>;
}

/**
 * One stick's worth of devices, from request to committed delivery. Nothing is spent before the stick is proved
 * writable and every seat that may be taken is intended in the ledger.
 * @throws StationError whatever stops a batch before it has begun; afterwards problems are part of the outcome
 */
export async function runBatch(
  runtime: BatchRuntime,
  place: StickPlace,
  intake: IntakeReport,
  job: Job,
  api: ApiAccess,
  hooks: BatchHooks,
): Promise<BatchOutcome> {
  checkPolicy(job.policy);
  const chosen = chooseRequests(intake, job);
  requireDecided(intake, chosen, job);
  requireAllotted(runtime, job, chosen.devices);
  // An address or a key that cannot be one is refused while nothing has begun.
  await runtime.openClient(api, job.product).close();
  poolOf(secretsFor(chosen.devices, job, api));
  // So that a station that may do nothing touches no stick; what counts is asked again below.
  runtime.gate.admit(fingerprintsOf(chosen));
  const batch = newBatchId(runtime.clock, runtime.random);
  await prepareStick(runtime.files, place.root, batch, needForDevices(chosen.devices.length), place.mark);
  let refused: ReadonlyMap<string, Failure>;
  try {
    // Asked, and counted by the entries below, in one turn: no other batch can be let in between.
    ({ refused } = runtime.gate.admit(fingerprintsOf(chosen)));
    const admitted = withoutRefused(chosen, refused);
    const secrets = secretsFor(admitted.devices, job, api);
    keepBatchSecrets(runtime.keys.secrets, batch, secrets);
    // A batch on another stick may have begun under the same order meanwhile.
    requireAllotted(runtime, job, admitted.devices);
    const entries = openingEntries(runtime, batch, place, intake.rejected, admitted, job, api, secrets);
    const opening = runtime.signOff?.(entries) ?? entries;
    runtime.ledger.append([...pinEntries(runtime.ledger, api, job.operator), ...opening]);
  } catch (error) {
    await discardPartial(runtime.files, place.root, batch).catch(() => {});
    throw error;
  }
  return { ...(await continueBatch(runtime, place, batch, api, false, hooks)), refused };
}

/** Finishes a batch from wherever the ledger says it stands; the same for a fresh one and one that was cut off. */
export async function continueBatch(
  runtime: BatchRuntime,
  place: StickPlace,
  batch: string,
  api: ApiAccess,
  resumed: boolean,
  hooks: BatchHooks,
): Promise<BatchOutcome> {
  const state = must(foldBatch(runtime.ledger.batchEntries(batch)), "the batch");
  const secrets = batchSecrets(runtime.keys.secrets, batch);
  for (const device of state.devices.values())
    device.renewal = runtime.ledger.issuedBefore(device.intent.fingerprint_sha256, batch);
  hooks.started(state);
  try {
    const problem = await workOwed(runtime, state, secrets, api, resumed, hooks);
    if (problem !== null) return { state, problem };
    const final = await deliverBatch(runtime, place, state, secrets, api.url, resumed, hooks);
    forgetBatchSecrets(runtime.keys.secrets, batch);
    hooks.step("done", 1, 1);
    return { state: final, problem: null };
  } catch (error) {
    const failure = toFailure(error);
    const why = failure.code.startsWith("STICK_") ? (runtime.stickFailure?.() ?? null) : null;
    return { state, problem: why === null ? failure : toFailure(why) };
  }
}

async function workOwed(
  runtime: BatchRuntime,
  state: BatchState,
  secrets: BatchSecrets,
  api: ApiAccess,
  resumed: boolean,
  hooks: BatchHooks,
): Promise<Failure | null> {
  const owed = owedDevices(state);
  if (owed.length === 0) return null;
  hooks.step("activating", 0, owed.length);
  const { ledger, clock } = runtime;
  const { product, policy, operator } = state.started;
  const client = runtime.openClient(api, product);
  try {
    return await workDevices(
      {
        batch: state.id,
        product,
        policy: { ttlDays: policy.ttl_days, graceDays: policy.grace_days },
        ledger,
        client,
        signingKeys: createSigningKeys(ledger, client, api, operator),
        pool: poolOf(secrets),
        clock,
        concurrency: api.concurrency,
        components: new Map(Object.entries(secrets.components)),
        ownLicense: ({ intent }) => {
          const own = secrets.own[intent.fingerprint_sha256];
          if (own !== undefined) return sha256Hex(utf8(own));
          // What was intended before the interruption may have been done: under another key it would be done twice.
          return ledger.licenseOf(intent.fingerprint_sha256, product) ?? (resumed ? intent.license_sha256 : null);
        },
        signal: hooks.signal,
        ready: hooks.ready,
        changed: hooks.changed,
      },
      owed,
    );
  } finally {
    await client.close();
  }
}

function fingerprintsOf({ devices }: ChosenRequests): readonly string[] {
  return devices.map(({ fingerprintSha256 }) => fingerprintSha256);
}

function withoutRefused({ devices, skipped }: ChosenRequests, refused: ReadonlyMap<string, Failure>): ChosenRequests {
  const left = devices.flatMap((request) => {
    const failure = refused.get(request.fingerprintSha256);
    return failure === undefined ? [] : [{ request, code: failure.code, message: failure.message }];
  });
  return {
    devices: devices.filter(({ fingerprintSha256 }) => !refused.has(fingerprintSha256)),
    skipped: [...skipped, ...left],
  };
}

function secretsFor(devices: readonly DeviceRequest[], job: Job, api: ApiAccess): BatchSecrets {
  const { apiKey, proxy, caPem } = api;
  const own: Record<string, string> = {};
  const components: Record<string, Readonly<Record<string, string>>> = {};
  for (const device of devices) {
    if (device.licenseKey !== null) own[device.fingerprintSha256] = device.licenseKey;
    if (device.fingerprintComponents !== null) components[device.fingerprintSha256] = device.fingerprintComponents;
  }
  return { apiKey, proxy, caPem, pool: [...new Set(job.licenseKeys)], own, components };
}

/** @throws StationError LICENSE_KEY_INVALID */
function poolOf({ pool, own }: BatchSecrets): LicensePool {
  return createLicensePool(pool.map(pooledLicense), Object.values(own).map(pooledLicense));
}

/** The batch, what is left out of it, and every seat it may take: one transaction, so a batch exists whole or not at all. */
function openingEntries(
  runtime: BatchRuntime,
  batch: string,
  place: StickPlace,
  rejected: readonly Rejection[],
  chosen: ChosenRequests,
  job: Job,
  api: ApiAccess,
  secrets: BatchSecrets,
): readonly LedgerEntryBody[] {
  const pool = poolOf(secrets);
  const firstKey = pool.all[0]?.sha256 ?? noKey;
  return [
    {
      type: "batch.started",
      batch,
      api: api.url,
      product: job.product,
      // A list may bring a key for each device; those are told by their intents.
      licenses: pool.all.slice(0, 200).map(({ last4, sha256 }) => ({ last4, sha256 })),
      policy: { ttl_days: job.policy.ttlDays, grace_days: job.policy.graceDays },
      operator: job.operator,
      work_order: job.workOrder,
      stick: stickEntry(place.identity),
      devices: chosen.devices.length,
      rejected: rejected.length,
      rehearsal: job.rehearsal,
      on_conflict: job.onConflict,
      ...(job.decided === undefined || job.decided.length === 0 ? {} : { decided: [...job.decided] }),
      station_version: runtime.version,
    },
    ...rejected.map(({ path, line, code }) => ({
      type: "request.rejected" as const,
      batch,
      path: path.slice(0, 1024),
      line,
      code,
    })),
    ...chosen.skipped.map(({ request, code }) => ({
      type: "device.skipped" as const,
      batch,
      fingerprint_sha256: request.fingerprintSha256,
      device_name: request.deviceName,
      code,
    })),
    ...chosen.devices.map((request) => {
      const source = must(request.sources[0], "source of a request");
      const own =
        request.licenseKey === null
          ? runtime.ledger.licenseOf(request.fingerprintSha256, job.product)
          : sha256Hex(utf8(request.licenseKey));
      return {
        type: "activation.intended" as const,
        batch,
        fingerprint: request.fingerprint,
        fingerprint_sha256: request.fingerprintSha256,
        device_name: request.deviceName,
        serial: request.serial,
        asset_tag: request.assetTag,
        platform: request.platform,
        request_path: source.path,
        request_sha256: source.fileSha256,
        license_sha256: (own === null ? null : pool.bySha256(own)?.sha256) ?? firstKey,
      };
    }),
  ];
}

/** SHA-256 of nothing: no key was given that this device could use; it will fail with LICENSE_KEY_MISSING. */
const noKey = sha256Hex(new Uint8Array(0));
