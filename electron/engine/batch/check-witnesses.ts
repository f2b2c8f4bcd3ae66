import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseTlogProof } from "#shared/formats/tlog-proof.ts";
import { isBatchName, provisioningPath, receiptSuffix } from "../delivery/layout.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Files } from "../platform/files.ts";

/** More batches than one stick carries in its life; older ones are covered by the newer checkpoints beside them. */
const mostFolders = 10_000;
const mostFiles = 200_010;
const mostReceiptBytes = 131_072;

/** What a stick says against this ledger. */
export interface Contradiction {
  readonly checkpoint: string;
  readonly batch: string;
  readonly verdict: string;
}

/**
 * Every stick carries the checkpoint of its time: each must be a prefix of today's ledger. Checkpoints of other
 * stations, and files too damaged to be one, say nothing about this ledger and are passed over.
 * @param heard what of it is known and answered: SHA-256 of checkpoints
 * @param contradicted told before it throws
 * @returns how many checkpoints of this ledger the stick carried
 * @throws StationError LEDGER_REWOUND: the ledger was replaced by an older or another copy; nothing was appended
 */
export async function checkWitnesses(
  files: Files,
  root: string,
  ledger: Ledger,
  heard: ReadonlySet<string> = new Set(),
  contradicted: (found: Contradiction) => void = () => {},
): Promise<number> {
  const provisioning = provisioningPath(root);
  if ((await files.stat(provisioning))?.kind !== "directory") return 0;
  let seen = 0;
  for (const { name, kind } of await files.list(provisioning, mostFolders)) {
    if (name === null || kind !== "directory" || !isBatchName(name)) continue;
    const checkpoint = await checkpointIn(files, `${provisioning}/${name}`);
    if (checkpoint === null) continue;
    const verdict = ledger.provePrefix(checkpoint);
    if (verdict === "foreign" || verdict === "bad-signature") continue;
    if (verdict !== "prefix" && heard.has(sha256Hex(utf8(checkpoint)))) continue;
    if (verdict !== "prefix") {
      contradicted({ checkpoint, batch: name, verdict });
      throw new StationError(
        "LEDGER_REWOUND",
        `The stick carries a checkpoint that this station signed in batch ${name} and that is not part of today's ledger: the ledger was replaced by an older or another copy. Nothing was written. Put the newest copy back, or have an auditor compare both.`,
        { details: { batch: name, verdict } },
      );
    }
    seen += 1;
  }
  return seen;
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
