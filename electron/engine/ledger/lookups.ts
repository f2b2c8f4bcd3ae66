import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerEntryBody, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import { tileWidth } from "./growing-tree.ts";

/** What an entry can be found by. */
export interface Facts {
  readonly type: LedgerEntryType;
  readonly batch: string | null;
  /** First 48 bits of the fingerprint's SHA-256; readers compare the whole digest in the entry. */
  readonly device: number | null;
}

export function factsOf(body: LedgerEntryBody): Facts {
  return {
    type: body.type,
    batch: "batch" in body ? body.batch : null,
    device: "fingerprint_sha256" in body ? deviceKey(body.fingerprint_sha256) : null,
  };
}

export function deviceKey(fingerprintSha256: string): number {
  return Number.parseInt(fingerprintSha256.slice(0, 12), 16);
}

/** Types that a batch holds once for each device or file; all others can be listed by type. */
const perDevice: ReadonlySet<LedgerEntryType> = new Set([
  "activation.intended",
  "activation.recorded",
  "machine-file.issued",
  "device.failed",
  "device.skipped",
  "request.rejected",
]);

// Entries kept in memory before their lookups are written: one sorted write of many touches each page once.
const mostPending = 4096;

/**
 * Finds entries by device, batch or type. The tables answer for the first `through` entries, memory for the rest, so
 * that an append touches no index page. All of it can be made again from the entries.
 */
export class Lookups {
  readonly #database: DatabaseSync;
  readonly #byDevice: StatementSync;
  readonly #byBatch: StatementSync;
  readonly #ofType: StatementSync;
  #through: number;
  #pending = 0;
  #last = { batch: "", bundle: -1 };
  #devices = new Map<number, number[]>();
  #batches = new Map<string, Set<number>>();
  #milestones: { readonly type: LedgerEntryType; readonly batch: string; readonly index: number }[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#through = Number(database.prepare("SELECT through FROM lookup_state").get()?.["through"]);
    this.#byDevice = database.prepare("SELECT idx FROM by_device WHERE device = ? ORDER BY idx");
    this.#byBatch = database.prepare("SELECT bundle FROM by_batch WHERE batch = ? ORDER BY bundle");
    this.#ofType = database.prepare("SELECT batch, idx FROM milestones WHERE type = ? ORDER BY idx");
  }

  /** How many entries the tables and memory answer for. */
  get through(): number {
    return this.#through;
  }

  /** Of the next entry, once it is durable. */
  note({ type, batch, device }: Facts): void {
    const index = this.#through;
    this.#through += 1;
    if (device !== null) addTo(this.#devices, device, () => []).push(index);
    if (batch !== null) this.#noteBatch(batch, Math.floor(index / tileWidth));
    if (!perDevice.has(type)) this.#milestones.push({ type, batch: batch ?? "", index });
    this.#pending += 1;
  }

  #noteBatch(batch: string, bundle: number): void {
    // One batch after another is the rule, and then there is nothing to look up.
    if (this.#last.batch === batch && this.#last.bundle === bundle) return;
    this.#last = { batch, bundle };
    addTo(this.#batches, batch, () => new Set<number>()).add(bundle);
  }

  get isFull(): boolean {
    return this.#pending >= mostPending;
  }

  /** Writes what is pending; the caller holds the transaction, and calls {@link written} once it is committed. */
  write(): void {
    const devices = [...this.#devices]
      .sort(([a], [b]) => a - b)
      .flatMap(([device, all]) => all.map((i) => [device, i]));
    const batches = [...this.#batches].flatMap(([batch, bundles]) => [...bundles].map((bundle) => [batch, bundle]));
    const milestones = this.#milestones.map(({ type, batch, index }) => [type, batch, index]);
    insertRows(this.#database, "INSERT INTO by_device VALUES", devices);
    insertRows(this.#database, "INSERT OR IGNORE INTO by_batch VALUES", batches);
    insertRows(this.#database, "INSERT INTO milestones VALUES", milestones);
    this.#database.prepare("UPDATE lookup_state SET through = ?").run(this.#through);
  }

  written(): void {
    this.#devices = new Map();
    this.#batches = new Map();
    this.#milestones = [];
    this.#pending = 0;
    this.#last = { batch: "", bundle: -1 };
  }

  /** Indices of entries that may be of this device, rising. */
  device(key: number): readonly number[] {
    return [...this.#byDevice.all(key).map(({ idx }) => Number(idx)), ...(this.#devices.get(key) ?? [])];
  }

  /** Bundles of 256 entries in which the batch has some, rising. */
  bundles(batch: string): readonly number[] {
    const stored = this.#byBatch.all(batch).map(({ bundle }) => Number(bundle));
    return [...new Set([...stored, ...(this.#batches.get(batch) ?? [])])];
  }

  /** Entries of a type that is not one a device, in order. */
  ofType(type: LedgerEntryType): readonly { readonly batch: string; readonly index: number }[] {
    const stored = this.#ofType.all(type).map(({ batch, idx }) => ({ batch: String(batch), index: Number(idx) }));
    return [...stored, ...this.#milestones.filter((one) => one.type === type)];
  }
}

function addTo<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

// Rows a statement: a call into SQLite costs more than a row.
const rowsAtOnce = 64;

function insertRows(database: DatabaseSync, into: string, rows: readonly (readonly (string | number)[])[]): void {
  const width = rows[0]?.length ?? 0;
  const row = `(${Array.from({ length: width }, () => "?").join(", ")})`;
  const insert = (count: number) => database.prepare(`${into} ${Array.from({ length: count }, () => row).join(", ")}`);
  const whole = rows.length - (rows.length % rowsAtOnce);
  const many = whole > 0 ? insert(rowsAtOnce) : null;
  for (let at = 0; at < whole; at += rowsAtOnce) many?.run(...rows.slice(at, at + rowsAtOnce).flat());
  if (whole < rows.length) insert(rows.length - whole).run(...rows.slice(whole).flat());
}
