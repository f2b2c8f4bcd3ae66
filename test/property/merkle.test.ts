import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from "#shared/crypto/merkle.ts";
import { must } from "#shared/formats/encoding.ts";

const treeOf = (size: number) =>
  Array.from({ length: size }, (_, i) => leafHash(new Uint8Array([i % 256, Math.floor(i / 256)])));

const sizeAndIndex = fc.integer({ min: 1, max: 130 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

test("every leaf's proof verifies, and for no other index, size, leaf or root", () => {
  fc.assert(
    fc.property(sizeAndIndex, fc.nat(200), fc.nat(200), ([size, index], otherIndex, otherSize) => {
      const tree = treeOf(size);
      const claim = {
        leafHash: must(tree[index], "leaf"),
        index,
        treeSize: size,
        proof: inclusionProof(tree, index),
        rootHash: rootOf(tree),
      };
      expect(verifyInclusion(claim)).toBe(true);
      if (otherIndex !== index) expect(verifyInclusion({ ...claim, index: otherIndex })).toBe(false);
      const stranger = leafHash(new Uint8Array([1, 2, 3]));
      expect(verifyInclusion({ ...claim, leafHash: stranger })).toBe(false);
      expect(verifyInclusion({ ...claim, rootHash: stranger })).toBe(false);
      expect(verifyInclusion({ ...claim, proof: [...claim.proof, stranger] })).toBe(false);
      if (claim.proof.length > 0) expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
      // Another size may share the path's shape; then the root alone tells, and it is that of this size.
      if (otherSize <= index) expect(verifyInclusion({ ...claim, treeSize: otherSize })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("every prefix's proof verifies, and no other tree's", () => {
  fc.assert(
    fc.property(sizeAndIndex, ([newSize, oldSize]) => {
      const tree = treeOf(newSize);
      const claim = {
        oldSize,
        oldRoot: rootOf(tree.slice(0, oldSize)),
        newSize,
        newRoot: rootOf(tree),
        proof: consistencyProof(tree, oldSize),
      };
      expect(verifyConsistency(claim)).toBe(true);
      const forked = tree.with(oldSize === 0 ? 0 : oldSize - 1, leafHash(new Uint8Array([1, 2, 3])));
      if (oldSize > 0) {
        expect(verifyConsistency({ ...claim, oldRoot: rootOf(forked.slice(0, oldSize)) })).toBe(false);
        expect(verifyConsistency({ ...claim, newRoot: rootOf(forked) })).toBe(false);
        expect(verifyConsistency({ ...claim, proof: consistencyProof(forked, oldSize), newRoot: rootOf(forked) })).toBe(
          false,
        );
      }
      expect(verifyConsistency({ ...claim, proof: [...claim.proof, claim.newRoot] })).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("arbitrary claims are answered, never thrown", () => {
  const hash = fc.uint8Array({ minLength: 30, maxLength: 34 });
  const size = fc.oneof(fc.maxSafeNat(), fc.double(), fc.integer());
  fc.assert(
    fc.property(hash, hash, size, size, fc.array(hash, { maxLength: 60 }), (a, b, m, n, proof) => {
      expect(verifyInclusion({ leafHash: a, rootHash: b, index: m, treeSize: n, proof })).toBe(false);
      expect(verifyConsistency({ oldSize: m, oldRoot: a, newSize: n, newRoot: b, proof })).toBe(
        m === n && Number.isSafeInteger(m) && m >= 0 && proof.length === 0 && a.length === 32 && a.join() === b.join(),
      );
    }),
  );
});
