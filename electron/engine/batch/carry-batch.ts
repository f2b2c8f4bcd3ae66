import { z } from "zod";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { base64, fromBase64, must, utf8 } from "#shared/formats/encoding.ts";
import { type CarriedLicence, readCarried } from "../authority/carry.ts";
import { parseVendorKey, type VendorKey } from "../authority/vendor-key.ts";
import type { DeliveryResult } from "../delivery/inspect.ts";
import { receiptSuffix } from "../delivery/layout.ts";
import { planCarry, type PlannedToken } from "../delivery/plan.ts";
import { discardPartial, prepareStick } from "../delivery/prepare-stick.ts";
import { needForSizes } from "../delivery/space.ts";
import { writeDelivery } from "../delivery/write-stick.ts";
import type { SecretStore } from "../keys/secret-store.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { stickStillThere } from "../platform/os-errors.ts";
import { newBatchId } from "./batch-id.ts";
import { deliveryStep, gone } from "./deliver-batch.ts";
import type { BatchHooks, BatchRuntime } from "./runtime.ts";
import { stationKeys } from "./station-keys.ts";
import { type StickPlace, stickEntry } from "./stick-place.ts";

/** A batch without devices that brings one licence for another product (authority/CARRY.md). */

export interface CarryJob {
  readonly carried: CarriedLicence;
  /** The key that {@link carried} was verified with. */
  readonly vendorKey: VendorKey;
  /** Checked by `checkCarriedName`. */
  readonly fileName: string;
  readonly target: string | null;
  readonly operator: string | null;
  readonly workOrder: string | null;
}

export interface CarryOutcome {
  readonly batch: string;
  readonly folder: string;
  readonly fileName: string;
  /** Of the entry `licence-token.carried`. */
  readonly ledgerIndex: number;
  /** Null until the delivery is committed and recorded. */
  readonly delivery: BodyOf<"delivery.committed"> | null;
  /** Why the delivery did not reach its end; it is resumed. */
  readonly problem: Failure | null;
}

export type CarryHooks = Pick<BatchHooks, "signal" | "step">;

/** Begins the batch and delivers it. @throws StationError what kept it from beginning; nothing was written then */
export async function carryBatch(
  runtime: BatchRuntime,
  place: StickPlace,
  job: CarryJob,
  hooks: CarryHooks,
): Promise<CarryOutcome> {
  const { ledger, keys, clock, random, version } = runtime;
  const { carried, vendorKey, fileName, target, operator, workOrder } = job;
  runtime.gate.mayWrite();
  const batch = newBatchId(clock, random);
  await prepareStick(runtime.files, place.root, batch, needForSizes(1, carried.file.length), place.mark);
  const started: BodyOf<"batch.started"> = {
    type: "batch.started",
    batch,
    api: "",
    product: carried.kind,
    licenses: [],
    policy: { ttl_days: 0, grace_days: 0 },
    operator,
    work_order: workOrder,
    stick: stickEntry(place.identity),
    devices: 0,
    rejected: 0,
    rehearsal: false,
    station_version: version,
  };
  const entry: BodyOf<"licence-token.carried"> = {
    type: "licence-token.carried",
    batch,
    file_sha256: carried.fileSha256,
    size_bytes: carried.file.length,
    kind: carried.kind,
    token_id: carried.licence.id,
    vendor_key_sha256: vendorKey.sha256,
    expires_at: carried.licence.expiresAt.toISOString(),
    target,
    file_name: fileName,
  };
  try {
    // Before the ledger says that it is owed: without the file nobody could finish the batch.
    keepFile(keys.secrets, batch, carried.file, vendorKey);
    // A licence can expire while a slow stick is prepared.
    runtime.gate.mayWrite();
    ledger.append(runtime.signOff?.([started, entry]) ?? [started, entry]);
  } catch (error) {
    await discardPartial(runtime.files, place.root, batch).catch(() => {});
    throw error;
  }
  return finishCarry(runtime, place, batch, false, hooks);
}

/** Whether the ledger says that this batch carries a licence. */
export function isCarry(ledger: Ledger, batch: string): boolean {
  return carriedEntry(ledger, batch) !== null;
}

/** Delivers what the ledger says is carried by this batch; safe to repeat. What stops it is part of the outcome. */
export async function finishCarry(
  runtime: BatchRuntime,
  place: StickPlace,
  batch: string,
  resumed: boolean,
  hooks: CarryHooks,
): Promise<CarryOutcome> {
  const { index, entry } = must(carriedEntry(runtime.ledger, batch), "what the batch carries");
  const folder = `PROVISIONING/${batch}`;
  const outcome = { batch, folder, fileName: entry.file_name, ledgerIndex: index };
  try {
    const delivery = await deliver(runtime, place, index, entry, resumed, hooks);
    forgetCarried(runtime.keys.secrets, batch);
    hooks.step("done", 1, 1);
    return { ...outcome, delivery, problem: null };
  } catch (error) {
    const failure = toFailure(error);
    const why = failure.code.startsWith("STICK_") ? (runtime.stickFailure?.() ?? null) : null;
    return { ...outcome, delivery: null, problem: why === null ? failure : toFailure(why) };
  }
}

/** Whether {@link finishCarry} will have what it needs. */
export function hasCarried(store: SecretStore, batch: string): boolean {
  return store.get(nameOf(batch)) !== null;
}

export function forgetCarried(store: SecretStore, batch: string): void {
  store.delete(nameOf(batch));
}

async function deliver(
  runtime: BatchRuntime,
  place: StickPlace,
  index: number,
  entry: BodyOf<"licence-token.carried">,
  resumed: boolean,
  hooks: CarryHooks,
): Promise<BodyOf<"delivery.committed">> {
  const { ledger, files } = runtime;
  const { batch } = entry;
  if (!(await stickStillThere(files, place.root, place.mark))) throw gone();
  const kept = keptFile(runtime.keys.secrets, batch);
  const stick = stickEntry(place.identity);
  const folder = `PROVISIONING/${batch}`;
  ledger.append([{ type: "delivery.intended", batch, stick, folder, files: 1, bytes: entry.size_bytes }]);
  const result = await write(runtime, place, index, entry, kept, hooks);
  const committed: BodyOf<"delivery.committed"> = {
    type: "delivery.committed",
    batch,
    stick,
    folder: result.folder,
    files: result.files,
    bytes: result.bytes,
    manifest_sha256: result.manifestSha256,
    sums_sha256: result.sumsSha256,
    read_back: result.readBack,
  };
  // It counts devices, and there was none.
  ledger.append([committed, { type: "batch.finished", batch, delivered: 0, failed: 0, skipped: 0, resumed }]);
  return committed;
}

async function write(
  runtime: BatchRuntime,
  place: StickPlace,
  index: number,
  entry: BodyOf<"licence-token.carried">,
  kept: KeptFile,
  hooks: CarryHooks,
): Promise<DeliveryResult> {
  const { ledger, keys, files, clock, stationName } = runtime;
  const started = must(
    ledger.entriesOfType("batch.started").findLast(({ entry: { batch } }) => batch === entry.batch),
    "the batch's beginning",
  ).entry;
  const token: PlannedToken = {
    kind: entry.kind,
    target: entry.target,
    tokenId: entry.token_id,
    vendorKeySha256: entry.vendor_key_sha256,
    expiresAt: entry.expires_at,
    ledgerIndex: index,
    fileSha256: entry.file_sha256,
    sizeBytes: entry.size_bytes,
    file: entry.file_name,
    receipt: `${entry.file_name}${receiptSuffix}`,
  };
  const plan = planCarry(
    {
      batch: entry.batch,
      station: stationName,
      origin: stationName,
      operator: started.operator,
      workOrder: started.work_order,
      stick: place.identity,
      product: started.product,
      licenses: [],
      policy: { ttlDays: 0, graceDays: 0 },
      checkpoint: ledger.checkpoint(),
    },
    token,
  );
  const noDevice = (): never => {
    throw new StationError("INTERNAL", "A delivery of a licence has no device.");
  };
  return writeDelivery({
    files,
    root: place.root,
    mark: place.mark,
    plan,
    content: noDevice,
    verifyFile: noDevice,
    carried: {
      content: async () => ({
        certificate: kept.file,
        receipt: ledger.receipt(index, { checkpoint: plan.checkpoint }),
      }),
      verifyFile: async (_, bytes) => void (await readCarried(bytes, [kept.vendorKey], entry.kind, null)),
    },
    sign: { manifest: (message) => keys.sign("manifest", message), sums: (message) => keys.sign("minisign", message) },
    keys: stationKeys(runtime),
    clock,
    report: ({ step, done, total }) => hooks.step(deliveryStep(step), done, total),
    signal: hooks.signal,
  });
}

function carriedEntry(ledger: Ledger, batch: string) {
  for (const { index, entry } of ledger.batchEntries(batch)) {
    if (entry.type === "licence-token.carried") return { index, entry };
  }
  return null;
}

interface KeptFile {
  readonly file: Uint8Array;
  readonly vendorKey: VendorKey;
}

const keptSchema = z.strictObject({ file: z.string(), vendor_key: z.string() });

function keepFile(store: SecretStore, batch: string, file: Uint8Array, { key }: VendorKey): void {
  const vendor_key = key.export({ format: "pem", type: "spki" }).toString();
  store.put(nameOf(batch), JSON.stringify({ file: base64(file), vendor_key }));
}

function keptFile(store: SecretStore, batch: string): KeptFile {
  const text = store.get(nameOf(batch));
  if (text === null) {
    throw new StationError(
      "SECRET_MISSING",
      "The licence of the unfinished delivery is not in this station's key store. Abandon that delivery and carry the licence again.",
    );
  }
  const kept = keptSchema.parse(JSON.parse(text));
  return {
    file: must(fromBase64(kept.file), "the kept licence"),
    vendorKey: parseVendorKey(utf8(kept.vendor_key), false),
  };
}

function nameOf(batch: string): string {
  return `carry/${batch}`;
}
