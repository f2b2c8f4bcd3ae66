import { randomInt } from "node:crypto";
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

/**
 * Compares the lookup tables with the entries they are derived from. Batches and milestones are few and looked up one
 * by one. Devices are as many as entries, so both sides are summed up under a random hash and the sums compared.
 */
export class LookupCheck {
  readonly #report: Report;
  readonly #database: DatabaseSync;
  readonly #hasBatch: StatementSync;
  readonly #hasMilestone: StatementSync;
  readonly #through: number;
  readonly #salts = [randomInt(2 ** 30), randomInt(2 ** 30), randomInt(2 ** 30)] as const;
  readonly #batches = new Set<string>();
  #devices = { rows: 0, sum: 0 };
  #batchRows = 0;
  #milestoneRows = 0;

  /** @param total entries under the signed head */
  constructor(database: DatabaseSync, total: number, report: Report) {
    this.#report = report;
    this.#database = database;
    this.#hasBatch = database.prepare("SELECT 1 FROM by_batch WHERE batch = ? AND bundle = ?");
    this.#hasMilestone = database.prepare("SELECT 1 FROM milestones WHERE type = ? AND batch = ? AND idx = ?");
    const states = database.prepare("SELECT id, through FROM lookup_state LIMIT 2").all();
    this.#through = Number(states[0]?.["through"] ?? -1);
    if (states.length !== 1 || states[0]?.["id"] !== 1 || this.#through < 0)
      report("lookup", null, "The lookups do not say how far they go.");
  }

  entry(index: number, { type, batch, device }: EntryFacts): void {
    if (index >= this.#through) return;
    if (device !== null) {
      this.#devices.rows += 1;
      this.#devices.sum += deviceHash(device, index, this.#salts);
    }
    if (batch !== null) this.#batches.add(batch);
    if (perDevice.has(type)) return;
    this.#milestoneRows += 1;
    if (this.#hasMilestone.get(type, batch ?? "", index) === undefined) {
      this.#report("lookup", index, `Entry ${index} is missing from the list of its type.`);
    }
  }

  endBundle(bundle: number): void {
    for (const batch of this.#batches) {
      this.#batchRows += 1;
      if (this.#hasBatch.get(batch, bundle) === undefined) {
        this.#report(
          "lookup",
          bundle * 256,
          `The entries from ${bundle * 256} on are missing from those of their batch.`,
        );
      }
    }
    this.#batches.clear();
  }

  finish(): void {
    this.#compareCount("by_batch", this.#batchRows);
    this.#compareCount("milestones", this.#milestoneRows);
    const sums = this.#database.prepare(deviceSums);
    sums.setReadBigInts(true);
    const { rows, sum } = sums.get(...this.#salts.map(BigInt)) ?? {};
    if (Number(rows) !== this.#devices.rows || (sum ?? 0n) !== BigInt(this.#devices.sum)) {
      this.#report("lookup", null, "The lookup by device does not match the entries.");
    }
  }

  #compareCount(table: "by_batch" | "milestones", expected: number): void {
    if (Number(this.#database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]) !== expected) {
      this.#report("lookup", null, `The lookup table ${table} does not match the entries.`);
    }
  }
}

// The same 32 bits as deviceHash: every factor is below 2^31, so that no product leaves 64 bits.
const deviceSums = `
  SELECT count(*) AS rows, sum((
    ((device & 1073741823) + ?1) * ((idx & 1073741823) + ?2) + (device >> 30) * ((idx & 1073741823) + ?3)
  ) & 4294967295) AS sum FROM by_device`;

function deviceHash(device: number, index: number, [a, b, c]: readonly [number, number, number]): number {
  const low = device % 2 ** 30;
  const high = Math.floor(device / 2 ** 30);
  const at = index % 2 ** 30;
  return (Math.imul(low + a, at + b) + Math.imul(high, at + c)) >>> 0;
}
