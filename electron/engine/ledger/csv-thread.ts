import { parentPort } from "node:worker_threads";
import { csvRows } from "./csv-rows.ts";

/** A thread that makes rows of ledger.csv: says `ready`, then answers each portion of lines with its rows, or null. */
parentPort?.on("message", ({ first, lines }: { readonly first: number; readonly lines: Uint8Array }) => {
  const rows = attempt(first, lines);
  parentPort?.postMessage(rows, rows === null ? [] : [rows.buffer as ArrayBuffer]);
});
parentPort?.postMessage("ready", []);

function attempt(first: number, lines: Uint8Array): Uint8Array | null {
  try {
    return csvRows(first, lines);
  } catch {
    return null;
  }
}
