import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";
import type { FakeHandler } from "./fake-desk.ts";

type WitnessCalls = "keys.rotate" | "witness.add" | "witness.list" | "witness.policy";

/** Keys that rotate, and checkpoints from outside that are all part of today's ledger. */
export function createFakeWitness(size: () => number): { readonly [N in WitnessCalls]: FakeHandler<N> } {
  let rotations = 0;
  let policy: CallOutput<"witness.list">["policy"] = { needed: 0, keys: [] };
  const view = (): CallOutput<"witness.list"> => ({
    size: size(),
    policy,
    ownKey: "plant-2-bench-4+0a1b2c3d+Afake",
    seen: [],
    cosigned: [],
    contradictions: [],
  });
  return {
    "keys.rotate": ({ use }) => {
      rotations += 1;
      const hash = (turn: number) => sha256Hex(utf8(`${use} ${turn}`));
      return { use, entry: size(), oldSha256: hash(rotations - 1), newSha256: hash(rotations) };
    },
    "witness.list": view,
    "witness.add": () => ({ size: size(), witnesses: [], needed: policy.needed, view: view() }),
    "witness.policy": (wanted) => {
      policy = wanted;
      return view();
    },
  };
}
