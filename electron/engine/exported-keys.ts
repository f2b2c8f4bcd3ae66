import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { exportPublicKeys, type KeyRing, type PublicKeyFiles } from "./keys/index.ts";
import type { Ledger } from "./ledger/ledger.ts";

/** The station's public keys with those they replaced, as every export carries them. */
export function stationKeyFiles(keys: KeyRing, ledger: Ledger, name: string): PublicKeyFiles {
  const rotations = ledger.entriesOfType("key.rotated").map(({ index, entry }) => ({ index, rotation: entry }));
  return exportPublicKeys(keys, name, rotations);
}

/**
 * Every licensing key this station believes. `licensing-keys.json` holds the newest of each kid (FORMATS section 3); where
 * two servers use one kid, or one changed its key, `licensing-keys-all.json` has them all, oldest first.
 */
export function licensingKeyFiles(ledger: Ledger): Readonly<Record<string, Uint8Array>> {
  const newest: Record<string, string> = {};
  const all = new Map<string, { readonly api: string; readonly kid: string; readonly public_key: string }>();
  for (const { api, kid, public_key } of ledger.trustedSigningKeys()) {
    newest[kid] = public_key;
    all.set(`${api}\n${kid}\n${public_key}`, { api, kid, public_key });
  }
  const distinct = new Set([...all.values()].map(({ kid, public_key }) => `${kid}\n${public_key}`)).size;
  return {
    "licensing-keys.json": utf8(`${canonicalJson(newest)}\n`),
    ...(distinct > Object.keys(newest).length
      ? { "licensing-keys-all.json": utf8(`${canonicalJson([...all.values()])}\n`) }
      : {}),
  };
}
