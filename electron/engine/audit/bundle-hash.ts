import { createHash } from "node:crypto";
import type { Ledger } from "../ledger/ledger.ts";
import { portionsOf } from "./portions.ts";

/** What `sha256sum entries.jsonl` says of an export of the first `size` entries. */
export async function bundleHash(ledger: Ledger, size: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const portion of portionsOf({ from: 0, to: size })) {
    hash.update(ledger.lines(portion).subarray(1));
  }
  return hash.digest("hex");
}
