import { hash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StationError } from "#shared/domain/errors.ts";
import type { LedgerEntryBody } from "#shared/domain/ledger-entry.ts";

/** The bytes of a machine file whose `machine-file.issued` entry is appended with it. */
export interface Attachment {
  /** Lower-case hex. */
  readonly fileSha256: string;
  readonly batch: string;
  readonly bytes: Uint8Array;
}

export interface OwedFile {
  /** Of its ledger entry. */
  readonly index: number;
  readonly fileSha256: string;
  readonly bytes: Uint8Array;
}

/** Where in `bodies` each attachment is announced. @throws StationError INTERNAL when one is not, or is another file */
export function placesOf(bodies: readonly LedgerEntryBody[], attachments: readonly Attachment[]): readonly number[] {
  return attachments.map(({ fileSha256, batch, bytes }) => {
    const place = bodies.findIndex(
      (body) => body.type === "machine-file.issued" && body.file_sha256 === fileSha256 && body.batch === batch,
    );
    if (place < 0 || hash("sha256", bytes) !== fileSha256) {
      throw new StationError("INTERNAL", "A file was to be kept that is not the one its ledger entry names.");
    }
    return place;
  });
}

/** Issued files not yet delivered. Changes happen inside the transaction of the entries that explain them. */
export class Outbox {
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #byFile: StatementSync;
  readonly #byBatch: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO outbox (idx, file_sha256, batch, bytes) VALUES (?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM outbox WHERE batch = ?");
    this.#byFile = database.prepare("SELECT bytes FROM outbox WHERE file_sha256 = ?");
    this.#byBatch = database.prepare(
      "SELECT idx, file_sha256, bytes FROM outbox WHERE batch = ? AND idx > ? ORDER BY idx LIMIT 1",
    );
  }

  keep(index: number, { fileSha256, batch, bytes }: Attachment): void {
    this.#insert.run(index, fileSha256, batch, bytes);
  }

  settle(batch: string): void {
    this.#remove.run(batch);
  }

  file(fileSha256: string): Uint8Array | null {
    const bytes = this.#byFile.get(fileSha256)?.["bytes"];
    return bytes instanceof Uint8Array ? bytes : null;
  }

  *owed(batch: string): IterableIterator<OwedFile> {
    for (let after = -1; ; ) {
      const row = this.#byBatch.get(batch, after);
      if (row === undefined) return;
      after = Number(row["idx"]);
      yield { index: after, fileSha256: String(row["file_sha256"]), bytes: row["bytes"] as Uint8Array };
    }
  }
}
