import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Report } from "../fsck.ts";

/** Every kept file must be the one that its ledger entry names. */
export function checkOutbox(database: DatabaseSync, total: number, report: Report): void {
  const next = database.prepare("SELECT idx, file_sha256, batch, bytes FROM outbox WHERE idx > ? ORDER BY idx LIMIT 1");
  const entry = database.prepare("SELECT CAST(bytes AS TEXT) AS text FROM entries WHERE idx = ?");
  for (let row = next.get(-1); row !== undefined; row = next.get(Number(row["idx"]))) {
    const index = Number(row["idx"]);
    const text = String(entry.get(index)?.["text"]);
    const isNamed = [
      '"type":"machine-file.issued"',
      `"file_sha256":"${String(row["file_sha256"])}"`,
      `"batch":"${String(row["batch"])}"`,
    ].every((piece) => text.includes(piece));
    const isFile = row["bytes"] instanceof Uint8Array && hash("sha256", row["bytes"]) === row["file_sha256"];
    if (index >= total || !isNamed || !isFile) {
      report("outbox", index, `The file kept for entry ${index} is not the one that the entry names.`);
    }
  }
  const [first] = database.prepare("PRAGMA integrity_check(outbox)").all();
  if (first?.["integrity_check"] !== "ok") report("outbox", null, "The index over the kept files is damaged.");
}
