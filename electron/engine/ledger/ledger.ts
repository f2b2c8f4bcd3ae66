import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { type Failure, StationError } from "#shared/domain/errors.ts";
import type { BodyOf, LedgerEntry, LedgerEntryBody, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import { formatVkey, type NoteKey } from "#shared/formats/signed-note.ts";
import type { Clock } from "../platform/clock.ts";
import { createLedgerFile } from "./create-ledger.ts";
import { inTransaction, makeDurable, type OpenSqlite, openSqlite } from "./database.ts";
import { tailStart, verifyLedger } from "./fsck.ts";
import { type LedgerState, loadState } from "./ledger-state.ts";
import type { LedgerSigner } from "./log-writer.ts";
import type { PerDeviceType } from "./lookups.ts";
import { migrate, schemaVersion } from "./migrations/migrate.ts";
import { openTally } from "./open-tally.ts";
import type { Attachment, OwedFile } from "./outbox.ts";
import type { IndexedEntry, IndexedMembers } from "./queries.ts";
import { SqliteLedger } from "./sqlite-ledger.ts";
import type { Provisionings, Tally } from "./tally.ts";

export type { IndexedEntry } from "./queries.ts";

/** How a checkpoint relates to this ledger; see LEDGER.md, "Prefixes". */
export type PrefixVerdict = "prefix" | "ahead" | "fork" | "foreign" | "bad-signature";

export interface AppendOptions {
  /** The batch whose kept files go in the same transaction; one of the bodies must be of that batch. */
  readonly settle?: string;
  /** Signs this head and all later ones: after the entry that says so, the ledger's key is another. */
  readonly signer?: LedgerSigner;
  /** Dated as the last entry when the clock is far behind it: for the entry that says so. */
  readonly evenIfClockBehind?: boolean;
}

/** From `from` up to but not including `to`; without them, from the first to the last. */
export interface EntryRange {
  readonly from?: number;
  readonly to?: number;
}

/** The station's journal. Indices count from 0. What is read back was verified when the ledger was opened for writing. */
export interface Ledger {
  readonly origin: string;
  readonly size: number;
  /** Instant of the last entry: no later one is before it. */
  readonly lastAt: string;
  /** What was provisioned so far. @throws StationError LEDGER_UNWRITABLE when opened for reading only */
  readonly provisionings: Provisionings;
  /**
   * One transaction, durable on return, with everything that waits in {@link appendSoon} before it.
   * @returns the entries' indices
   * @throws StationError LEDGER_UNWRITABLE, LEDGER_ENTRY_TOO_LARGE, CLOCK_BEHIND; nothing was appended, or nobody knows
   */
  append(
    bodies: readonly LedgerEntryBody[],
    attachments?: readonly Attachment[],
    options?: AppendOptions,
  ): readonly number[];
  /** As {@link append}, but all that is queued in one turn of the event loop shares one transaction. */
  appendSoon(bodies: readonly LedgerEntryBody[], attachments?: readonly Attachment[]): Promise<readonly number[]>;

  /** The signed note of the current head. */
  checkpoint(): string;
  /** @param size at most today's */
  rootAt(size: number): Uint8Array;
  /** A C2SP tlog-proof. @param options.checkpoint an earlier head of this ledger; today's by default */
  receipt(index: number, options?: { readonly checkpoint?: string }): Uint8Array;
  /** Receipts that share today's checkpoint, made one by one as they are asked for, also after later appends. */
  receipts(indices: readonly number[]): (index: number) => Uint8Array;
  /** Whether the signed note is of an earlier state of this ledger. */
  provePrefix(checkpointNote: string): PrefixVerdict;
  consistencyProof(oldSize: number): readonly Uint8Array[];

  entry(index: number): LedgerEntry;
  /** The stored bytes: what leaf hashes and receipts are of. */
  entryBytes(index: number): Uint8Array;
  entries(range?: EntryRange): IterableIterator<IndexedEntry>;
  /** The stored bytes, with a newline in front of each and one behind the last: for ranges of some thousands. */
  lines(range: EntryRange): Buffer;
  /** Entries of a type that a batch holds once a device, oldest first; the others are passed over unread. */
  perDevice<T extends PerDeviceType>(type: T, range?: EntryRange): IterableIterator<IndexedEntry<T>>;
  /** Some members of those, which takes a third of the time. What is stored was checked when it was opened to write. */
  membersOf<T extends PerDeviceType, M extends keyof BodyOf<T> & string>(
    type: T,
    names: readonly M[],
    range?: EntryRange,
  ): IterableIterator<IndexedMembers<T, M>>;
  batchEntries(batch: string): IterableIterator<IndexedEntry>;
  /** Started, and neither finished nor abandoned; oldest first. */
  openBatches(): readonly BodyOf<"batch.started">[];
  /** Oldest first. Not for types that a batch holds once a device: those are found by batch or device. */
  entriesOfType<T extends LedgerEntryType>(type: T): readonly IndexedEntry<T>[];
  /** Oldest first: the last of a key id is what is believed. */
  trustedSigningKeys(): readonly BodyOf<"signing-key.trusted">[];
  deviceHistory(fingerprintSha256: string): IterableIterator<IndexedEntry>;
  /** Entries with a device name that holds `text`, whatever the case. Reads the whole ledger. */
  findByName(text: string): IterableIterator<IndexedEntry>;
  /**
   * Indices of each device's newest machine file where that expires from the one instant to the other, rising; others
   * get their turns while it is looked for.
   */
  expiring(fromMs: number, toMs: number): Promise<readonly number[]>;
  latestIssued(fingerprintSha256: string): IndexedEntry<"machine-file.issued"> | null;
  /** Whether a machine file was issued to the device, in another batch than this one if one is given. */
  issuedBefore(fingerprintSha256: string, exceptBatch: string | null): boolean;
  /** SHA-256 of the licence key under which the device last got a seat or file for the product, and did not give it back. */
  licenseOf(fingerprintSha256: string, product: string): string | null;

  /** The bytes of a file issued and not yet settled. */
  issuedFile(fileSha256: string): Uint8Array | null;
  owed(batch: string): IterableIterator<OwedFile>;

  /** From now on every append is refused with this; what is read stays as it is. */
  refuse(because: Failure): void;
  /** Writes what is queued, and closes the file. */
  close(): void;
}

export interface LedgerOptions {
  readonly path: string;
  /** The station's name. */
  readonly origin: string;
  /** For reading only, `sign` is never called. */
  readonly signer: LedgerSigner;
  readonly clock: Clock;
  readonly readOnly?: boolean;
  /** Why it is opened for reading only: what every attempt to append is then refused with. */
  readonly refusal?: Failure;
  /** Verify everything before it is opened for writing, however long it is: somebody found damage before. */
  readonly whole?: boolean;
  /** The operator by whom entries come about that do not say so themselves; nobody by default. */
  readonly actor?: () => string | null;
  /** First entry of a ledger that does not exist yet; without it a missing ledger is an error. */
  readonly create?: BodyOf<"ledger.created">;
  /** For tests of failing media. */
  readonly openSqlite?: OpenSqlite;
}

/**
 * For writing, the newest 65,536 entries and more are verified first, the whole of a smaller ledger; for reading only, its
 * signed head and the tree's edge.
 * @throws StationError LEDGER_BROKEN with `index` and `what`, LEDGER_FOREIGN, LEDGER_UNWRITABLE, CLOCK_BEHIND
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { path, origin, signer, clock, readOnly = false, create } = options;
  if (signer.key.name !== origin) {
    throw new StationError("LEDGER_FOREIGN", "The ledger's key is named for another station than this one.");
  }
  if (!isThere(path)) {
    if (create === undefined || readOnly) throw missing();
    createLedgerFile(path, signer, clock, create);
  }
  const vkey = formatVkey(signer.key);
  const verified = readOnly ? null : await verifiedHead(path, vkey, options.whole === true ? null : verifiedTail);
  const database = (options.openSqlite ?? openSqlite)(path, readOnly);
  try {
    const { state, tally } = readOnly ? readState(database, signer.key) : writeState(database, signer.key);
    if (verified !== null && verified !== state.head) {
      throw new StationError("LEDGER_UNWRITABLE", "The ledger was changed while it was being verified. Start again.");
    }
    return new SqliteLedger(
      database,
      state,
      tally,
      signer,
      clock,
      readOnly ? (options.refusal ?? readOnlyRefusal) : null,
      options.actor ?? (() => null),
    );
  } catch (error) {
    database.close();
    if (error instanceof StationError) throw error;
    throw new StationError(
      "LEDGER_BROKEN",
      "The ledger cannot be read. Restore it from a backup, or call an auditor.",
      {
        cause: error,
        details: { index: null, what: "database" },
      },
    );
  }
}

/** A station may be at work on it: what is read is one moment of the ledger, until it is closed. */
function readState(database: DatabaseSync, key: NoteKey): OpenedState {
  database.exec("BEGIN");
  return { state: loadState(database, key), tally: null };
}

/** Migrations and the tables they leave to be filled are one transaction: a crash leaves the old version or the new. */
function writeState(database: DatabaseSync, key: NoteKey): OpenedState {
  makeDurable(database);
  return inTransaction(database, () => {
    const isCounted = schemaVersion(database) >= 4;
    migrate(database);
    const state = loadState(database, key);
    state.lookups.fill();
    return { state, tally: openTally(database, state, isCounted) };
  });
}

interface OpenedState {
  readonly state: LedgerState;
  /** Null: opened for reading only. */
  readonly tally: Tally | null;
}

/** Whether a ledger of this size was verified whole when it was opened for writing. */
export function isOpenedWhole(size: number): boolean {
  return tailStart(size, verifiedTail) === 0;
}

// A fraction of a second's work; the whole is verified on demand, and by the window once it is open.
const verifiedTail = 65_536;

async function verifiedHead(path: string, vkey: string, tail: number | null): Promise<string> {
  const { ok, problems, checkpoint } = await verifyLedger({ path, vkey, ...(tail === null ? {} : { tail }) });
  const [first] = problems;
  if (ok && checkpoint !== null) return checkpoint;
  throw new StationError(
    "LEDGER_BROKEN",
    `The ledger does not verify: ${first?.message ?? "it has no head"} Nothing is appended to it. Restore it from a backup, or call an auditor.`,
    { details: { index: first?.index ?? null, what: first?.kind ?? "head" } },
  );
}

const readOnlyRefusal: Failure = { code: "LEDGER_UNWRITABLE", message: "The ledger was opened for reading only." };

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function missing(): StationError {
  return new StationError("LEDGER_BROKEN", "The station's ledger is missing. Restore it from a backup.", {
    details: { index: null, what: "missing" },
  });
}
