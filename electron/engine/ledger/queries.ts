import type { BodyOf, LedgerEntry, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import { decodeEntry } from "./entry-codec.ts";
import type { EntryReader } from "./entry-reader.ts";
import { tileWidth } from "./growing-tree.ts";
import type { Lookups, PerDeviceType } from "./lookups.ts";

/** An entry and where it stands in the ledger. */
export interface IndexedEntry<T extends LedgerEntryType = LedgerEntryType> {
  readonly index: number;
  readonly entry: Extract<LedgerEntry, { type: T }>;
}

/** Members of an entry by name, and where it stands. */
export type IndexedMembers<T extends PerDeviceType, M extends keyof BodyOf<T>> = { readonly index: number } & Pick<
  BodyOf<T>,
  M
>;

/** What the ledger is asked. Answers come from the entries; lookups only say where to look. */
export class Queries {
  readonly #entries: EntryReader;
  readonly #lookups: Lookups;

  constructor(entries: EntryReader, lookups: Lookups) {
    this.#entries = entries;
    this.#lookups = lookups;
  }

  entry(index: number): LedgerEntry {
    return decodeEntry(this.#entries.bytes(index), index);
  }

  *range(from: number, to: number): IterableIterator<IndexedEntry> {
    for (const { index, bytes } of this.#entries.range(from, to)) yield { index, entry: decodeEntry(bytes, index) };
  }

  *batch(batch: string): IterableIterator<IndexedEntry> {
    for (const bundle of this.#lookups.bundles(batch)) {
      const from = bundle * tileWidth;
      for (const one of this.range(from, Math.min(from + tileWidth, this.#lookups.size))) {
        if ("batch" in one.entry && one.entry.batch === batch) yield one;
      }
    }
  }

  /** Oldest first. */
  openBatches(): readonly BodyOf<"batch.started">[] {
    const closed = new Set(
      (["batch.finished", "batch.abandoned"] as const).flatMap((type) =>
        this.#lookups.ofType(type).map(({ batch }) => batch),
      ),
    );
    return this.#lookups
      .ofType("batch.started")
      .filter(({ batch }) => !closed.has(batch))
      .map(({ index }) => this.entry(index) as BodyOf<"batch.started">);
  }

  ofType<T extends LedgerEntryType>(type: T): readonly IndexedEntry<T>[] {
    return this.#lookups.ofType(type).map(({ index }) => ({ index, entry: this.entry(index) }) as IndexedEntry<T>);
  }

  *perDevice<T extends PerDeviceType>(type: T, from: number, to: number): IterableIterator<IndexedEntry<T>> {
    for (const { index, bytes } of this.#entries.ofType(type, from, to)) {
      yield { index, entry: decodeEntry(bytes, index) as IndexedEntry<T>["entry"] };
    }
  }

  *membersOf<T extends PerDeviceType, M extends keyof BodyOf<T> & string>(
    type: T,
    names: readonly M[],
    from: number,
    to: number,
  ): IterableIterator<IndexedMembers<T, M>> {
    for (const row of this.#entries.membersOf(type, names, from, to)) yield row as unknown as IndexedMembers<T, M>;
  }

  /** Everything said of one device, oldest first. */
  *device(fingerprintSha256: string): IterableIterator<IndexedEntry> {
    for (const index of this.#lookups.device(fingerprintSha256)) {
      const entry = this.entry(index);
      if ("fingerprint_sha256" in entry && entry.fingerprint_sha256 === fingerprintSha256) yield { index, entry };
    }
  }

  latestIssued(fingerprintSha256: string): IndexedEntry<"machine-file.issued"> | null {
    return this.#issued(fingerprintSha256).at(-1) ?? null;
  }

  issuedBefore(fingerprintSha256: string, exceptBatch: string | null): boolean {
    return this.#issued(fingerprintSha256).some(({ entry }) => entry.batch !== exceptBatch);
  }

  licenseOf(fingerprintSha256: string, product: string): string | null {
    const ended = new Set<string>();
    for (const { entry } of [...this.device(fingerprintSha256)].reverse()) {
      if (entry.type === "deactivation.recorded" && entry.product === product) ended.add(entry.license_sha256);
      if ("license_sha256" in entry && ended.has(entry.license_sha256)) continue;
      if (entry.type === "machine-file.issued" && entry.product === product) return entry.license_sha256;
      if (entry.type === "activation.recorded" && this.#productOf(entry.batch) === product) return entry.license_sha256;
    }
    return null;
  }

  /** Every entry with a device name that holds `text`, whatever the case, oldest first. Reads the whole ledger. */
  *named(text: string): IterableIterator<IndexedEntry> {
    const wanted = text.toLowerCase();
    for (const one of this.range(0, this.#lookups.size)) {
      const name = "device_name" in one.entry ? one.entry.device_name : null;
      if (name?.toLowerCase().includes(wanted) === true) yield one;
    }
  }

  #issued(fingerprintSha256: string): readonly IndexedEntry<"machine-file.issued">[] {
    return [...this.device(fingerprintSha256)].flatMap(({ index, entry }) =>
      entry.type === "machine-file.issued" ? [{ index, entry }] : [],
    );
  }

  #productOf(batch: string): string | null {
    const started = this.#lookups.ofType("batch.started").find((one) => one.batch === batch);
    return started === undefined ? null : (this.entry(started.index) as BodyOf<"batch.started">).product;
  }
}
