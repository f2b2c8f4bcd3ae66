import { StationError } from "#shared/domain/errors.ts";
import type { ProvisioningStatement } from "#shared/formats/statement.ts";
import type { Files } from "../platform/files.ts";
import type { StickMark } from "../platform/os-errors.ts";
import { digestOf, readBackFile } from "./device-files.ts";
import {
  indexName,
  isBatchName,
  manifestName,
  maxEntries,
  pendingIndexName,
  provisioningPath,
  sizeCaps,
} from "./layout.ts";
import { openManifest } from "./manifest.ts";
import { findProvisioning, orGone } from "./provisioning-folder.ts";
import { removeForced, syncClusters } from "./pull-order.ts";
import { formatIndex, IndexBuilder } from "./stick-index.ts";
import type { StationKeys } from "./trusted-keys.ts";

export interface IndexState {
  readonly devices: number;
  /** Folders whose manifest is missing, damaged or another station's; the index says nothing of them. */
  readonly notOurs: readonly string[];
}

/**
 * Makes index.json say what the committed batches say, and removes what an interrupted replacement left. Safe to
 * repeat.
 * @throws StationError STICK_*
 */
export async function refreshIndex(
  files: Files,
  root: string,
  keys: StationKeys,
  mark?: StickMark,
): Promise<IndexState> {
  return await orGone(files, root, mark, async () => {
    if ((await findProvisioning(files, root)) === null) return { devices: 0, notOurs: [] };
    const { bytes, state, batches } = await nextIndex(files, root, keys, null);
    const isWanted = batches > 0 || (await hasIndex(files, root));
    if (isWanted && !(await holds(files, root, indexName, bytes))) {
      // The pending index of an interrupted commit is what tells that state from a damaged one: it is used as it is.
      if (await holds(files, root, pendingIndexName, bytes)) await syncPendingIndex(files, root);
      else await writePendingIndex(files, root, bytes);
      await replaceIndex(files, root);
    } else {
      // It also forces what was renamed last, by somebody who may have been killed before doing so.
      await removeForced(files, `${provisioningPath(root)}/${pendingIndexName}`);
    }
    return state;
  });
}

/** The index of the committed batches, and of one about to be. */
export async function nextIndex(
  files: Files,
  root: string,
  keys: StationKeys,
  coming: ProvisioningStatement | null,
): Promise<{ readonly bytes: Uint8Array; readonly state: IndexState; readonly batches: number }> {
  const builder = new IndexBuilder();
  const notOurs: string[] = [];
  let batches = coming === null ? 0 : 1;
  const provisioning = provisioningPath(root);
  for (const { name, kind } of await files.list(provisioning, maxEntries)) {
    if (name === null || kind !== "directory" || !isBatchName(name)) continue;
    const statement = await committedStatement(files, `${provisioning}/${name}`, name, keys);
    if (statement === null) notOurs.push(name);
    else {
      builder.add(statement);
      batches += 1;
    }
  }
  if (coming !== null) builder.add(coming);
  const rows = builder.rows();
  return { bytes: formatIndex(rows), state: { devices: rows.size, notOurs: notOurs.sort() }, batches };
}

/** Durable under a name that nobody reads yet. */
export async function writePendingIndex(files: Files, root: string, bytes: Uint8Array): Promise<void> {
  const provisioning = provisioningPath(root);
  await removeForced(files, `${provisioning}/${pendingIndexName}`);
  await files.writeNew(`${provisioning}/${pendingIndexName}`, bytes);
  await syncClusters(files, root);
  await syncPendingIndex(files, root);
  const written = { name: pendingIndexName, sha256: digestOf(bytes), sizeBytes: bytes.length };
  await readBackFile(files, provisioning, written);
}

/** The last step of a delivery: the pending index takes the place of the old one, in one rename. */
export async function replaceIndex(files: Files, root: string): Promise<void> {
  const provisioning = provisioningPath(root);
  await files.rename(`${provisioning}/${pendingIndexName}`, `${provisioning}/${indexName}`);
  await files.syncDirectory(provisioning);
}

/** Null when the folder is not one of ours; faults of the stick itself are thrown, not taken for that. */
async function committedStatement(
  files: Files,
  folder: string,
  batch: string,
  keys: StationKeys,
): Promise<ProvisioningStatement | null> {
  const path = `${folder}/${manifestName}`;
  try {
    if ((await files.stat(path)) === null) return null;
    const statement = openManifest(await files.read(path, sizeCaps.manifest), keys);
    return statement.predicate.batch === batch ? statement : null;
  } catch (error) {
    if (error instanceof StationError && !error.code.startsWith("STICK_")) return null;
    throw error;
  }
}

async function hasIndex(files: Files, root: string): Promise<boolean> {
  return (await files.stat(`${provisioningPath(root)}/${indexName}`)) !== null;
}

async function syncPendingIndex(files: Files, root: string): Promise<void> {
  await files.sync(`${provisioningPath(root)}/${pendingIndexName}`);
  await files.syncDirectory(provisioningPath(root));
}

async function holds(files: Files, root: string, name: string, wanted: Uint8Array): Promise<boolean> {
  const path = `${provisioningPath(root)}/${name}`;
  const found = await files.stat(path);
  if (found?.kind !== "file" || found.sizeBytes !== wanted.length) return false;
  return digestOf(await files.read(path, wanted.length)) === digestOf(wanted);
}
