import { must } from "#shared/formats/encoding.ts";
import { sha256 } from "./sha256.ts";

/**
 * Merkle tree hashes and proofs of RFC 6962 section 2.1, checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say. Sizes and
 * indices are whole numbers up to 2^53 - 1. Making proofs needs all leaf hashes at hand and is for small trees;
 * checking them needs only the proof.
 */

/** SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(entry.length + 1);
  prefixed.set(entry, 1);
  return sha256(prefixed);
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(1 + left.length + right.length);
  prefixed[0] = 1;
  prefixed.set(left, 1);
  prefixed.set(right, 1 + left.length);
  return sha256(prefixed);
}

/** Root of the tree over these leaf hashes; of the empty tree, SHA-256 of nothing. */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  return leafHashes.length === 0 ? sha256(new Uint8Array(0)) : subtree(leafHashes, 0, leafHashes.length);
}

/** Audit path, from the leaf's sibling to the root's child. @throws RangeError when there is no such leaf */
export function inclusionProof(leafHashes: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  return inclusionRanges(index, leafHashes.length).map(({ from, to }) => subtree(leafHashes, from, to));
}

/** Proof that the tree of the first `oldSize` leaves is a prefix of the whole. @throws RangeError when it is larger */
export function consistencyProof(leafHashes: readonly Uint8Array[], oldSize: number): readonly Uint8Array[] {
  return consistencyRanges(oldSize, leafHashes.length).map(({ from, to }) => subtree(leafHashes, from, to));
}

/** The leaves `from` to `to` - 1. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/** Whose hashes an inclusion proof is made of, in its order. @throws RangeError when there is no such leaf */
export function inclusionRanges(index: number, treeSize: number): readonly LeafRange[] {
  if (!isCount(index) || index >= treeSize) throw new RangeError("no such leaf");
  return siblings(treeSize, index, (from, to) => to - from === 1).path;
}

/** Whose hashes a consistency proof is made of, in its order. @throws RangeError when the old tree is the larger */
export function consistencyRanges(oldSize: number, newSize: number): readonly LeafRange[] {
  if (!isCount(oldSize) || oldSize > newSize) throw new RangeError("no such older tree");
  if (oldSize === 0) return [];
  const { path, rest } = siblings(newSize, oldSize - 1, (_, to) => to === oldSize);
  // The old tree's own root is left out where it is a whole subtree, which the verifier already holds.
  return rest.from > 0 ? [rest, ...path] : path;
}

/** From the root down towards one leaf until `done`; the subtrees passed by, lowest first. */
function siblings(treeSize: number, leaf: number, done: (from: number, to: number) => boolean) {
  const path: LeafRange[] = [];
  let from = 0;
  let to = treeSize;
  while (!done(from, to)) {
    const middle = from + largestPowerBelow(to - from);
    if (leaf < middle) {
      path.push({ from: middle, to });
      to = middle;
    } else {
      path.push({ from, to: middle });
      from = middle;
    }
  }
  return { path: path.reverse(), rest: { from, to } };
}

export interface InclusionClaim {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly treeSize: number;
  readonly proof: readonly Uint8Array[];
  readonly rootHash: Uint8Array;
}

/** RFC 9162 section 2.1.3.2. Never throws: whatever does not prove the claim is false. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { leafHash, index, treeSize, proof, rootHash } = claim;
  if (!isCount(index) || !isCount(treeSize) || index >= treeSize) return false;
  if (![leafHash, rootHash, ...proof].every(isHash)) return false;
  let node = index;
  let last = treeSize - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(hash, rootHash);
}

export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162 section 2.1.4.2; the empty tree is a prefix of every tree, with an empty proof. Never throws: whatever does
 * not prove the claim is false.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && equal(oldRoot, rootOf([]));
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let node = oldSize - 1;
  let last = newSize - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(oldHash, oldRoot) && equal(newHash, newRoot);
}

function subtree(leafHashes: readonly Uint8Array[], from: number, to: number): Uint8Array {
  if (to - from === 1) return must(leafHashes[from], "a leaf hash");
  const middle = from + largestPowerBelow(to - from);
  return nodeHash(subtree(leafHashes, from, middle), subtree(leafHashes, middle, to));
}

/** Largest power of two smaller than `size`, which is at least 2: where RFC 6962 splits a tree. */
export function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

// Plain arithmetic, since JavaScript's bit operators stop at 32 bits.
function half(value: number): number {
  return Math.floor(value / 2);
}

function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && !isOdd(rest)) rest = half(rest);
  return rest === 1;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Uint8Array): boolean {
  return value.length === 32;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
