import { sha256Hex } from "#shared/crypto/sha256.ts";
import type { BodyOf, LedgerEntry, LedgerEntryBody, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import type { ExpiredPolicy } from "./life-cycle.ts";

/** What of the ledger the station's licence needs. */
export interface LedgerFace {
  readonly lastAt: string;
  append(
    bodies: readonly LedgerEntryBody[],
    attachments?: readonly never[],
    options?: { readonly evenIfClockBehind?: boolean },
  ): readonly number[];
  entriesOfType<T extends LedgerEntryType>(type: T): readonly IndexedOf<T>[];
  entryBytes(index: number): Uint8Array;
  batchEntries(batch: string): Iterable<{ readonly entry: LedgerEntry }>;
}

interface IndexedOf<T extends LedgerEntryType> {
  readonly index: number;
  readonly entry: Extract<LedgerEntry, { type: T }>;
}

export type TamperKind = BodyOf<"tamper.detected">["kind"];

export interface TamperEvent {
  readonly index: number;
  readonly kind: TamperKind;
  readonly detail: string;
  readonly evidenceSha256: string;
  readonly at: string;
  /** SHA-256 of the entry's bytes: what a recovery key is made for. */
  readonly sha256: string;
}

/** The licence that the ledger says is in force; null: none, or removed. */
export function licenceInForce(ledger: LedgerFace): IndexedOf<"licence.activated">["entry"] | null {
  const activated = ledger.entriesOfType("licence.activated").at(-1);
  const removed = ledger.entriesOfType("licence.removed").at(-1);
  return activated === undefined || (removed !== undefined && removed.index > activated.index) ? null : activated.entry;
}

export function expiredPolicy(ledger: LedgerFace): ExpiredPolicy {
  return ledger.entriesOfType("licence.policy").at(-1)?.entry.expired ?? "as-none";
}

/** Tamper events that no recovery has ended, oldest first. */
export function openTampering(ledger: LedgerFace): readonly TamperEvent[] {
  const ended = ledger.entriesOfType("licence.recovered").at(-1)?.entry.event_index ?? -1;
  return ledger
    .entriesOfType("tamper.detected")
    .filter(({ index }) => index > ended)
    .map(({ index, entry }) => ({
      index,
      kind: entry.kind,
      detail: entry.detail,
      evidenceSha256: entry.evidence_sha256,
      at: entry.at,
      sha256: sha256Hex(ledger.entryBytes(index)),
    }));
}

/** Witnesses against the ledger that a recovery has answered: SHA-256 of each checkpoint. */
export function forgivenWitnesses(ledger: LedgerFace): ReadonlySet<string> {
  const ended = ledger.entriesOfType("licence.recovered").at(-1)?.entry.event_index ?? -1;
  const forgiven = ledger
    .entriesOfType("tamper.detected")
    .filter(({ index, entry }) => index <= ended && entry.kind === "ledger-behind-witness");
  return new Set(forgiven.map(({ entry }) => entry.evidence_sha256));
}

/**
 * When the licensing side was last reached, with proof, while this licence was in force or before: the token itself was
 * seen here for the first time; the issuer answered a question of ours; a licensing server elsewhere signed a machine
 * file. Of two clocks the earlier reading counts. AUTHORITY.md says what each proof is worth.
 */
export function lastContact(ledger: LedgerFace, tokenSha256: string): Date | null {
  const first = ledger.entriesOfType("licence.activated").find(({ entry }) => entry.token_sha256 === tokenSha256);
  const answered = ledger.entriesOfType("licence.contact").map(({ entry }) => earlier(entry.reached_at, entry.at));
  const issued = newestServerFile(ledger);
  const times = [...(first === undefined ? [] : [Date.parse(first.entry.at)]), ...answered, issued ?? 0];
  const newest = times.reduce((last, one) => Math.max(last, one), 0);
  return newest === 0 ? null : new Date(newest);
}

function newestServerFile(ledger: LedgerFace): number | null {
  const batches = ledger.entriesOfType("batch.started").slice(-mostBatches).reverse();
  for (const { entry } of batches) {
    if (entry.rehearsal || !isElsewhere(entry.api)) continue;
    let newest: number | null = null;
    for (const { entry: one } of ledger.batchEntries(entry.batch)) {
      if (one.type === "machine-file.issued") newest = Math.max(newest ?? 0, earlier(one.issued_at, one.at));
    }
    if (newest !== null) return newest;
  }
  return null;
}

/** Batches looked back through for one that got a file. */
const mostBatches = 100;

/** Whoever holds this machine can run a server of his own on it. */
function isElsewhere(api: string): boolean {
  return URL.parse(api)?.protocol === "https:" && !/^https:\/\/(?:localhost|127\.|\[::1\])/i.test(api);
}

function earlier(a: string, b: string): number {
  return Math.min(Date.parse(a), Date.parse(b));
}
