import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Report } from "../fsck.ts";
import type { EntryFacts } from "./facts.ts";

/** Types found by device or batch; all others are listed in `milestones`. */
const perDevice: ReadonlySet<string> = new Set([
  "activation.intended",
  "activation.recorded",
  "device.failed",
  "device.skipped",
  "machine-file.issued",
  "request.rejected",
]);

/** Entries for which the lookup tables are written at once. */
const run = 4096;
const bundle = 256;

/** Makes the lookup tables again, a run at a time, and compares. */
export class LookupCheck {
  readonly #report: Report;
  readonly #database: DatabaseSync;
  readonly #devicesOf: StatementSync;
  readonly #hasBatch: StatementSync;
  readonly #hasMilestone: StatementSync;
  readonly #through: number;
  readonly #records = new BigUint64Array(run);
  readonly #batches = new Set<string>();
  #count = 0;
  #rows = { device_runs: 0, by_batch: 0, milestones: 0 };

  /** @param total entries under the signed head */
  constructor(database: DatabaseSync, total: number, report: Report) {
    this.#report = report;
    this.#database = database;
    this.#devicesOf = database.prepare("SELECT records FROM device_runs WHERE run = ?");
    this.#hasBatch = database.prepare("SELECT 1 FROM by_batch WHERE batch = ? AND bundle = ?");
    this.#hasMilestone = database.prepare("SELECT 1 FROM milestones WHERE type = ? AND batch = ? AND idx = ?");
    this.#through = total - (total % run);
  }

  /** Every entry in order; null for one that cannot be read. */
  entry(index: number, facts: EntryFacts | null): void {
    if (index >= this.#through) return;
    if (facts !== null) this.#take(index, facts);
    if (index % bundle === bundle - 1) this.#endBundle(Math.floor(index / bundle));
    if (index % run === run - 1) this.#endRun(Math.floor(index / run));
  }

  finish(): void {
    for (const [table, expected] of Object.entries(this.#rows)) {
      if (Number(this.#database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]) !== expected) {
        this.#report("lookup", null, `The lookup table ${table} does not match the entries.`);
      }
    }
  }

  #take(index: number, { type, batch, device }: EntryFacts): void {
    if (device !== null) this.#records[this.#count++] = BigInt(device * run + (index % run));
    if (batch !== null) this.#batches.add(batch);
    if (perDevice.has(type)) return;
    this.#rows.milestones += 1;
    if (this.#hasMilestone.get(type, batch ?? "", index) === undefined) {
      this.#report("lookup", index, `Entry ${index} is missing from the list of its type.`);
    }
  }

  #endBundle(at: number): void {
    for (const batch of this.#batches) {
      this.#rows.by_batch += 1;
      if (this.#hasBatch.get(batch, at) === undefined) {
        this.#report(
          "lookup",
          at * bundle,
          `The entries from ${at * bundle} on are missing from those of their batch.`,
        );
      }
    }
    this.#batches.clear();
  }

  #endRun(at: number): void {
    const right = this.#records.subarray(0, this.#count).sort();
    const found = this.#devicesOf.get(at)?.["records"];
    const bytes = found instanceof Uint8Array ? Buffer.from(found) : Buffer.alloc(0);
    // Big-endian in the file, so that the order of bytes is the order of records.
    const isSame =
      bytes.length === right.length * 8 && right.every((record, i) => bytes.readBigUInt64BE(i * 8) === record);
    if (!isSame) this.#report("lookup", at * run, `The lookup by device of the entries from ${at * run} on is wrong.`);
    this.#rows.device_runs += 1;
    this.#count = 0;
  }
}
