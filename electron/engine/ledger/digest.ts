import { hash } from "node:crypto";

// A digest as a Latin-1 string costs a quarter of one as a Buffer of its own (0.7 against 2.8 microseconds).
const digestText = "binary";

/** SHA-256 of `bytes`, written to `target` at `offset`. */
export function digestInto(target: Buffer, offset: number, bytes: Uint8Array | string): void {
  target.write(hash("sha256", bytes, digestText), offset, "latin1");
}

const node = Buffer.alloc(65, 1);

/** RFC 6962 node hash of two 32-byte hashes, written to `target` at `offset`; the sources may be the target. */
export function nodeInto(target: Buffer, offset: number, left: Buffer, leftAt: number, right: Buffer, rightAt: number) {
  left.copy(node, 1, leftAt, leftAt + 32);
  right.copy(node, 33, rightAt, rightAt + 32);
  digestInto(target, offset, node);
}
