import { setImmediate as turn } from "node:timers/promises";
import type { IndexRange } from "./period.ts";

/** A question over a long ledger lets others have their turn this often: a batch may be at work beside it. */
export const entriesAPortion = 1024;

/** The range cut into portions, with a turn of the event loop between two of them. */
export async function* portionsOf({ from, to }: IndexRange): AsyncIterableIterator<IndexRange> {
  for (let at = from; at < to; at += entriesAPortion) {
    yield { from: at, to: Math.min(to, at + entriesAPortion) };
    await turn();
  }
}
