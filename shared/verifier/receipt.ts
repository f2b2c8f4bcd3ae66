import { asText, base64Bytes, exactBase64, isEqual, toUtf8, wholeNumber } from "./bytes.ts";
import { Refusal } from "./findings.ts";
import type { KeyBook } from "./key-book.ts";
import type { Head } from "./note.ts";
import { leafHash, provedRoot } from "./tree.ts";

/** An entry that a receipt proved to be in the ledger. */
export interface Receipt {
  readonly entry: Uint8Array;
  readonly index: number;
  readonly head: Head;
}

export const mostReceiptBytes = 131_072;
const mostHashes = 63;

/** C2SP tlog-proof version 1 whose `extra` line is the entry. @throws Refusal receipt-form, receipt-proof, or what its checkpoint is refused for */
export function openReceipt(bytes: Uint8Array, book: KeyBook): Receipt {
  const text = textOf(bytes);
  const split = text.indexOf("\n\n");
  const [version, extra = "", place = "", ...hashes] = text.slice(0, Math.max(split, 0)).split("\n");
  const entry = extra.startsWith("extra ") ? base64Bytes(extra.slice(6)) : null;
  const index = place.startsWith("index ") ? wholeNumber(place.slice(6)) : null;
  const isWhole = version === "c2sp.org/tlog-proof@v1" && entry !== null && entry.length > 0 && index !== null;
  if (!isWhole || hashes.length > mostHashes) throw new Refusal("receipt-form");
  const proof = hashes.map((line) => exactBase64(line, 32));
  const head = book.openHead(toUtf8(text.slice(split + 2)));
  const root = index < head.size ? provedRoot(leafHash(entry), index, head.size, proof) : null;
  if (root === null || !isEqual(root, head.root)) throw new Refusal("receipt-proof");
  return { entry, index, head };
}

function textOf(bytes: Uint8Array): string {
  try {
    return asText(bytes);
  } catch {
    throw new Refusal("receipt-form");
  }
}
