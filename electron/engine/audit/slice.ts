import { setImmediate as turn } from "node:timers/promises";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { ExportFolder } from "../ledger/export-folder.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { csvHeader, csvRow } from "../ledger/ledger-csv.ts";
import { chooseEntries, type SliceQuery } from "./choose-entries.ts";
import { cosignedFiles, type CosignedNote } from "./slice-cosigned.ts";
import { sliceText } from "./slice-text.ts";
import { withSignatures } from "./with-signatures.ts";

export interface SliceOptions {
  /** File name -> bytes: public keys and verifiers. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Checkpoints of this ledger that others vouch for, oldest first. */
  readonly cosigned?: readonly CosignedNote[];
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SliceSummary {
  /** Entries in the ledger, and how many of them the slice shows. */
  readonly size: number;
  readonly shown: number;
  /** From, and up to but not including. */
  readonly leftOut: readonly (readonly [number, number])[];
}

/**
 * Writes part of the ledger for somebody who may not see the rest: SLICE.md. Each entry comes with its own receipt, all
 * under one checkpoint; of what is left out only the places are told.
 * @param outDir must not exist, or be empty
 * @throws StationError USAGE when nothing fits the query; or as the file system failed
 */
export async function exportSlice(
  ledger: Ledger,
  outDir: string,
  query: SliceQuery,
  options: SliceOptions,
): Promise<SliceSummary> {
  const indices = chooseEntries(ledger, query);
  if (query.device !== null && !indices.some((index) => isOf(ledger, index, query.device ?? ""))) {
    throw new StationError(
      "USAGE",
      "The ledger has no entry of this device in what was asked for. Check the fingerprint.",
    );
  }
  const signed = withSignatures(ledger, indices);
  return await writeSlice(ledger, outDir, signed.indices, query, options, signed.added);
}

/**
 * The slice of these entries, whose indices rise.
 * @param added those that nobody asked for and that operators' signatures rest on; null: signatures are not to be judged
 * @throws StationError USAGE; or as the file system failed
 */
export async function writeSlice(
  ledger: Ledger,
  outDir: string,
  indices: readonly number[],
  query: SliceQuery,
  options: SliceOptions,
  added: readonly number[] | null = null,
): Promise<SliceSummary> {
  const size = ledger.size;
  const leftOut = gaps(indices, size);
  const receiptOf = ledger.receipts(indices);
  const cosigned = added === null ? {} : cosignedFiles(ledger, options.cosigned ?? []);
  const folder = ExportFolder.begin(outDir);
  try {
    const lines = folder.open("entries.jsonl");
    const table = folder.open("ledger.csv");
    table.append(utf8(csvHeader));
    for (const [done, index] of indices.entries()) {
      lines.append(Buffer.concat([ledger.entryBytes(index), newline]));
      table.append(utf8(csvRow(index, ledger.entry(index))));
      await folder.write(`receipts/${index}.tlog-proof`, receiptOf(index));
      if (done % entriesATurn !== 0) continue;
      options.onProgress?.(done, indices.length);
      await turn();
    }
    lines.close();
    table.close();
    const summary = { size, shown: indices.length, leftOut };
    const [hasPython, hasPage] = ["verify.py", "verify.html"].map((name) => Object.hasOwn(options.files, name));
    const parts = { isJudged: added !== null, hasPython: hasPython === true, hasPage: hasPage === true };
    await folder.write("slice.json", utf8(`${canonicalJson(sliceDocument(ledger.origin, query, summary, added))}\n`));
    await folder.write("checkpoint", checkpointOf(receiptOf(indices[0] ?? 0)));
    await folder.write("VERIFY.txt", utf8(sliceText(ledger.origin, summary, parts)));
    for (const [name, bytes] of Object.entries({ ...options.files, ...cosigned })) await folder.write(name, bytes);
    await folder.commit();
    return summary;
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

const newline = Buffer.from("\n");
const entriesATurn = 256;

function sliceDocument(
  origin: string,
  { period, workOrder, device }: SliceQuery,
  summary: SliceSummary,
  added: readonly number[] | null,
) {
  const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    ...(added === null ? { v: 1 } : { v: 2, added }),
    origin,
    size: summary.size,
    entries: summary.shown,
    left_out: summary.leftOut,
    query: { device, from: instant(period.fromMs), to: instant(period.toMs), work_order: workOrder },
  };
}

/** The ranges of 0 to `size` - 1 that are not in `indices`, which rise. */
function gaps(indices: readonly number[], size: number): SliceSummary["leftOut"] {
  const ranges: (readonly [number, number])[] = [];
  let next = 0;
  for (const index of [...indices, size]) {
    if (index > next) ranges.push([next, index]);
    next = index + 1;
  }
  return ranges;
}

/** The signed note that every receipt of the slice ends in; the ledger may have grown meanwhile. */
function checkpointOf(receipt: Uint8Array): Uint8Array {
  const at = Buffer.from(receipt.buffer, receipt.byteOffset, receipt.length).indexOf("\n\n");
  return receipt.subarray(at + 2);
}

function isOf(ledger: Ledger, index: number, device: string): boolean {
  const entry = ledger.entry(index);
  return "fingerprint_sha256" in entry && entry.fingerprint_sha256 === device;
}
