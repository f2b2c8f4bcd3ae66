import type { DatabaseSync } from "node:sqlite";
import { type Failure, StationError } from "#shared/domain/errors.ts";
import type { BodyOf, LedgerEntry, LedgerEntryBody, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import type { Checkpoint } from "#shared/formats/checkpoint.ts";
import { must } from "#shared/formats/encoding.ts";
import { formatTlogProof } from "#shared/formats/tlog-proof.ts";
import type { Clock } from "../platform/clock.ts";
import { Appender } from "./appender.ts";
import { EntryReader } from "./entry-reader.ts";
import type { AppendOptions, EntryRange, Ledger, PrefixVerdict } from "./ledger.ts";
import type { LedgerState } from "./ledger-state.ts";
import { type LedgerSigner, LogWriter, refused } from "./log-writer.ts";
import { type Attachment, Outbox, type OwedFile } from "./outbox.ts";
import { ledgerKeys, openWitness } from "./prefix.ts";
import type { PerDeviceType } from "./lookups.ts";
import { type IndexedEntry, type IndexedMembers, Queries } from "./queries.ts";
import type { Provisionings, Tally } from "./tally.ts";
import { TreeReader } from "./tree-reader.ts";

/** The open ledger: one place that knows its parts; what they do is in their files. */
export class SqliteLedger implements Ledger {
  readonly origin: string;
  readonly #database: DatabaseSync;
  readonly #state: LedgerState;
  readonly #tally: Tally | null;
  #refusal: Failure | null;
  readonly #entries: EntryReader;
  readonly #queries: Queries;
  readonly #reader: TreeReader;
  readonly #outbox: Outbox;
  readonly #writer: LogWriter;
  readonly #appender: Appender;
  #signer: LedgerSigner;
  // A batch's receipts name one checkpoint thousands of times.
  #lastOpened: { readonly note: string; readonly checkpoint: Checkpoint } | null = null;

  /**
   * @param tally null: for reading only
   * @param refusal what appending is refused with; null: it is not
   */
  constructor(
    database: DatabaseSync,
    state: LedgerState,
    tally: Tally | null,
    signer: LedgerSigner,
    clock: Clock,
    refusal: Failure | null,
    actor: () => string | null,
  ) {
    const { tree, head, lookups, lastAt } = state;
    this.origin = signer.key.name;
    this.#database = database;
    this.#state = state;
    this.#signer = signer;
    this.#tally = tally;
    this.#refusal = refusal;
    this.#entries = new EntryReader(database);
    this.#queries = new Queries(this.#entries, lookups);
    this.#reader = new TreeReader(database, tree);
    this.#outbox = new Outbox(database);
    this.#writer = new LogWriter(database, tree, head);
    this.#appender = new Appender(
      { writer: this.#writer, outbox: this.#outbox, lookups, tally, clock, actor },
      signer,
      lastAt,
    );
  }

  get size(): number {
    // The tree itself is ahead of what is durable after a commit that failed.
    return this.#state.lookups.size;
  }

  get lastAt(): string {
    return this.#appender.lastAt;
  }

  get provisionings(): Provisionings {
    if (this.#tally === null) this.#mustWrite();
    return must(this.#tally, "the tally of a ledger that is written");
  }

  append(
    bodies: readonly LedgerEntryBody[],
    attachments: readonly Attachment[] = [],
    options: AppendOptions = {},
  ): readonly number[] {
    this.#mustWrite();
    const indices = this.#appender.now(bodies, attachments, options);
    this.#signer = options.signer ?? this.#signer;
    return indices;
  }

  async appendSoon(
    bodies: readonly LedgerEntryBody[],
    attachments: readonly Attachment[] = [],
  ): Promise<readonly number[]> {
    this.#mustWrite();
    return this.#appender.soon(bodies, attachments);
  }

  refuse(because: Failure): void {
    this.#refusal ??= because;
  }

  checkpoint(): string {
    return this.#writer.head;
  }

  rootAt(size: number): Uint8Array {
    this.#mustHold(size);
    this.#mustLive();
    return this.#reader.rootAt(size);
  }

  receipt(index: number, options: { readonly checkpoint?: string } = {}): Uint8Array {
    const note = options.checkpoint ?? this.checkpoint();
    return this.#receipt(index, this.#proofs(note === this.checkpoint() ? this.size : this.#sizeOf(note)), note);
  }

  receipts(indices: readonly number[]): (index: number) => Uint8Array {
    const note = this.checkpoint();
    for (const index of indices) this.#mustHave(index);
    const proofs = this.#proofs(this.size);
    return (index) => {
      this.#mustLive();
      return this.#receipt(index, proofs, note);
    };
  }

  provePrefix(checkpointNote: string): PrefixVerdict {
    const witness = openWitness(checkpointNote, this.#keys());
    if (typeof witness === "string") return witness;
    if (witness.size > this.size) return "ahead";
    return Buffer.from(this.rootAt(witness.size)).equals(witness.rootHash) ? "prefix" : "fork";
  }

  consistencyProof(oldSize: number): readonly Uint8Array[] {
    this.#mustHold(oldSize);
    this.#mustLive();
    return this.#reader.consistencyProof(oldSize, this.size);
  }

  entry(index: number): LedgerEntry {
    return this.#queries.entry(index);
  }

  entryBytes(index: number): Uint8Array {
    return this.#entries.bytes(index);
  }

  entries(range: EntryRange = {}): IterableIterator<IndexedEntry> {
    return this.#queries.range(range.from ?? 0, Math.min(range.to ?? this.size, this.size));
  }

  lines(range: EntryRange): Buffer {
    return this.#entries.lines(range.from ?? 0, Math.min(range.to ?? this.size, this.size));
  }

  perDevice<T extends PerDeviceType>(type: T, range: EntryRange = {}): IterableIterator<IndexedEntry<T>> {
    return this.#queries.perDevice(type, range.from ?? 0, Math.min(range.to ?? this.size, this.size));
  }

  membersOf<T extends PerDeviceType, M extends keyof BodyOf<T> & string>(
    type: T,
    names: readonly M[],
    range: EntryRange = {},
  ): IterableIterator<IndexedMembers<T, M>> {
    return this.#queries.membersOf(type, names, range.from ?? 0, Math.min(range.to ?? this.size, this.size));
  }

  batchEntries(batch: string): IterableIterator<IndexedEntry> {
    return this.#queries.batch(batch);
  }

  openBatches(): readonly BodyOf<"batch.started">[] {
    return this.#queries.openBatches();
  }

  entriesOfType<T extends LedgerEntryType>(type: T): readonly IndexedEntry<T>[] {
    return this.#queries.ofType(type);
  }

  trustedSigningKeys(): readonly BodyOf<"signing-key.trusted">[] {
    return this.#queries.ofType("signing-key.trusted").map(({ entry }) => entry);
  }

  deviceHistory(fingerprintSha256: string): IterableIterator<IndexedEntry> {
    return this.#queries.device(fingerprintSha256);
  }

  findByName(text: string): IterableIterator<IndexedEntry> {
    return this.#queries.named(text);
  }

  expiring(fromMs: number, toMs: number): Promise<readonly number[]> {
    return this.#state.lookups.expiring(fromMs, toMs);
  }

  latestIssued(fingerprintSha256: string): IndexedEntry<"machine-file.issued"> | null {
    return this.#queries.latestIssued(fingerprintSha256);
  }

  issuedBefore(fingerprintSha256: string, exceptBatch: string | null): boolean {
    return this.#queries.issuedBefore(fingerprintSha256, exceptBatch);
  }

  licenseOf(fingerprintSha256: string, product: string): string | null {
    return this.#queries.licenseOf(fingerprintSha256, product);
  }

  issuedFile(fileSha256: string): Uint8Array | null {
    return this.#outbox.file(fileSha256);
  }

  owed(batch: string): IterableIterator<OwedFile> {
    return this.#outbox.owed(batch);
  }

  close(): void {
    if (this.#refusal === null) this.#appender.flush();
    this.#database.close();
  }

  #proofs(size: number) {
    this.#mustLive();
    return this.#reader.inclusionProofs(size);
  }

  #receipt(index: number, proofs: (index: number) => readonly Uint8Array[], checkpoint: string): Uint8Array {
    this.#mustHave(index);
    return formatTlogProof({ extra: this.#entries.bytes(index), index, proof: proofs(index), checkpoint });
  }

  #sizeOf(note: string): number {
    if (this.#lastOpened?.note !== note) {
      const checkpoint = openWitness(note, this.#keys());
      if (typeof checkpoint === "string" || this.provePrefix(note) !== "prefix") {
        throw new StationError(
          "LEDGER_FOREIGN",
          "A receipt was asked for under a checkpoint that is not this ledger's.",
        );
      }
      this.#lastOpened = { note, checkpoint };
    }
    return this.#lastOpened.checkpoint.size;
  }

  #keys() {
    return ledgerKeys(
      this.#signer.key,
      this.entriesOfType("key.rotated").map(({ entry }) => entry),
    );
  }

  #mustHave(index: number): void {
    this.#mustHold(index >= 0 ? index + 1 : -1);
  }

  #mustHold(size: number): void {
    if (Number.isSafeInteger(size) && size >= 0 && size <= this.size) return;
    throw new StationError("INTERNAL", "Something beyond the ledger's end was asked for.");
  }

  /** After a failed commit the tree in memory is of entries that may not be there. */
  #mustLive(): void {
    if (this.#writer.isDead) throw refused();
  }

  #mustWrite(): void {
    if (this.#refusal === null) return;
    const { code, message, details } = this.#refusal;
    throw new StationError(code, message, details === undefined ? {} : { details });
  }
}
