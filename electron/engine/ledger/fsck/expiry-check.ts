import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Report } from "../fsck.ts";
import type { Bundle } from "./bundle.ts";
import type { EntryFacts } from "./facts.ts";
import { instantMs } from "./instant-bytes.ts";

/** Entries for which the table is written at once. */
const run = 4096;
const recordBytes = 24;
const deviceBytes = 16;
const expiresName = Buffer.from('"expires_at":"');
const fingerprintName = Buffer.from('"fingerprint_sha256":"');

/** Makes the table of files by expiry again, a run at a time, and compares: LEDGER.md says what a record holds. */
export class ExpiryCheck {
  readonly #report: Report;
  readonly #database: DatabaseSync;
  readonly #recordsOf: StatementSync;
  readonly #through: number;
  readonly #right = Buffer.alloc(run * recordBytes);
  #length = 0;

  /** @param total entries under the signed head */
  constructor(database: DatabaseSync, total: number, report: Report) {
    this.#report = report;
    this.#database = database;
    this.#recordsOf = database.prepare("SELECT records FROM expiry_runs WHERE run = ?");
    this.#through = total - (total % run);
  }

  /** Every entry in order; null for one that cannot be read. */
  entry(bundle: Bundle, offset: number, facts: EntryFacts | null): void {
    const index = bundle.from + offset;
    if (index >= this.#through) return;
    if (facts?.type === "machine-file.issued") this.#take(bundle, offset, index);
    if (index % run === run - 1) this.#endRun(Math.floor(index / run));
  }

  finish(): void {
    const rows = Number(this.#database.prepare("SELECT count(*) AS n FROM expiry_runs").get()?.["n"]);
    if (rows !== this.#through / run) {
      this.#report("lookup", null, "The lookup table expiry_runs does not match the entries.");
    }
  }

  #take({ bytes, starts }: Bundle, offset: number, index: number): void {
    const [start, end] = [starts[offset] ?? 0, starts[offset + 1] ?? 0];
    const [expires, fingerprint] = [expiresName, fingerprintName].map((name) => {
      const at = bytes.indexOf(name, start);
      return at < 0 || at >= end ? -1 : at + name.length;
    });
    if (expires === undefined || fingerprint === undefined || expires < 0 || fingerprint < 0) return;
    const at = this.#length;
    this.#right.writeUInt16BE(index % run, at);
    this.#right.writeUIntBE(Math.max(0, instantMs(bytes, expires) || 0), at + 2, 6);
    for (let i = 0; i < deviceBytes; i++) {
      const [high, low] = [bytes[fingerprint + 2 * i] ?? 0, bytes[fingerprint + 2 * i + 1] ?? 0];
      this.#right[at + 8 + i] = digitOf(high) * 16 + digitOf(low);
    }
    this.#length += recordBytes;
  }

  #endRun(at: number): void {
    const found = this.#recordsOf.get(at)?.["records"];
    const isSame = found instanceof Uint8Array && this.#right.subarray(0, this.#length).equals(found);
    if (!isSame) this.#report("lookup", at * run, `The lookup by expiry of the entries from ${at * run} on is wrong.`);
    this.#length = 0;
  }
}

function digitOf(byte: number): number {
  return byte < 0x3a ? byte - 0x30 : byte - 0x57;
}
