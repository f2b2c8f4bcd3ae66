import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Entries in a run: what is looked through in memory at most, and written at once. */
export const runLength = 4096;
const recordBytes = 8;

/**
 * Finds entries by device: for each run of 4,096 entries one sorted list of records, the first 40 bits of the
 * fingerprint's SHA-256 times 4,096 plus the place in the run. Written in the order of the log, so that an append
 * touches no page of the past; read into memory, 8 bytes an entry, at the first question.
 */
export class DeviceRuns {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #recent = new Float64Array(runLength);
  #recentCount = 0;
  #count: number;
  readonly #runs: Buffer[] = [];

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT records FROM device_runs WHERE run >= ? ORDER BY run");
    this.#insert = database.prepare("INSERT INTO device_runs (run, records) VALUES (?, ?)");
    this.#count = Number(database.prepare("SELECT count(*) AS n FROM device_runs").get()?.["n"]);
  }

  /** Complete runs. */
  get count(): number {
    return this.#count;
  }

  note(index: number, fingerprintSha256: string): void {
    this.#recent[this.#recentCount++] = keyOf(fingerprintSha256) * runLength + (index % runLength);
  }

  /** Closes the run; the caller holds the transaction. */
  write(): void {
    const sorted = this.#recent.subarray(0, this.#recentCount).sort();
    const records = Buffer.alloc(sorted.length * recordBytes);
    for (const [i, record] of sorted.entries()) {
      records.writeUInt32BE(Math.floor(record / 2 ** 32), i * recordBytes);
      records.writeUInt32BE(record % 2 ** 32, i * recordBytes + 4);
    }
    this.#insert.run(this.#count, records);
    this.#count += 1;
    this.#recentCount = 0;
  }

  /** Rising; another device with the same first bits may be among them. */
  find(fingerprintSha256: string): readonly number[] {
    const first = keyOf(fingerprintSha256) * runLength;
    for (const { records } of this.#runs.length < this.#count ? this.#select.iterate(this.#runs.length) : []) {
      const bytes = records as Uint8Array;
      this.#runs.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    }
    const found = this.#runs.flatMap((run, i) => placesIn(run, first).map((place) => i * runLength + place));
    for (let i = 0; i < this.#recentCount; i++) {
      const place = (this.#recent[i] ?? 0) - first;
      if (place >= 0 && place < runLength) found.push(this.#count * runLength + place);
    }
    return found;
  }
}

function keyOf(fingerprintSha256: string): number {
  return Number.parseInt(fingerprintSha256.slice(0, 10), 16);
}

/** Of the records from `first` up to the next device's, by bisection. */
function placesIn(run: Buffer, first: number): number[] {
  let low = 0;
  let high = run.length / recordBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (recordAt(run, middle) < first) low = middle + 1;
    else high = middle;
  }
  const places: number[] = [];
  for (; low * recordBytes < run.length; low++) {
    const place = recordAt(run, low) - first;
    if (place >= runLength) break;
    places.push(place);
  }
  return places;
}

function recordAt(run: Buffer, i: number): number {
  return run.readUInt32BE(i * recordBytes) * 2 ** 32 + run.readUInt32BE(i * recordBytes + 4);
}
