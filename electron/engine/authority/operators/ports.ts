import type { LedgerEntry, LedgerEntryBody, LedgerEntryType } from "#shared/domain/ledger-entry.ts";

/** An operator's opened key. */
export interface OperatorKey {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** Where operators' keys are sealed; the engine's keys room has the real one. All of it is named by public key. */
export interface OperatorKeys {
  make(badge: string, pin: string): Promise<OperatorKey>;
  /** Null: not with this PIN. @throws StationError OPERATOR_TAMPERED */
  open(publicKey: Uint8Array, pin: string): Promise<OperatorKey | null>;
  /** Takes as long as {@link open}. */
  pretend(pin: string): Promise<void>;
  /** @throws StationError OPERATOR_TAMPERED */
  badge(publicKey: Uint8Array): string;
  forget(publicKey: Uint8Array): void;
}

/** As much of the ledger as operators need. Appending is durable on return. */
export interface OperatorLedger {
  readonly origin: string;
  append(bodies: readonly LedgerEntryBody[]): readonly number[];
  entriesOfType<T extends LedgerEntryType>(
    type: T,
  ): readonly { readonly index: number; readonly entry: Extract<LedgerEntry, { type: T }> }[];
}
