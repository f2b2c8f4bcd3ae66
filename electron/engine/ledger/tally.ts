import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";
import { dayMs, DayWindow, RisingTimes } from "./day-window.ts";

/** How much was provisioned; LEDGER.md, "Provisionings", says what counts. Instants are milliseconds since 1970. */
export interface Provisionings {
  /** Devices counted after that instant, which is at most 24 hours before now. */
  countAfter(ms: number): number;
  /** When the n-th of them was counted, from 0. */
  after(ms: number, n: number): number | null;
  /** Devices counted on the UTC day of that instant. */
  countOnDayOf(ms: number): number;
  /** Whether the device is counted on that UTC day already, so that it would not count again. */
  isCountedOnDayOf(ms: number, fingerprintSha256: string): boolean;
  /** Batches begun after that instant, which is at most 24 hours before now. */
  startsAfter(ms: number): number;
  startAfter(ms: number, n: number): number | null;
  /** Distinct devices ever provisioned while a licence of this id was in force. */
  devicesOf(licenceId: string): number;
  isDeviceOf(licenceId: string, fingerprintSha256: string): boolean;
}

/**
 * Counts provisionings as the ledger grows. The table holds every intent that stands, one a device and batch; it is made
 * from the entries and checked against them at every opening. Memory holds what the last two UTC days add up to.
 */
export class Tally implements Provisionings {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #ofDevice: StatementSync;
  readonly #underLicence: StatementSync;
  readonly #distinct: StatementSync;
  readonly #window = new DayWindow();
  readonly #starts = new RisingTimes();
  /** Licence id -> index of its first activation. */
  readonly #licences = new Map<string, number>();
  readonly #devices = new Map<number, number>();
  #inForce = 0;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      "INSERT INTO provisionings (idx, at, batch, licence, device) VALUES (?, ?, ?, ?, ?)",
    );
    this.#delete = database.prepare("DELETE FROM provisionings WHERE idx = ?");
    this.#ofDevice = database.prepare("SELECT idx, at, licence FROM provisionings WHERE device = ? AND batch = ?");
    this.#underLicence = database.prepare("SELECT 1 FROM provisionings WHERE device = ? AND licence = ? LIMIT 1");
    this.#distinct = database.prepare("SELECT count(DISTINCT device) AS n FROM provisionings WHERE licence = ?");
  }

  /** Takes in the next entry; the caller holds its transaction. */
  note(index: number, atMs: number, body: LedgerEntryBody): void {
    switch (body.type) {
      case "activation.intended":
        this.#intend(index, atMs, body.batch, body.fingerprint_sha256);
        break;
      case "device.failed":
        if (body.seat === "none") this.#giveBack(body.batch, body.fingerprint_sha256);
        break;
      default:
        this.remember(index, atMs, body);
    }
  }

  /** What is not in the table: which licence is in force, and when batches were begun. */
  remember(index: number, atMs: number, body: LedgerEntryBody): void {
    if (body.type === "batch.started") {
      this.#starts.forgetBefore(atMs - dayMs);
      this.#starts.push(atMs);
    } else if (body.type === "licence.activated") {
      this.#inForce = this.#licences.get(body.licence_id) ?? index;
      this.#licences.set(body.licence_id, this.#inForce);
    } else if (body.type === "licence.removed") {
      this.#inForce = 0;
    }
  }

  /** Reads back what the table holds of the last two days. */
  recall(database: DatabaseSync, newestMs: number): void {
    const from = (Math.floor(newestMs / dayMs) - 1) * dayMs;
    const recent: { device: Uint8Array; at: number }[] = [];
    for (const row of database.prepare("SELECT at, device FROM provisionings ORDER BY idx DESC").iterate()) {
      const at = Number(row["at"]);
      if (at < from) break;
      recent.push({ at, device: row["device"] as Uint8Array });
    }
    for (const { device, at } of recent.reverse()) this.#window.add(Buffer.from(device).toString("hex"), at);
  }

  countAfter(ms: number): number {
    return this.#window.countAfter(ms);
  }

  after(ms: number, n: number): number | null {
    return this.#window.after(ms, n);
  }

  countOnDayOf(ms: number): number {
    return this.#window.countOn(Math.floor(ms / dayMs));
  }

  isCountedOnDayOf(ms: number, fingerprintSha256: string): boolean {
    return this.#window.has(keyOf(fingerprintSha256), Math.floor(ms / dayMs));
  }

  startsAfter(ms: number): number {
    return this.#starts.countAfter(ms);
  }

  startAfter(ms: number, n: number): number | null {
    return this.#starts.after(ms, n);
  }

  devicesOf(licenceId: string): number {
    const licence = this.#licences.get(licenceId);
    if (licence === undefined) return 0;
    // One pass over the index, once in the life of an open ledger.
    const count = this.#devices.get(licence) ?? Number(this.#distinct.get(licence)?.["n"]);
    this.#devices.set(licence, count);
    return count;
  }

  isDeviceOf(licenceId: string, fingerprintSha256: string): boolean {
    const licence = this.#licences.get(licenceId);
    return licence !== undefined && this.#isUnder(licence, blobOf(fingerprintSha256));
  }

  #intend(index: number, atMs: number, batch: string, fingerprintSha256: string): void {
    const device = blobOf(fingerprintSha256);
    // The pool's next key, or a retry: the batch has counted the device.
    if (this.#ofDevice.get(device, batch) !== undefined) return;
    const known = this.#devices.get(this.#inForce);
    if (known !== undefined && !this.#isUnder(this.#inForce, device)) this.#devices.set(this.#inForce, known + 1);
    this.#insert.run(index, atMs, batch, this.#inForce, device);
    this.#window.add(keyOf(fingerprintSha256), atMs);
  }

  #giveBack(batch: string, fingerprintSha256: string): void {
    const device = blobOf(fingerprintSha256);
    const row = this.#ofDevice.get(device, batch);
    if (row === undefined) return;
    this.#delete.run(Number(row["idx"]));
    this.#window.remove(keyOf(fingerprintSha256), Number(row["at"]));
    const licence = Number(row["licence"]);
    const known = this.#devices.get(licence);
    if (known !== undefined && !this.#isUnder(licence, device)) this.#devices.set(licence, known - 1);
  }

  #isUnder(licence: number, device: Uint8Array): boolean {
    return this.#underLicence.get(device, licence) !== undefined;
  }
}

const deviceBytes = 16;

function keyOf(fingerprintSha256: string): string {
  return fingerprintSha256.slice(0, deviceBytes * 2);
}

function blobOf(fingerprintSha256: string): Uint8Array {
  return Buffer.from(keyOf(fingerprintSha256), "hex");
}
