import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { StationError } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { must, utf8 } from "#shared/formats/encoding.ts";
import { verifyMachineFile } from "../credentials/verify-machine-file.ts";
import type { DeliveryResult } from "../delivery/inspect.ts";
import { type DeliveryDevice, type PlannedDevice, planDelivery } from "../delivery/plan.ts";
import { discardPartial } from "../delivery/prepare-stick.ts";
import { type DeliveryProgress, writeDelivery } from "../delivery/write-stick.ts";
import { stickStillThere } from "../platform/os-errors.ts";
import type { BatchSecrets } from "./batch-secrets.ts";
import { type BatchState, type DeviceState, foldBatch } from "./batch-state.ts";
import type { BatchHooks, BatchRuntime, BatchStep } from "./runtime.ts";
import { recordedKeys } from "./signing-keys.ts";
import { stationKeys } from "./station-keys.ts";
import { type StickPlace, stickEntry } from "./stick-place.ts";

/**
 * Writes what was issued to the stick, proves it by reading it back, and closes the batch in the ledger. Safe to
 * repeat: a delivery that reached the stick before a crash is found there and only recorded.
 * @throws StationError STICK_*, CANCELLED, LEDGER_*; the batch then stays open and can be resumed
 */
export async function deliverBatch(
  runtime: BatchRuntime,
  place: StickPlace,
  state: BatchState,
  secrets: BatchSecrets,
  apiUrl: string,
  resumed: boolean,
  hooks: BatchHooks,
): Promise<BatchState> {
  const { ledger, files } = runtime;
  // Activating takes long enough for another stick to have come to this place, and it must get nothing.
  if (!(await stickStillThere(files, place.root, place.mark))) throw gone();
  const issued = [...state.devices.values()].filter(({ issued }) => issued !== null);
  if (issued.length === 0) {
    await discardPartial(files, place.root, state.id);
    finish(runtime, state, resumed, null);
  } else {
    const intended: BodyOf<"delivery.intended"> = {
      type: "delivery.intended",
      batch: state.id,
      stick: stickEntry(place.identity),
      folder: `PROVISIONING/${state.id}`,
      files: issued.length,
      bytes: issued.reduce((sum, { issued }) => sum + (issued?.body.size_bytes ?? 0), 0),
    };
    ledger.append([intended]);
    const result = await write(runtime, place, state, issued, secrets, apiUrl, hooks);
    finish(runtime, state, resumed, { ...result, stick: stickEntry(place.identity) });
  }
  return keepLive(state, must(foldBatch(ledger.batchEntries(state.id)), "the batch"));
}

async function write(
  runtime: BatchRuntime,
  place: StickPlace,
  state: BatchState,
  issued: readonly DeviceState[],
  secrets: BatchSecrets,
  apiUrl: string,
  hooks: BatchHooks,
): Promise<DeliveryResult> {
  const { ledger, keys, files, clock, stationName } = runtime;
  const { started } = state;
  const plan = planDelivery({
    batch: state.id,
    station: stationName,
    origin: stationName,
    operator: started.operator,
    workOrder: started.work_order,
    stick: place.identity,
    product: started.product,
    licenses: started.licenses,
    policy: { ttlDays: started.policy.ttl_days, graceDays: started.policy.grace_days },
    devices: issued.map(deliveryDevice),
    checkpoint: ledger.checkpoint(),
  });
  const receipts = ledger.receipts(plan.devices.map(({ ledgerIndex }) => ledgerIndex));
  const byDevice = new Map(issued.map((device) => [device.intent.fingerprint_sha256, device]));
  const licenses = new Map([...secrets.pool, ...Object.values(secrets.own)].map((key) => [sha256Hex(utf8(key)), key]));
  const signingKeys = recordedKeys(ledger, apiUrl);
  const stateOf = (device: PlannedDevice) => must(byDevice.get(device.fingerprintSha256), "a planned device");

  const result = await writeDelivery({
    files,
    root: place.root,
    mark: place.mark,
    plan,
    content: async (device) => ({
      certificate: must(ledger.issuedFile(device.fileSha256), "an issued machine file"),
      receipt: receipts(device.ledgerIndex),
    }),
    verifyFile: async (device, certificate) => {
      const { intent, issued } = stateOf(device);
      const body = must(issued, "an issue").body;
      const publicKey = signingKeys.get(device.keyId);
      if (publicKey === undefined)
        throw new StationError(
          "SIGNING_KEY_UNKNOWN",
          `No key "${device.keyId}" is recorded for this server. Resume while connected.`,
        );
      await verifyMachineFile({
        certificate,
        licenseKey: must(licenses.get(body.license_sha256), "the device's licence key"),
        fingerprint: intent.fingerprint,
        publicKey,
        keyId: device.keyId,
        productSlug: started.product,
        activationId: device.activationId,
        now: clock.now(),
      });
    },
    sign: { manifest: (message) => keys.sign("manifest", message), sums: (message) => keys.sign("minisign", message) },
    keys: stationKeys(runtime),
    clock,
    report: (progress) => hooks.step(deliveryStep(progress.step), progress.done, progress.total),
    signal: hooks.signal,
  });
  for (const device of plan.devices) {
    const live = stateOf(device);
    live.file = `${plan.folder}/${device.file}`;
    live.status = "delivered";
    hooks.changed(live);
  }
  return result;
}

/** The stick's commit and the batch's end are one transaction, and with them the files kept for it may go. */
function finish(
  runtime: BatchRuntime,
  state: BatchState,
  resumed: boolean,
  delivery: (DeliveryResult & { stick: ReturnType<typeof stickEntry> }) | null,
): void {
  const devices = [...state.devices.values()];
  const failed = devices.filter(({ status }) => status === "failed").length;
  const finished: BodyOf<"batch.finished"> = {
    type: "batch.finished",
    batch: state.id,
    delivered: devices.length - failed,
    failed,
    skipped: state.skipped.length,
    resumed,
  };
  if (delivery === null) {
    runtime.ledger.append([finished], [], { settle: state.id });
    return;
  }
  const { folder, files, bytes, manifestSha256, sumsSha256, readBack, stick } = delivery;
  const committed: BodyOf<"delivery.committed"> = {
    type: "delivery.committed",
    batch: state.id,
    stick,
    folder,
    files,
    bytes,
    manifest_sha256: manifestSha256,
    sums_sha256: sumsSha256,
    read_back: readBack,
  };
  runtime.ledger.append([committed, finished], [], { settle: state.id });
}

/** What only this run knows (renewals, file names) is carried over to what the ledger says. */
function keepLive(live: BatchState, recorded: BatchState): BatchState {
  for (const [sha, device] of recorded.devices) {
    const known = live.devices.get(sha);
    if (known !== undefined) Object.assign(device, { renewal: known.renewal, file: known.file });
  }
  return recorded;
}

function deliveryDevice({ intent, issued }: DeviceState): DeliveryDevice {
  const { index, body } = must(issued, "an issue");
  return {
    fingerprintSha256: intent.fingerprint_sha256,
    deviceName: intent.device_name,
    serial: intent.serial,
    assetTag: intent.asset_tag,
    activationId: body.activation_id,
    issuedAt: body.issued_at,
    expiresAt: body.expires_at,
    keyId: body.kid,
    ledgerIndex: index,
    fileSha256: body.file_sha256,
    sizeBytes: body.size_bytes,
    request: { path: intent.request_path, sha256: intent.request_sha256 },
  };
}

export function gone(): StationError {
  return new StationError(
    "STICK_GONE",
    "The stick that the batch began on is not there any more. Plug that one in again and resume.",
  );
}

export function deliveryStep(step: DeliveryProgress["step"]): BatchStep {
  if (step === "write" || step === "sync") return "writing";
  return step === "read-back" ? "verifying" : "committing";
}
