import { StationError } from "#shared/domain/errors.ts";
import { parseTlogProof } from "#shared/formats/tlog-proof.ts";
import { isBatchName, provisioningPath, receiptSuffix } from "../delivery/layout.ts";
import type { Files } from "../platform/files.ts";
import { type StickPlace, stickEntry } from "./stick-place.ts";
import type { WitnessLog } from "./witness-log.ts";

/** More batches than one stick carries in its life; older ones are covered by the newer checkpoints beside them. */
const mostFolders = 10_000;
const mostFiles = 200_010;
const mostReceiptBytes = 131_072;

/** What a stick carries that is of this ledger. */
export interface StickWitness {
  /** The signed note of the largest checkpoint. */
  readonly note: string;
  readonly size: number;
}

/**
 * Every stick carries the checkpoint of its time: each must be a prefix of today's ledger. Checkpoints of other
 * stations, and files too damaged to be one, say nothing about this ledger and are passed over.
 * @returns the newest checkpoint of this ledger on the stick, if there is one
 * @throws StationError LEDGER_REWOUND: the ledger was replaced by an older or another copy; both notes are logged
 */
export async function checkWitnesses(
  files: Files,
  place: StickPlace,
  witnesses: WitnessLog,
): Promise<StickWitness | null> {
  const provisioning = provisioningPath(place.root);
  if ((await files.stat(provisioning))?.kind !== "directory") return null;
  let newest: StickWitness | null = null;
  for (const { name, kind } of await files.list(provisioning, mostFolders)) {
    if (name === null || kind !== "directory" || !isBatchName(name)) continue;
    const note = await checkpointIn(files, `${provisioning}/${name}`);
    if (note === null) continue;
    const size = witnesses.judge(note, stickEntry(place.identity), `The stick carries in batch ${name}`);
    if (size !== null && size > (newest?.size ?? 0)) newest = { note, size };
  }
  return newest;
}

/** All receipts of one delivery share their checkpoint, so the first that can be read is enough. */
async function checkpointIn(files: Files, folder: string): Promise<string | null> {
  for (const { name, kind } of await files.list(folder, mostFiles)) {
    if (name === null || kind !== "file" || !name.endsWith(receiptSuffix)) continue;
    const found = await tryRead(files, `${folder}/${name}`);
    if (found !== null) return found;
  }
  return null;
}

async function tryRead(files: Files, path: string): Promise<string | null> {
  try {
    const bytes = await files.read(path, mostReceiptBytes);
    return parseTlogProof(bytes).checkpoint;
  } catch (error) {
    if (error instanceof StationError && error.code !== "STICK_GONE") return null;
    throw error;
  }
}
