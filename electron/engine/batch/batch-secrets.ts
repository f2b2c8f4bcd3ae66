import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import type { SecretStore } from "../keys/secret-store.ts";

/** What an unfinished batch needs to go on and the ledger may not hold; sealed in the key ring until the batch ends. */
export interface BatchSecrets {
  readonly apiKey: string;
  readonly proxy: string | null;
  readonly caPem: string | null;
  /** Any device may use these, in order. */
  readonly pool: readonly string[];
  /** Only the device named by fingerprint SHA-256 may use its key. */
  readonly own: Readonly<Record<string, string>>;
  /** Fingerprint components by fingerprint SHA-256; too large for a ledger entry. */
  readonly components: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const schema: z.ZodType<BatchSecrets> = z.strictObject({
  apiKey: z.string(),
  proxy: z.string().nullable(),
  caPem: z.string().nullable(),
  pool: z.array(z.string()),
  own: z.record(z.string(), z.string()),
  components: z.record(z.string(), z.record(z.string(), z.string())),
});

export function keepBatchSecrets(store: SecretStore, batch: string, secrets: BatchSecrets): void {
  store.put(nameOf(batch), JSON.stringify(secrets));
}

/** @throws StationError SECRET_MISSING, KEYS_UNREADABLE */
export function batchSecrets(store: SecretStore, batch: string): BatchSecrets {
  const kept = store.get(nameOf(batch));
  if (kept === null) {
    throw new StationError(
      "SECRET_MISSING",
      "The keys of the unfinished batch are not in this station's key store. Provision the stick again: seats taken are found, not doubled.",
    );
  }
  const parsed = schema.safeParse(JSON.parse(kept));
  if (!parsed.success)
    throw new StationError(
      "KEYS_UNREADABLE",
      "What the key store holds for the unfinished batch is damaged. Provision the stick again.",
    );
  return parsed.data;
}

/** Whether {@link batchSecrets} will have them; without them the batch can be neither finished nor delivered. */
export function hasBatchSecrets(store: SecretStore, batch: string): boolean {
  const kept = store.get(nameOf(batch));
  return kept !== null && schema.safeParse(JSON.parse(kept)).success;
}

export function forgetBatchSecrets(store: SecretStore, batch: string): void {
  store.delete(nameOf(batch));
}

function nameOf(batch: string): string {
  return `batch/${batch}`;
}
