import { sha256 } from "@noble/hashes/sha2.js";
import { asText, exactBase64, isEqual } from "./bytes.ts";
import { Refusal } from "./findings.ts";
import type { Head } from "./note.ts";
import { nodeHash } from "./tree.ts";

export const mostProofBytes = 262_144;
const mostHashes = 63;

/**
 * That the tree of `head` grew from that of `old`: the body of C2SP tlog-witness `add-checkpoint`, whose last part is the
 * checkpoint of `head`, byte for byte.
 * @throws Refusal consistency-proof, or as an encoding is refused
 */
export function checkPrefixProof(bytes: Uint8Array, old: Head, head: Head, checkpoint: Uint8Array): void {
  const refusal = new Refusal("consistency-proof", { entries: old.size });
  const text = asText(bytes);
  const split = text.indexOf("\n\n");
  const [first, ...hashes] = text.slice(0, Math.max(split, 0)).split("\n");
  if (split < 0 || first !== `old ${old.size}` || hashes.length > mostHashes) throw refusal;
  if (text.slice(split + 2) !== asText(checkpoint)) throw refusal;
  const proof = hashes.map((line) => exactBase64(line, 32));
  if (!isPrefix(old, head, proof)) throw refusal;
}

/** RFC 9162 section 2.1.4.2. */
function isPrefix(old: Head, head: Head, proof: readonly Uint8Array[]): boolean {
  if (old.size > head.size) return false;
  if (old.size === head.size) return proof.length === 0 && isEqual(old.root, head.root);
  if (old.size === 0) return proof.length === 0 && isEqual(old.root, sha256(new Uint8Array(0)));
  let [at, last] = [old.size - 1, head.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  // What is a whole subtree itself is not repeated in the proof.
  const [first, ...rest] = at === 0 ? [old.root, ...proof] : proof;
  if (first === undefined) return false;
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      after = nodeHash(after, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isEqual(before, old.root) && isEqual(after, head.root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}
