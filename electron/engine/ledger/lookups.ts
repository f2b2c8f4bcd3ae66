import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerEntryBody, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import { DeviceRuns, runLength } from "./device-runs.ts";
import type { EntryReader } from "./entry-reader.ts";
import { ExpiryRuns } from "./expiry-runs.ts";
import { tileWidth } from "./growing-tree.ts";

/** Types that a batch holds once for each device or file; all others can be listed by type. */
const perDeviceTypes = [
  "activation.intended",
  "activation.recorded",
  "machine-file.issued",
  "device.failed",
  "device.skipped",
  "request.rejected",
] as const satisfies readonly LedgerEntryType[];

export type PerDeviceType = (typeof perDeviceTypes)[number];

const perDevice: ReadonlySet<LedgerEntryType> = new Set(perDeviceTypes);

interface Milestone {
  readonly type: LedgerEntryType;
  /** Empty where the entry has none. */
  readonly batch: string;
  readonly index: number;
}

/**
 * Finds entries by device, batch or type. The tables answer for every complete run of 4,096 entries, memory for those
 * after it; so an append writes nothing here but once a run. All of it can be made again from the entries.
 */
export class Lookups {
  readonly #devices: DeviceRuns;
  readonly #expiries: ExpiryRuns;
  readonly #insertBatch: StatementSync;
  readonly #insertMilestone: StatementSync;
  readonly #selectBatch: StatementSync;
  readonly #selectType: StatementSync;
  #noted: number;
  #size: number;
  #batches = new Map<string, Set<number>>();
  #lastBatch = { batch: "", bundle: -1 };
  #milestones: Milestone[] = [];

  constructor(database: DatabaseSync, entries: EntryReader) {
    this.#devices = new DeviceRuns(database);
    this.#expiries = new ExpiryRuns(database, entries);
    this.#noted = this.#devices.count * runLength;
    this.#size = this.#noted;
    this.#insertBatch = database.prepare("INSERT INTO by_batch (batch, bundle) VALUES (?, ?)");
    this.#insertMilestone = database.prepare("INSERT INTO milestones (type, batch, idx) VALUES (?, ?, ?)");
    this.#selectBatch = database.prepare("SELECT bundle FROM by_batch WHERE batch = ? ORDER BY bundle");
    this.#selectType = database.prepare("SELECT batch, idx FROM milestones WHERE type = ? ORDER BY idx");
  }

  /** How many entries are answered for. */
  get size(): number {
    return this.#size;
  }

  /** Takes in the next entry; the caller holds the transaction of that entry, in which a complete run is written. */
  note(body: LedgerEntryBody): void {
    const index = this.#noted;
    const batch = "batch" in body ? body.batch : null;
    if ("fingerprint_sha256" in body) this.#devices.note(index, body.fingerprint_sha256);
    if (body.type === "machine-file.issued") this.#expiries.note(index, body);
    if (batch !== null) this.#noteBatch(batch, Math.floor(index / tileWidth));
    if (!perDevice.has(body.type)) this.#milestones.push({ type: body.type, batch: batch ?? "", index });
    this.#noted += 1;
    if (this.#noted % runLength === 0) this.#write();
  }

  /** What was noted is durable, and may be found. */
  committed(): void {
    this.#size = this.#noted;
  }

  /** Indices of entries that may be of this device, rising. */
  device(fingerprintSha256: string): readonly number[] {
    return this.#devices.find(fingerprintSha256).filter((index) => index < this.#size);
  }

  /** Bundles of 256 entries in which the batch has some, rising. */
  bundles(batch: string): readonly number[] {
    const stored = this.#selectBatch.all(batch).map(({ bundle }) => Number(bundle));
    return [...stored, ...(this.#batches.get(batch) ?? [])].filter((bundle) => bundle * tileWidth < this.#size);
  }

  /** Indices of each device's newest file where that expires from `fromMs` to `toMs`, rising. */
  expiring(fromMs: number, toMs: number): Promise<readonly number[]> {
    return this.#expiries.newest(fromMs, toMs, this.#size);
  }

  /** Writes what a migration left to be filled; the caller holds the transaction. */
  fill(): void {
    this.#expiries.fill(this.#devices.count);
  }

  /** Entries of a type that is not one a device, in order. */
  ofType(type: LedgerEntryType): readonly { readonly batch: string; readonly index: number }[] {
    const stored = this.#selectType.all(type).map(({ batch, idx }) => ({ batch: String(batch), index: Number(idx) }));
    const recent = this.#milestones.filter((one) => one.type === type);
    return [...stored, ...recent].filter(({ index }) => index < this.#size);
  }

  #noteBatch(batch: string, bundle: number): void {
    // One batch after another is the rule, and then there is nothing to look up.
    if (this.#lastBatch.batch === batch && this.#lastBatch.bundle === bundle) return;
    this.#lastBatch = { batch, bundle };
    const bundles = this.#batches.get(batch) ?? new Set();
    this.#batches.set(batch, bundles.add(bundle));
  }

  #write(): void {
    this.#expiries.write(this.#devices.count);
    this.#devices.write();
    for (const [batch, bundles] of this.#batches) for (const bundle of bundles) this.#insertBatch.run(batch, bundle);
    for (const { type, batch, index } of this.#milestones) this.#insertMilestone.run(type, batch, index);
    this.#batches = new Map();
    this.#lastBatch = { batch: "", bundle: -1 };
    this.#milestones = [];
  }
}
