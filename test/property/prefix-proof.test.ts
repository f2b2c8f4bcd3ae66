import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { consistencyProof, leafHash, rootOf } from "#shared/crypto/merkle.ts";
import { hex, utf8 } from "#shared/formats/encoding.ts";
import { formatWitnessRequest } from "#shared/formats/witness-request.ts";
import type { Head } from "#shared/verifier/note.ts";
import { checkPrefixProof } from "#shared/verifier/prefix-proof.ts";
import { python } from "../fixtures/python-verifier.ts";

const most = 20;
const leaves = Array.from({ length: most }, (_, index) => leafHash(utf8(`entry ${index}`)));
const headOf = (size: number): Head => ({ origin: "dock-7", size, root: rootOf(leaves.slice(0, size)) });
const checkpoint = "dock-7\nnote\n";

interface Claim {
  readonly old: Head;
  readonly head: Head;
  readonly proof: readonly Uint8Array[];
}

const genuine: readonly Claim[] = leaves.flatMap((_, at) =>
  Array.from({ length: at + 2 }, (_none, oldSize) => ({
    old: headOf(oldSize),
    head: headOf(at + 1),
    proof: consistencyProof(leaves.slice(0, at + 1), oldSize),
  })),
);
const turned = (hash: Uint8Array): Uint8Array => hash.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
const broken: readonly Claim[] = genuine.flatMap((claim) => [
  { ...claim, old: { ...claim.old, root: turned(claim.old.root) } },
  { ...claim, proof: [...claim.proof, claim.head.root] },
  ...claim.proof.flatMap((hash, at) => [
    { ...claim, proof: claim.proof.with(at, turned(hash)) },
    { ...claim, proof: claim.proof.toSpliced(at, 1) },
  ]),
  // Of an empty tree nothing in the proof or the new root could contradict.
  ...(claim.old.size === 0 ? [] : [{ ...claim, head: { ...claim.head, root: turned(claim.head.root) } }]),
]);

function accepts({ old, head, proof }: Claim): boolean {
  const request = utf8(formatWitnessRequest({ oldSize: old.size, proof, checkpoint }));
  try {
    checkPrefixProof(request, old, head, utf8(checkpoint));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "consistency-proof" });
    return false;
  }
}

test("from every size to every larger one the proof is accepted, and with any hash changed, dropped or added it is not", () => {
  expect(genuine.filter((claim) => !accepts(claim))).toEqual([]);
  expect(broken.filter(accepts)).toEqual([]);
});

test.skipIf(python === null)("the Python verifier accepts and refuses the same proofs (needs python3)", () => {
  const folder = dirname(fileURLToPath(new URL("../../electron/engine/ledger/verify.py", import.meta.url)));
  const program = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(folder)})
import verify
un = bytes.fromhex
json.dump([verify.is_prefix((a, un(b)), (c, un(d)), [un(one) for one in e]) for a, b, c, d, e in json.load(sys.stdin)], sys.stdout)
`;
  const input = JSON.stringify(
    [...genuine, ...broken].map(({ old, head, proof }) => [
      old.size,
      hex(old.root),
      head.size,
      hex(head.root),
      proof.map(hex),
    ]),
  );
  const { stdout, stderr } = spawnSync(python ?? "", ["-c", program], { input, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual([...genuine.map(() => true), ...broken.map(() => false)]);
});
