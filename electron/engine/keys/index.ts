export { accountSecretFile } from "./account-secret.ts";
export { exportPublicKeys, type PublicKeyFiles } from "./export-public-keys.ts";
export type { KeyUse } from "./key-file.ts";
export { type OperatorVault, operatorVault } from "./operator-vault.ts";
export { custodyOf, type KeyRing, openKeyRing } from "./key-ring.ts";
export type { OsKeyStore, Sealing } from "./sealing.ts";
export type { SecretStore } from "./secret-store.ts";
