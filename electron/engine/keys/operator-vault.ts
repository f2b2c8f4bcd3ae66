import { createSecretKey, type KeyObject, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import { base64, fromBase64, must, utf8 } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";
import { openBox, sealBox } from "./sealed-box.ts";
import { base64Text } from "./sealing.ts";
import type { SecretStore } from "./secret-store.ts";
import { seedBytes, type SigningKey, signingKeyFromSeed } from "./signing-key.ts";

/**
 * Operators' keys, each sealed twice: under a key derived from its PIN, and with that inside the station's sealed
 * secrets, so that neither a copied file nor a PIN alone opens it. A key is found by its public half.
 */
export interface OperatorVault {
  /** A new key under this PIN, durable. @throws StationError HOME_UNREADABLE */
  make(badge: string, pin: string): Promise<SigningKey>;
  /** Null: not with this PIN. @throws StationError OPERATOR_TAMPERED when it is not there or not what was sealed */
  open(publicKey: Uint8Array, pin: string): Promise<SigningKey | null>;
  /** Takes as long as {@link open}, so that an unknown badge can't be told from a wrong PIN. */
  pretend(pin: string): Promise<void>;
  /** @throws StationError OPERATOR_TAMPERED */
  badge(publicKey: Uint8Array): string;
  /** For a key that another replaced. */
  forget(publicKey: Uint8Array): void;
}

export function operatorVault(secrets: SecretStore, random: Random): OperatorVault {
  const sealed = (publicKey: Uint8Array): Sealed => {
    const text = secrets.get(nameOf(publicKey));
    const parsed = schema.safeParse(text === null ? null : parseCanonicalJson(text)?.value);
    if (parsed.success) return parsed.data;
    throw tampered();
  };
  return {
    make: async (badge, pin) => {
      const open = { n: cost, r: 8, p: 1, salt: base64(random.bytes(saltBytes)) } as const;
      const key = await pinKey(pin, open);
      const seed = random.bytes(seedBytes);
      const copy = seed.slice();
      const signer = signingKeyFromSeed(seed);
      const box = base64(sealBox(key, purpose(signer.publicKey, badge, open), copy, random));
      copy.fill(0);
      secrets.put(nameOf(signer.publicKey), canonicalJson({ v: 1, ...open, badge, box }));
      return signer;
    },
    open: async (publicKey, pin) => {
      const { n, r, p, salt, badge, box } = sealed(publicKey);
      const open = { n, r, p, salt };
      const seed = openBox(await pinKey(pin, open), purpose(publicKey, badge, open), unbase64(box));
      if (seed === null) return null;
      const signer = signingKeyFromSeed(seed);
      if (Buffer.from(signer.publicKey).equals(publicKey)) return signer;
      throw tampered();
    },
    pretend: async (pin) => {
      await pinKey(pin, { n: cost, r: 8, p: 1, salt: base64(random.bytes(saltBytes)) });
    },
    badge: (publicKey) => sealed(publicKey).badge,
    forget: (publicKey) => secrets.delete(nameOf(publicKey)),
  };
}

const cost = 131_072;
const saltBytes = 32;

const schema = z.strictObject({
  v: z.literal(1),
  /** The bound keeps a changed record from asking for all memory. */
  n: z.literal([131_072, 262_144, 524_288]),
  r: z.literal(8),
  p: z.literal(1),
  salt: base64Text.length(44),
  badge: z.string().min(1).max(64),
  box: base64Text,
});

type Sealed = z.infer<typeof schema>;
type Opening = Pick<Sealed, "n" | "r" | "p" | "salt">;

function nameOf(publicKey: Uint8Array): string {
  return `operator/${sha256Hex(publicKey)}`;
}

/** Binds key, badge and parameters to the box. */
function purpose(publicKey: Uint8Array, badge: string, open: Opening): string {
  return `licence-station operator key v1 ${canonicalJson({ ...open, badge, public_key: base64(publicKey) })}`;
}

async function pinKey(pin: string, { n, r, p, salt }: Opening): Promise<KeyObject> {
  const secret = utf8(pin.normalize("NFKC"));
  try {
    return createSecretKey(await derive(secret, unbase64(salt), 32, { N: n, r, p, maxmem: 256 * n * r }));
  } finally {
    secret.fill(0);
  }
}

const derive = promisify<Uint8Array, Uint8Array, number, Parameters<typeof scrypt>[3], Buffer>(scrypt);

function unbase64(text: string): Uint8Array {
  return must(fromBase64(text), "a checked base64 text");
}

function tampered(): StationError {
  return new StationError(
    "OPERATOR_TAMPERED",
    "The sealed key of this account is missing or is not the one that the ledger names. Nobody can sign in with it. Restore the keys folder from a backup, or have an administrator set a new PIN.",
  );
}
