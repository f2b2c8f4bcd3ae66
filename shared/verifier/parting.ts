import { isEqual } from "./bytes.ts";
import { mostEntryBytes } from "./entry-form.ts";
import type { Head } from "./note.ts";
import { linesOf, piecesOf, readFile } from "./read.ts";
import type { Folder } from "./source.ts";
import { leafHash, tilePath, tileWidth, Tree } from "./tree.ts";

/**
 * Index of the first entry that is not the one that was signed. Only the tiles can tell, and only where they are those
 * of the signed head; null where they are not. For exports that are known to be wrong: reads them once more.
 * @throws Refusal when a tile or the entries cannot be read
 */
export async function firstForged(folder: Folder, entriesName: string, head: Head): Promise<number | null> {
  if (!(await areTilesOf(folder, head))) return null;
  let index = 0;
  let hashes: Uint8Array = new Uint8Array(0);
  for await (const lines of linesOf(piecesOf(folder, entriesName, Number.MAX_SAFE_INTEGER), mostEntryBytes)) {
    for (const line of lines) {
      if (index >= head.size) return index;
      if (index % tileWidth === 0) hashes = await leafTile(folder, index, head.size);
      const at = (index % tileWidth) * 32;
      if (!isEqual(leafHash(line), hashes.subarray(at, at + 32))) return index;
      index += 1;
    }
  }
  return index;
}

async function areTilesOf(folder: Folder, head: Head): Promise<boolean> {
  const signed = new Tree();
  for (let from = 0; from < head.size; from += tileWidth) {
    if (folder.file(leafTileName(from, head.size)) === null) return false;
    const hashes = await leafTile(folder, from, head.size);
    for (let at = 0; at < hashes.length; at += 32) signed.add(hashes.slice(at, at + 32));
  }
  return signed.size === head.size && isEqual(signed.root(), head.root);
}

function leafTile(folder: Folder, from: number, size: number): Promise<Uint8Array> {
  return readFile(folder, leafTileName(from, size), tileWidth * 32);
}

function leafTileName(from: number, size: number): string {
  return tilePath(0, from / tileWidth, Math.min(tileWidth, size - from));
}
