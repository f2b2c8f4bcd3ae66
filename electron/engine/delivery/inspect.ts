import { StationError } from "#shared/domain/errors.ts";
import type { Files, ReadBack } from "../platform/files.ts";
import { deliveryPaths, provisioningName } from "./layout.ts";
import { findProvisioning } from "./provisioning-folder.ts";
import type { StationKeys } from "./trusted-keys.ts";
import { verifyBatch } from "./verify-batch.ts";
import type { Problem } from "./verify-problems.ts";

/** What a committed delivery is; the ledger's `delivery.committed` is made of it. */
export interface DeliveryResult {
  readonly batch: string;
  /** Relative to the stick's root. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly manifestSha256: string;
  readonly sumsSha256: string;
  /** The weakest way in which any file of it was read back. */
  readonly readBack: ReadBack;
}

export type Inspection =
  | { readonly state: "absent" }
  | { readonly state: "committed"; readonly result: DeliveryResult; readonly fileDigests: ReadonlyMap<string, string> }
  /** The folder has its final name and not its final content; a file system that lost what it had said was safe. */
  | { readonly state: "damaged"; readonly problems: readonly Problem[] };

/**
 * What became of a delivery whose end nobody saw. Committed means: every file is there and verifies under the
 * station's own keys. `fileDigests` has the machine file's SHA-256 by fingerprint SHA-256, and a carried
 * licence's by its file name.
 * @throws StationError STICK_*
 */
export async function inspectCommitted(
  files: Files,
  root: string,
  batch: string,
  keys: StationKeys,
): Promise<Inspection> {
  const { folder } = deliveryPaths(root, batch);
  if ((await findProvisioning(files, root)) === null) return { state: "absent" };
  const found = await files.stat(folder);
  if (found === null) return { state: "absent" };
  if (found.kind !== "directory") {
    const path = `${provisioningName}/${batch}`;
    return { state: "damaged", problems: [{ code: "VERIFY_UNEXPECTED", path, message: "This is not a folder." }] };
  }
  const verdict = await verifyBatch({ files, root, batch, keys: { ...keys, licensing: new Map() }, checks: {} });
  // A file that could not be read just now is no proof of damage, and damaged folders are written anew.
  const unread = verdict.problems.find(({ code }) => code.startsWith("STICK_"));
  if (unread !== undefined) throw new StationError(unread.code, unread.message);
  const { statement, manifestSha256, sumsSha256 } = verdict;
  if (verdict.problems.length > 0 || statement === null || manifestSha256 === null || sumsSha256 === null) {
    return { state: "damaged", problems: verdict.problems };
  }
  const digests = new Map(statement.subject.map(({ name, digest }) => [name, digest.sha256]));
  const result: DeliveryResult = {
    batch,
    folder: `${provisioningName}/${batch}`,
    files: verdict.files,
    bytes: verdict.bytes,
    manifestSha256,
    sumsSha256,
    readBack: statement.predicate.read_back,
  };
  const { devices, carried = [] } = statement.predicate;
  const fileDigests = new Map([
    ...devices.map(({ fingerprint_sha256, file }) => [fingerprint_sha256, digests.get(file) ?? ""] as const),
    ...carried.map(({ file }) => [file, digests.get(file) ?? ""] as const),
  ]);
  return { state: "committed", result, fileDigests };
}

/**
 * SHA-256 of every file that these batches have delivered for a device and that is on the stick as it was written. A
 * batch of which anything is amiss counts as not there.
 * @throws StationError STICK_*
 */
export async function intactFiles(
  files: Files,
  root: string,
  batches: ReadonlySet<string>,
  keys: StationKeys,
): Promise<ReadonlySet<string>> {
  const intact = new Set<string>();
  for (const batch of batches) {
    const found = await inspectCommitted(files, root, batch, keys);
    if (found.state === "committed") for (const digest of found.fileDigests.values()) intact.add(digest);
  }
  return intact;
}
