import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { runLength } from "./device-runs.ts";
import type { EntryReader } from "./entry-reader.ts";
import { schemaVersion } from "./migrations/migrate.ts";

type File = Pick<BodyOf<"machine-file.issued">, "fingerprint_sha256" | "expires_at">;

/**
 * Finds machine files by when they expire: for each complete run of 4,096 entries a record for every file in it, in their
 * order, of 24 bytes: place in the run (2), expiry in milliseconds since 1970 (6), both big-endian, and the first 16
 * bytes of the fingerprint's SHA-256. So the files of a million entries are 8 MB that are read in a tenth of a second.
 */
export class ExpiryRuns {
  readonly #entries: EntryReader;
  /** Null: a ledger of before there was the table, opened for reading only. */
  readonly #table: {
    readonly count: StatementSync;
    readonly select: StatementSync;
    readonly insert: StatementSync;
  } | null;
  readonly #recent = Buffer.alloc(runLength * recordBytes);
  #recentLength = 0;

  constructor(database: DatabaseSync, entries: EntryReader) {
    this.#entries = entries;
    this.#table =
      schemaVersion(database) < 5
        ? null
        : {
            count: database.prepare("SELECT count(*) AS n FROM expiry_runs"),
            select: database.prepare("SELECT records FROM expiry_runs WHERE run = ?"),
            insert: database.prepare("INSERT INTO expiry_runs (run, records) VALUES (?, ?)"),
          };
  }

  note(index: number, file: File): void {
    putRecord(this.#recent, this.#recentLength, index, file);
    this.#recentLength += recordBytes;
  }

  /** Closes the run; the caller holds the transaction. */
  write(run: number): void {
    this.#table?.insert.run(run, this.#recent.subarray(0, this.#recentLength));
    this.#recentLength = 0;
  }

  /** Writes what is missing of the first `runs` runs; the caller holds the transaction. */
  fill(runs: number): void {
    if (this.#table === null) return;
    const { count, insert } = this.#table;
    for (let run = Number(count.get()?.["n"]); run < runs; run++) insert.run(run, this.#made(run));
  }

  /** @param size entries that are looked at. @returns indices, rising */
  async newest(fromMs: number, toMs: number, size: number): Promise<readonly number[]> {
    const isWanted = (records: Buffer, at: number): boolean => {
      const expiresMs = records.readUIntBE(at + placeBytes, timeBytes);
      return expiresMs >= fromMs && expiresMs <= toMs;
    };
    const runs = Math.floor(size / runLength);
    // Of this moment: while others have their turn the run may be completed.
    const recent = Buffer.from(this.#recent.subarray(0, this.#recentLength));
    const recordsOf = (run: number): Buffer => (run === runs ? recent : this.#records(run));
    const oldest = await this.#firstRun(runs, recordsOf, isWanted);
    const seen = new Set<string>();
    const found: number[] = [];
    for (let run = runs; run >= oldest; run--) {
      const records = recordsOf(run);
      for (let at = records.length - recordBytes; at >= 0; at -= recordBytes) {
        const index = run * runLength + records.readUInt16BE(at);
        const device = records.toString("latin1", at + placeBytes + timeBytes, at + recordBytes);
        if (index >= size || seen.has(device)) continue;
        seen.add(device);
        if (isWanted(records, at)) found.push(index);
      }
      if (run % runsATurn === 0) await turn();
    }
    return found.reverse();
  }

  /** The first run with a wanted file: what is older is in nobody's way. */
  async #firstRun(
    runs: number,
    recordsOf: (run: number) => Buffer,
    isWanted: (records: Buffer, at: number) => boolean,
  ): Promise<number> {
    for (let run = 0; run <= runs; run++) {
      const records = recordsOf(run);
      for (let at = 0; at < records.length; at += recordBytes) if (isWanted(records, at)) return run;
      if (run % runsATurn === 0) await turn();
    }
    return runs + 1;
  }

  #records(run: number): Buffer {
    const records = this.#table?.select.get(run)?.["records"];
    if (!(records instanceof Uint8Array)) return this.#made(run);
    return Buffer.from(records.buffer, records.byteOffset, records.length - (records.length % recordBytes));
  }

  #made(run: number): Buffer {
    const from = run * runLength;
    const records = Buffer.alloc(runLength * recordBytes);
    let length = 0;
    for (const { index, fingerprint_sha256, expires_at } of this.#entries.membersOf(
      "machine-file.issued",
      ["fingerprint_sha256", "expires_at"],
      from,
      from + runLength,
    )) {
      const file = { fingerprint_sha256: String(fingerprint_sha256), expires_at: String(expires_at) };
      putRecord(records, length, index, file);
      length += recordBytes;
    }
    return records.subarray(0, length);
  }
}

const placeBytes = 2;
const timeBytes = 6;
const recordBytes = 24;
const runsATurn = 16;

function putRecord(records: Buffer, at: number, index: number, { fingerprint_sha256, expires_at }: File): void {
  records.writeUInt16BE(index % runLength, at);
  // An instant that is none, or before 1970, has expired.
  records.writeUIntBE(Math.max(0, Date.parse(expires_at) || 0), at + placeBytes, timeBytes);
  records.write(fingerprint_sha256, at + placeBytes + timeBytes, recordBytes - placeBytes - timeBytes, "hex");
}
