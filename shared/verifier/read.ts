import { sha256 } from "@noble/hashes/sha2.js";
import { join, toHex } from "./bytes.ts";
import { Refusal } from "./findings.ts";
import type { Folder } from "./source.ts";

/** A whole small file. @throws Refusal missing, not-a-file, too-large, unreadable */
export async function readFile(folder: Folder, name: string, mostBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of piecesOf(folder, name, mostBytes)) parts.push(part);
  return join(...parts);
}

/** Lower-case hex, without holding the file. @throws as {@link readFile} */
export async function digestFile(folder: Folder, name: string, mostBytes: number): Promise<string> {
  const hash = sha256.create();
  for await (const part of piecesOf(folder, name, mostBytes)) hash.update(part);
  return toHex(hash.digest());
}

/** The file's bytes in pieces. @throws as {@link readFile} */
export async function* piecesOf(folder: Folder, name: string, mostBytes: number): AsyncGenerator<Uint8Array> {
  const file = folder.file(name);
  if (file === null) throw new Refusal("missing");
  if (file.kind !== "file") throw new Refusal("not-a-file");
  let left = mostBytes;
  try {
    for await (const part of folder.chunks(name)) {
      left -= part.length;
      if (left < 0) throw new Refusal("too-large");
      yield part;
    }
  } catch (error) {
    // What the reader behind the source says of its own trouble is not for the verdict.
    throw error instanceof Refusal ? error : new Refusal("unreadable");
  }
}

const newline = 10;

/**
 * Lines without their newline, many at a time.
 * @throws Refusal entry-cut with the line when one is too long or the last has no newline
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<readonly Uint8Array[]> {
  let rest = new Uint8Array(0);
  let count = 0;
  for await (const piece of pieces) {
    const whole = rest.length === 0 ? piece : join(rest, piece);
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let to = whole.indexOf(newline); to >= 0; to = whole.indexOf(newline, from)) {
      if (to - from > mostBytes) throw new Refusal("entry-cut", {}, count + lines.length + 1);
      lines.push(whole.subarray(from, to));
      from = to + 1;
    }
    count += lines.length;
    if (lines.length > 0) yield lines;
    rest = whole.slice(from);
    if (rest.length > mostBytes) throw new Refusal("entry-cut", {}, count + 1);
  }
  if (rest.length > 0) throw new Refusal("entry-cut", {}, count + 1);
}
