import type { z } from "zod";
import type { deviceHit, ledgerRow } from "#shared/ipc/ledger-contract.ts";
import type { BatchState } from "../batch/batch-state.ts";

export type LedgerRow = z.infer<typeof ledgerRow>;
export type DeviceHit = z.infer<typeof deviceHit>;

export interface LedgerPage {
  readonly before: number | null;
  readonly limit: number;
  readonly type: string | null;
  readonly query: string;
}

/** What the window asks of the ledger; all of it reads. */
export interface LedgerReads {
  readonly size: number;
  /** Lower-case hex. */
  readonly root: string;
  checkpoint(): string;
  /** @throws StationError USAGE when there is no such entry */
  receipt(index: number): Uint8Array;
  /** @throws StationError USAGE when there is no such entry */
  row(index: number): LedgerRow;
  /** Newest first, from below `before`. `query` is part of a device's name, a batch, an operator, or a hash. */
  page(asked: LedgerPage): Promise<LedgerRow[]>;
  /** Null when it was never started. */
  batch(id: string): BatchState | null;
  /** Newest first. */
  batchIds(offset: number, limit: number): { readonly total: number; readonly ids: readonly string[] };
  openBatches(): readonly string[];
  /** Oldest first. */
  deviceHistory(fingerprintSha256: string): LedgerRow[];
  /** Most recently issued first. */
  devices(query: string, offset: number, limit: number): Promise<{ total: number; rows: DeviceHit[] }>;
  issuedBefore(fingerprintSha256: string): boolean;
  /** Whether the device had a file before this batch gave it one. */
  issuedBeforeBatch(fingerprintSha256: string, batch: string): boolean;
  /** `YYYY-MM` of each device's newest file that is still good at `now`. */
  expiringMonths(now: Date): Promise<ReadonlyMap<string, number>>;
}
