import { createHash } from "node:crypto";
import type { Ledger } from "../ledger/ledger.ts";
import { portionsOf } from "./portions.ts";

/** What `sha256sum entries.jsonl` says of an export of the first `size` entries. */
export async function bundleHash(ledger: Ledger, size: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const portion of portionsOf({ from: 0, to: size })) {
    for (const { bytes } of ledger.stored(portion)) hash.update(bytes).update("\n");
  }
  return hash.digest("hex");
}
