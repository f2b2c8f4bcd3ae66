import type { z } from "zod";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import type { proof } from "#shared/ipc/batch-contract.ts";
import type { Files } from "../platform/files.ts";
import type { Workspace } from "./workspace.ts";

/** What proves a delivery; null as long as there is none. The manifest itself is on the stick, and shown while that is there. */
export async function proofOf(
  workspace: Workspace,
  files: Files,
  batch: string,
): Promise<z.infer<typeof proof> | null> {
  const { committed } = workspace.batches.stateOf(batch);
  if (committed === null) return null;
  const stick = workspace.batches.stickOf(batch);
  return {
    batch,
    folder: committed.folder,
    files: committed.files,
    manifestSha256: committed.manifest_sha256,
    sumsSha256: committed.sums_sha256,
    readBack: committed.read_back,
    checkpoint: workspace.ledger.checkpoint(),
    manifest: stick === null ? "" : await manifestOn(files, `${stick.path}/${committed.folder}/manifest.dsse.json`),
  };
}

const longestManifest = 4 * 1024 * 1024;

async function manifestOn(files: Files, path: string): Promise<string> {
  try {
    return fromUtf8(await files.read(path, longestManifest)) ?? "";
  } catch {
    // Pulled, or larger than anybody would look at on a screen: the digest above stands for it.
    return "";
  }
}
