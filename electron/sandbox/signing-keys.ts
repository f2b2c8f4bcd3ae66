import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { base64 } from "#shared/formats/encoding.ts";
import type { Entropy } from "./entropy.ts";

interface SigningKeyPair {
  readonly keyId: string;
  /** Raw 32 bytes, standard padded Base64. */
  readonly publicKey: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** Which keys are served; the last one signs. Serials name derived keys, so no private key is ever stored. */
export interface SavedSigningKeys {
  readonly nextSerial: number;
  readonly served: readonly { readonly serial: number; readonly createdAt: number }[];
}

export interface SigningKeys {
  signing(): SigningKeyPair;
  find(keyId: string): SigningKeyPair | null;
  /** A new key signs from now on. The old ones stay served, so that their files still open, unless withdrawn. */
  rotate(now: number, withdrawOld: boolean): SigningKeyPair;
  /** A key the server never serves, for files that must be refused. */
  impostor(): SigningKeyPair;
  saved(): SavedSigningKeys;
  restore(saved: SavedSigningKeys): void;
  /** Back to the keys of the start. */
  reset(): void;
}

export function createSigningKeys(entropy: Entropy, count: number, now: number): SigningKeys {
  let nextSerial = 1;
  let served: { readonly serial: number; readonly pair: SigningKeyPair }[] = [];
  const impostor = pairOf(entropy.derive("signing key impostor", 32), "impostor", now);
  const make = (serial: number, createdAt: number) => ({
    serial,
    pair: pairOf(entropy.derive(`signing key ${serial}`, 32), `rehearsal-${serial}`, createdAt),
  });
  const last = () => {
    const newest = served.at(-1);
    if (newest === undefined) throw new Error("a sandbox without signing keys");
    return newest.pair;
  };
  const rotate = (at: number, withdrawOld: boolean) => {
    served = [...(withdrawOld ? [] : served), make(nextSerial++, at)];
    return last();
  };
  const reset = () => {
    nextSerial = 1;
    served = [];
    for (let i = 0; i < count; i++) rotate(now, false);
  };
  reset();
  return {
    reset,
    signing: last,
    find: (keyId) => served.find(({ pair }) => pair.keyId === keyId)?.pair ?? null,
    rotate,
    impostor: () => impostor,
    saved: () => ({ nextSerial, served: served.map(({ serial, pair }) => ({ serial, createdAt: pair.createdAt })) }),
    restore: (saved) => {
      nextSerial = saved.nextSerial;
      served = saved.served.map(({ serial, createdAt }) => make(serial, createdAt));
    },
  };
}

// PKCS #8 around a bare Ed25519 private key (RFC 8410, section 7).
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function pairOf(seed: Uint8Array, name: string, createdAt: number): SigningKeyPair {
  const privateKey: KeyObject = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const raw = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  return {
    keyId: `${name}-${createHash("sha256").update(raw).digest("hex").slice(0, 8)}`,
    publicKey: base64(raw),
    createdAt,
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}
