import { createHash } from "node:crypto";
import type { Random } from "../../electron/engine/platform/random.ts";

/** The same bytes for the same seed, in the order they are asked for. */
export function seededRandom(seed: string): Random {
  let block = Buffer.alloc(0);
  let counter = 0;
  return {
    bytes: (length) => {
      while (block.length < length) {
        block = Buffer.concat([block, createHash("sha256").update(`${seed} ${counter++}`).digest()]);
      }
      const taken = new Uint8Array(block.subarray(0, length));
      block = block.subarray(length);
      return taken;
    },
  };
}

/** A coin from such a source, for `crash()` and the like. */
export function seededCoin(seed: string): () => boolean {
  const random = seededRandom(seed);
  return () => (random.bytes(1)[0] ?? 0) % 2 === 1;
}
