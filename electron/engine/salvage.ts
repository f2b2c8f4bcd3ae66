import { setImmediate as turn } from "node:timers/promises";
import { leafHash, verifyInclusion } from "#shared/crypto/merkle.ts";
import { StationError } from "#shared/domain/errors.ts";
import { parseCheckpoint } from "#shared/formats/checkpoint.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { parseNote } from "#shared/formats/signed-note.ts";
import { parseTlogProof } from "#shared/formats/tlog-proof.ts";
import { type SliceSummary, writeSlice } from "./audit/slice.ts";
import type { LedgerVerdict } from "./ledger/fsck.ts";
import type { Ledger } from "./ledger/ledger.ts";

/**
 * Exports what is left of a ledger that does not verify: a slice of every entry that its receipt still proves to be under
 * the signed head, and DAMAGE.txt about the rest. @param outDir must not exist, or be empty
 * @throws StationError USAGE; LEDGER_BROKEN when nothing at all can be proved
 */
export async function exportSalvage(
  ledger: Ledger,
  outDir: string,
  verdict: LedgerVerdict,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<SliceSummary> {
  const { rootHash } = parseCheckpoint(parseNote(ledger.checkpoint()).text);
  const sound: number[] = [];
  for (let index = 0; index < ledger.size; index++) {
    if (isProved(ledger, index, rootHash)) sound.push(index);
    if (index % entriesATurn === 0) await turn();
  }
  if (sound.length === 0) {
    throw new StationError(
      "LEDGER_BROKEN",
      "No entry of the ledger can be proved any more. Keep ledger.db as it is for an auditor, and restore a backup.",
    );
  }
  const damage = utf8(damageText(ledger, sound.length, verdict));
  return await writeSlice(ledger, outDir, sound, everything, { files: { ...files, "DAMAGE.txt": damage } });
}

const entriesATurn = 256;
const mostListed = 1000;
const everything = { period: { fromMs: null, toMs: null }, workOrder: null, device: null };

/** By the receipt itself, since the tiles that it is made from may be what is damaged. */
function isProved(ledger: Ledger, index: number, rootHash: Uint8Array): boolean {
  try {
    ledger.entry(index);
    const { extra, proof } = parseTlogProof(ledger.receipt(index));
    return (
      extra !== null && verifyInclusion({ leafHash: leafHash(extra), index, treeSize: ledger.size, proof, rootHash })
    );
  } catch (error) {
    if (error instanceof StationError) return false;
    throw error;
  }
}

function damageText(ledger: Ledger, sound: number, { problems }: LedgerVerdict): string {
  const lines = problems
    .slice(0, mostListed)
    .map(({ index, message }) => `- ${index === null ? "" : `entry ${index}: `}${message}`);
  return `What is wrong with the ledger of ${ledger.origin}
${"=".repeat(35 + ledger.origin.length)}

This is not a whole export. The station's ledger does not verify; of its ${ledger.size}
entries the ${sound} here are proved, each by its receipt, to be under the head
that the station signed. slice.json says which are left out.

Keep the station's ledger.db as it is: it is evidence.

Found:

${lines.join("\n")}
`;
}
