import { base64, fromBase64, must } from "#shared/formats/encoding.ts";
import type { OsKeyStore, Sealing } from "../engine/keys/index.ts";

/** What of `safeStorage` is used. */
export interface SafeStoragePieces {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(text: string): Promise<Buffer>;
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string }>;
  getSelectedStorageBackend(): string;
}

/**
 * The system's key store as what seals the station's keys; null where there is none. On Linux without a keyring
 * Electron "encrypts" with a password that everybody knows (`basic_text`): that is no store, and a passphrase must do.
 */
export async function systemSealing(storage: SafeStoragePieces, platform: NodeJS.Platform): Promise<Sealing | null> {
  if (!(await storage.isAsyncEncryptionAvailable().catch(() => false))) return null;
  if (platform === "linux" && !keyrings.has(storage.getSelectedStorageBackend())) return null;
  return { custody: "os", store: systemStore(storage) };
}

const keyrings: ReadonlySet<string> = new Set(["gnome_libsecret", "kwallet", "kwallet5", "kwallet6"]);

function systemStore(storage: SafeStoragePieces): OsKeyStore {
  return {
    // The store takes text only.
    protect: async (secret) => new Uint8Array(await storage.encryptStringAsync(base64(secret))),
    unprotect: async (sealed) =>
      must(fromBase64((await storage.decryptStringAsync(Buffer.from(sealed))).result), "the secret"),
  };
}
