import type { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { openToRead } from "../platform/open-to-read.ts";
import { BundleReader, width } from "./fsck/bundle.ts";
import { ExpiryCheck } from "./fsck/expiry-check.ts";
import { FactReader } from "./fsck/facts.ts";
import { readHead, type SignedHead } from "./fsck/head.ts";
import { LookupCheck } from "./fsck/lookup-check.ts";
import { checkOutbox } from "./fsck/outbox-check.ts";
import { checkSchema } from "./fsck/schema-check.ts";
import { TallyCheck } from "./fsck/tally-check.ts";
import { TreeCheck } from "./fsck/tree-check.ts";

type LedgerProblemKind =
  | "database"
  | "schema"
  | "head"
  | "head-signature"
  | "missing"
  | "unsigned"
  | "entry"
  | "leaf"
  | "tile"
  | "clock"
  | "lookup"
  | "outbox";

interface LedgerProblem {
  /** Of the entry concerned, where there is one. */
  readonly index: number | null;
  readonly kind: LedgerProblemKind;
  readonly message: string;
}

export interface LedgerVerdict {
  readonly ok: boolean;
  /** Entries under the signed head. */
  readonly size: number;
  readonly problems: readonly LedgerProblem[];
  /** The signed head as it is stored. An older whole copy of a ledger verifies too: compare this with a stick's. */
  readonly checkpoint: string | null;
}

interface VerifyLedgerOptions {
  readonly path: string;
  /** The trusted C2SP vkey. */
  readonly vkey: string;
  readonly onProgress?: (done: number, total: number) => void;
  /**
   * Only the newest entries, at least this many; the tiles that stand for those before them are taken as stored, and
   * must add up to the signed root. Everything by default.
   */
  readonly tail?: number;
}

export type Report = (kind: LedgerProblemKind, index: number | null, message: string) => void;

/**
 * Checks everything stored against the signed head, in memory that does not grow with the ledger, beside a station that
 * works. Shares no code with what appends: it is the second opinion. Never throws for what it finds.
 */
export async function verifyLedger(options: VerifyLedgerOptions): Promise<LedgerVerdict> {
  const problems: LedgerProblem[] = [];
  const report: Report = (kind, index, message) => {
    if (problems.length < mostProblems) problems.push({ index, kind, message });
    else if (problems.length === mostProblems) {
      problems.push({ index: null, kind, message: "There are more problems than are listed." });
    }
  };
  let head: SignedHead | null = null;
  try {
    const database = openToRead(options.path);
    try {
      // One read transaction: what others append meanwhile is not seen.
      database.exec("PRAGMA trusted_schema = OFF; PRAGMA busy_timeout = 2000; BEGIN");
      const version = checkSchema(database, report);
      if (version !== null) {
        head = readHead(database, options.vkey, report);
        if (head !== null) {
          const from = options.tail === undefined ? 0 : tailStart(head.size, options.tail);
          const isSound = () => problems.length === 0;
          await checkEntries(database, version, head, from, report, isSound, options.onProgress ?? (() => {}));
        }
      }
    } finally {
      database.close();
    }
  } catch (error) {
    report("database", null, `SQLite cannot read the file (${sqliteText(error)}).`);
  }
  return { ok: problems.length === 0, size: head?.size ?? 0, problems, checkpoint: head?.note ?? null };
}

/** Where a check of the tail begins: on the border of a tile of tiles, so that nothing below it is read by halves. */
export function tailStart(size: number, tail: number): number {
  return Math.max(0, Math.floor((size - tail) / tileOfTiles)) * tileOfTiles;
}

const tileOfTiles = width * width;
const mostProblems = 1000;
const bundlesATurn = 32;

async function checkEntries(
  database: DatabaseSync,
  version: number,
  head: SignedHead,
  from: number,
  report: Report,
  isSound: () => boolean,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const total = head.size;
  const tree = new TreeCheck(database, report, from);
  // Lookups are compared whole or not at all.
  const lookups = version >= 2 && from === 0 ? new LookupCheck(database, total, report) : null;
  const expiries = version >= 5 && from === 0 ? new ExpiryCheck(database, total, report) : null;
  const tally = version >= 4 ? new TallyCheck(database, from) : null;
  const facts = new FactReader(report);
  let bundles = 0;
  for (const bundle of new BundleReader(database, total, report).bundles(from)) {
    tree.bundle(bundle);
    for (let offset = 0; offset < bundle.count; offset++) {
      const found = facts.read(bundle, offset);
      lookups?.entry(bundle.from + offset, found);
      expiries?.entry(bundle, offset, found);
      if (found !== null) tally?.entry(bundle, offset, found);
    }
    bundles += 1;
    if (bundles % bundlesATurn === 0) {
      onProgress(Math.min(bundle.from + width, total), total);
      await turn();
    }
  }
  tree.finish(head);
  lookups?.finish();
  expiries?.finish();
  if (version >= 3) checkOutbox(database, total, report);
  if (isSound()) tally?.finish(report);
  onProgress(total, total);
}

function sqliteText(error: unknown): string {
  const { errstr, code } = error as { errstr?: unknown; code?: unknown };
  return typeof errstr === "string" ? errstr : typeof code === "string" ? code : "unknown fault";
}
