import { StationError } from "#shared/domain/errors.ts";
import { type Checkpoint, openCheckpoint } from "#shared/formats/checkpoint.ts";
import { must } from "#shared/formats/encoding.ts";
import type { Clock } from "../platform/clock.ts";
import type { Files, FileStat, ReadBack } from "../platform/files.ts";
import type { StickMark } from "../platform/os-errors.ts";
import {
  type DeviceContent,
  readBackFile,
  syncFiles,
  weaker,
  type WrittenFile,
  writeDeviceFiles,
} from "./device-files.ts";
import { nextIndex, refreshIndex, replaceIndex, writePendingIndex } from "./index-file.ts";
import { type DeliveryResult, inspectCommitted } from "./inspect.ts";
import { type DeliveryPaths, deliveryPaths } from "./layout.ts";
import { type DeliveryPlan, type PlannedDevice, type PlannedFile, plannedFiles, type PlannedToken } from "./plan.ts";
import { checkNotCancelled, forEachPooled } from "./pool.ts";
import { openProvisioning, orGone } from "./provisioning-folder.ts";
import { removeForced, syncClusters } from "./pull-order.ts";
import { isSameCheckpoint, receiptChecker } from "./receipt-check.ts";
import { type DeliverySigners, type Seal, sealDelivery } from "./seal.ts";
import type { StationKeys } from "./trusted-keys.ts";

export interface DeliveryProgress {
  readonly step: "write" | "sync" | "read-back" | "seal" | "commit";
  readonly done: number;
  readonly total: number;
}

export interface DeliveryOptions {
  readonly files: Files;
  readonly root: string;
  readonly plan: DeliveryPlan;
  /** One device's two files; called once for each, a few at a time, so that no more than those are in memory. */
  readonly content: (device: PlannedDevice) => Promise<DeviceContent>;
  /** Opens a machine file, from the bytes read back, exactly as the device will. @throws StationError what is wrong */
  readonly verifyFile: (device: PlannedDevice, certificate: Uint8Array) => Promise<void>;
  /** The same for a plan that carries licences. */
  readonly carried?: {
    readonly content: (token: PlannedToken) => Promise<DeviceContent>;
    readonly verifyFile: (token: PlannedToken, bytes: Uint8Array) => Promise<void>;
  };
  readonly sign: DeliverySigners;
  readonly keys: StationKeys;
  readonly clock: Clock;
  readonly report?: (progress: DeliveryProgress) => void;
  /** Stops the delivery at any moment before its commit. */
  readonly signal?: AbortSignal;
  /** What the root was when the stick was chosen; without it, what it is now. */
  readonly mark?: StickMark;
}

/**
 * Writes a planned delivery and commits it by one rename, in the order of DELIVERY.md. Safe to repeat after any
 * failure: what is committed already is checked and finished, what is not is done again from the start.
 * @throws StationError STICK_*, CANCELLED, KEYS_UNREADABLE, LEDGER_BROKEN, or what `verifyFile` threw; the stick then
 *   holds the old state or the new, and at most a partial folder
 */
export async function writeDelivery(options: DeliveryOptions): Promise<DeliveryResult> {
  const { files, root, plan, keys, mark } = options;
  return await orGone(files, root, mark, async () => {
    const provisioning = await openProvisioning(files, root);
    const paths = deliveryPaths(root, plan.batch);
    const committed = await settleEarlier(options, paths);
    if (committed !== null) return committed;

    const head = openCheckpoint(plan.checkpoint, keys.ledger);
    await startPartial(files, root, paths);
    const written = await writeAndSync(options, paths);
    const readBack = await readBackAndVerify(options, paths, head, written);
    const seal = await sealPartial(options, paths, head, written, readBack);
    const { bytes: index } = await nextIndex(files, root, keys, seal.statement);
    await writePendingIndex(files, root, index);
    await requireSame(files, paths, provisioning);
    checkNotCancelled(options.signal);
    await commit(options, paths);
    return resultOf(plan, seal);
  });
}

/**
 * What an earlier run of this very delivery left under its final name: the result when it is whole, else null after
 * it was put aside.
 */
async function settleEarlier(
  { files, root, plan, keys }: DeliveryOptions,
  paths: DeliveryPaths,
): Promise<DeliveryResult | null> {
  const found = await inspectCommitted(files, root, plan.batch, keys);
  if (found.state === "absent") return null;
  if (found.state === "committed") {
    const { result, fileDigests } = found;
    const planned = plannedFiles(plan);
    const isSame =
      fileDigests.size === planned.length &&
      planned.every((file) => fileDigests.get(isToken(file) ? file.file : file.fingerprintSha256) === file.fileSha256);
    if (!isSame) throw new StationError("STICK_BUSY", "The stick holds another delivery under this batch's name.");
    await refreshIndex(files, root, keys);
    return result;
  }
  await removeForced(files, paths.partial);
  await files.rename(paths.folder, paths.partial);
  return null;
}

/** An empty folder, which is most often the one that the stick was prepared with. */
async function startPartial(files: Files, root: string, paths: DeliveryPaths): Promise<void> {
  const index = await files.stat(paths.index);
  if (index !== null && index.kind !== "file") {
    throw new StationError("STICK_UNSAFE", "index.json on the stick is not an ordinary file. Remove it and resume.");
  }
  await removeForced(files, paths.pendingIndex);
  if (await isEmptyFolder(files, paths.partial)) return;
  await removeForced(files, paths.partial);
  await files.makeDirectory(paths.partial);
  await syncClusters(files, root);
}

async function isEmptyFolder(files: Files, path: string): Promise<boolean> {
  return (await files.stat(path))?.kind === "directory" && (await files.list(path, 1)).length === 0;
}

async function writeAndSync(
  { files, root, plan, content, carried, report, signal }: DeliveryOptions,
  { partial }: DeliveryPaths,
): Promise<ReadonlyMap<string, WrittenFile>> {
  const planned = plannedFiles(plan);
  const written = await writeDeviceFiles({
    files,
    folder: partial,
    devices: planned,
    content: (file) => (isToken(file) ? must(carried, "a licence's bytes").content(file) : content(file)),
    done: counter("write", planned.length, report),
    signal,
  });
  const names = [...written.keys()];
  await syncClusters(files, root);
  await files.syncVolume(root);
  await syncFiles(files, partial, names, counter("sync", names.length, report), signal);
  return written;
}

async function readBackAndVerify(
  { files, plan, verifyFile, carried, keys, report, signal }: DeliveryOptions,
  { partial }: DeliveryPaths,
  head: Checkpoint,
  written: ReadonlyMap<string, WrittenFile>,
): Promise<ReadBack> {
  const checkReceipt = receiptChecker(keys, { note: plan.checkpoint, checkpoint: head });
  const planned = plannedFiles(plan);
  const done = counter("read-back", planned.length, report);
  let how: ReadBack = "direct";
  const read = async (name: string): Promise<Uint8Array> => {
    const file = written.get(name);
    if (file === undefined) throw new StationError("INTERNAL", "A planned file was not written.");
    const back = await readBackFile(files, partial, file);
    how = weaker(how, back.how);
    return back.bytes;
  };
  await forEachPooled(
    planned,
    async (file) => {
      const bytes = await read(file.file);
      await (isToken(file) ? must(carried, "a licence's check").verifyFile(file, bytes) : verifyFile(file, bytes));
      const { checkpoint } = checkReceipt(await read(file.receipt), file);
      if (!isSameCheckpoint(checkpoint, head)) throw otherHead();
      done();
    },
    signal,
  );
  return how;
}

async function sealPartial(
  { files, root, plan, keys, sign, clock, report }: DeliveryOptions,
  { partial }: DeliveryPaths,
  head: Checkpoint,
  written: ReadonlyMap<string, WrittenFile>,
  readBack: ReadBack,
): Promise<Seal> {
  report?.({ step: "seal", done: 0, total: 1 });
  const seal = await sealDelivery({
    files,
    root,
    folder: partial,
    plan,
    head,
    written,
    readBack,
    at: clock.now(),
    keys,
    sign,
  });
  report?.({ step: "seal", done: 1, total: 1 });
  return seal;
}

/** Everything was durable under the partial name; from the first rename on the delivery exists. */
async function commit({ files, root, report }: DeliveryOptions, paths: DeliveryPaths): Promise<void> {
  report?.({ step: "commit", done: 0, total: 1 });
  await files.rename(paths.partial, paths.folder);
  await files.syncDirectory(paths.provisioning);
  await replaceIndex(files, root);
  report?.({ step: "commit", done: 1, total: 1 });
}

/** Another folder of that name would mean another stick at the same place. */
async function requireSame(files: Files, paths: DeliveryPaths, atStart: FileStat): Promise<void> {
  const now = await files.stat(paths.provisioning);
  // Not by inode: FAT volumes number their folders anew when memory runs short.
  if (now?.kind === "directory" && now.device === atStart.device) return;
  throw new StationError("STICK_GONE", "The stick changed while it was written. Plug the right one in and resume.");
}

function resultOf(plan: DeliveryPlan, seal: Seal): DeliveryResult {
  return {
    batch: plan.batch,
    folder: plan.folder,
    files: seal.written.length,
    bytes: seal.written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    manifestSha256: seal.manifestSha256,
    sumsSha256: seal.sumsSha256,
    readBack: seal.readBack,
  };
}

function isToken(file: PlannedFile): file is PlannedToken {
  return "tokenId" in file;
}

function otherHead(): StationError {
  return new StationError("VERIFY_RECEIPT", "A receipt was made under another checkpoint than the delivery's.");
}

function counter(step: DeliveryProgress["step"], total: number, report: DeliveryOptions["report"]): () => void {
  let done = 0;
  return () => report?.({ step, done: ++done, total });
}
