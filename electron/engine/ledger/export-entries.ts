import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { StationError } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { startTable } from "./csv-table.ts";
import { digestInto } from "./digest.ts";
import { maxEntryBytes } from "./entry-codec.ts";
import type { ExportFolder } from "./export-folder.ts";
import { type CompleteTile, GrowingTree, tileWidth } from "./growing-tree.ts";
import type { Ledger } from "./ledger.ts";
import { csvHeader } from "./ledger-csv.ts";
import { tilePath } from "./tile-path.ts";

/**
 * Writes entries.jsonl, ledger.csv and the tiles in one pass over the stored bytes. Hashes are made from what goes into
 * entries.jsonl, line by line as a reader will see them; the table is made beside it by a thread.
 * @returns the root over what was written, and the hash of entries.jsonl in lower-case hex
 * @throws StationError LEDGER_BROKEN, or as the file system failed
 */
export async function exportEntries(
  ledger: Pick<Ledger, "lines">,
  size: number,
  folder: Pick<ExportFolder, "open" | "write">,
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly root: Uint8Array; readonly entriesSha256: string }> {
  const file = folder.open("entries.jsonl");
  const csv = folder.open("ledger.csv");
  csv.append(utf8(csvHeader));
  const table = startTable(size, (rows) => csv.append(rows));
  const tree = new GrowingTree();
  const fileHash = createHash("sha256");
  try {
    for (let from = 0; from < size; from += tileWidth) {
      const to = Math.min(size, from + tileWidth);
      const lines = ledger.lines({ from, to });
      const starts = lineStarts(lines, from, to);
      const text = lines.subarray(1);
      fileHash.update(text);
      file.append(text);
      await folder.write(tilePath("entries", from / tileWidth, to - from), entryBundle(lines, starts));
      for (const { level, index, hashes } of hashLines(lines, starts, tree))
        await folder.write(tilePath(level, index, tileWidth), hashes);
      await table.add(from, lines);
      onProgress(to, size);
      await turn();
    }
    await table.finish();
  } finally {
    table.stop();
  }
  await writePartialTiles(tree, folder);
  file.close();
  csv.close();
  return { root: tree.root(), entriesSha256: fileHash.digest("hex") };
}

const newline = 0x0a;

/** Where each entry begins, and behind the last where one more would. */
function lineStarts(lines: Buffer, from: number, to: number): readonly number[] {
  const starts: number[] = [];
  for (let at = lines.indexOf(newline); at >= 0; at = lines.indexOf(newline, at + 1)) starts.push(at + 1);
  if (starts.length === to - from + 1) return starts;
  throw broken(from, `There are not the right entries from ${from} on. Verify the ledger.`);
}

/** tlog-tiles, "Log entries": a big-endian length of 16 bits in front of each. */
function entryBundle(lines: Buffer, starts: readonly number[]): Buffer {
  // The length takes one byte more than the newline did, and the first newline is nobody's.
  const bundle = Buffer.allocUnsafe(lines.length - 1 + starts.length - 1);
  let at = 0;
  for (let i = 0; i < starts.length - 1; i++) {
    const [start, end] = [starts[i] ?? 0, (starts[i + 1] ?? 0) - 1];
    if (end - start > maxEntryBytes) throw broken(null, "An entry is larger than entries are. Verify the ledger.");
    at = bundle.writeUInt16BE(end - start, at);
    at += lines.copy(bundle, at, start, end);
  }
  return bundle;
}

/** @returns the tiles that became complete */
function hashLines(lines: Buffer, starts: readonly number[], tree: GrowingTree): readonly CompleteTile[] {
  const complete: CompleteTile[] = [];
  const leaf = Buffer.alloc(32);
  for (let i = 0; i < starts.length - 1; i++) {
    const [start, next] = [starts[i] ?? 0, starts[i + 1] ?? 0];
    // For the time of the hash the newline in front of the entry is the zero byte of RFC 6962.
    lines[start - 1] = 0;
    digestInto(leaf, 0, lines.subarray(start - 1, next - 1));
    lines[start - 1] = newline;
    tree.append(leaf, (tile) => complete.push(tile));
  }
  return complete;
}

async function writePartialTiles(tree: GrowingTree, folder: Pick<ExportFolder, "write">): Promise<void> {
  for (let level = 0, width = tree.size; width > 0; level++, width = Math.floor(width / tileWidth)) {
    const { count, hashes } = tree.partialTile(level);
    const path = tilePath(level, Math.floor(width / tileWidth), count);
    if (count > 0) await folder.write(path, hashes.subarray(0, count * 32));
  }
}

function broken(index: number | null, message: string): StationError {
  return new StationError("LEDGER_BROKEN", message, { details: { index, what: "entry" } });
}
