import { StationError } from "#shared/domain/errors.ts";
import { type Checkpoint, openCheckpoint } from "#shared/formats/checkpoint.ts";
import type { RetiredKey } from "#shared/formats/key-history.ts";
import { minisignKeyIdOf, type MinisignKey } from "#shared/formats/minisign.ts";
import { noteKey } from "#shared/formats/signed-note.ts";
import type { StationKeys } from "./trusted-keys.ts";

/** Opens what today's key or one before it signed, and holds each to the ledgers it may speak for. */

/** @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE, LEDGER_FOREIGN */
export function openHead(note: string, { ledger, retired }: Pick<StationKeys, "ledger" | "retired">): Checkpoint {
  return underAny(ledger.publicKey, retired?.ledger ?? [], {
    open: (publicKey) => openCheckpoint(note, noteKey(ledger.name, publicKey)),
    sizeOf: ({ size }) => size,
  });
}

/** What `open` makes of it under the first key that fits. @throws StationError as under today's key when none does */
export function underAny<T>(
  current: Uint8Array,
  retired: readonly RetiredKey[],
  { open, sizeOf }: { readonly open: (key: Uint8Array) => T; readonly sizeOf: (opened: T) => number },
): T {
  try {
    return open(current);
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    for (const key of retired) {
      const opened = tryOpen(() => open(key.publicKey));
      if (opened !== null && sizeOf(opened.value) <= key.until) return opened.value;
      if (opened !== null) throw tooLate();
    }
    throw error;
  }
}

/** Under which keys sums may be signed that belong to a ledger of this size; null when the size is not known. */
export function minisignKeysFor(
  { minisign, retired }: Pick<StationKeys, "minisign" | "retired">,
  ledgerSize: number | null,
): readonly MinisignKey[] {
  const former = (retired?.minisign ?? []).filter(({ until }) => ledgerSize === null || ledgerSize <= until);
  return [minisign, ...former.map(({ publicKey }) => ({ keyId: minisignKeyIdOf(publicKey), publicKey }))];
}

function tryOpen<T>(open: () => T): { readonly value: T } | null {
  try {
    return { value: open() };
  } catch (error) {
    if (error instanceof StationError) return null;
    throw error;
  }
}

function tooLate(): StationError {
  return new StationError(
    "VERIFY_SIGNATURE",
    "It is signed by a key of this station that was no longer in use by then.",
  );
}
