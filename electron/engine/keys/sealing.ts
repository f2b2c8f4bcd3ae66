import { createSecretKey, type KeyObject, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson } from "#shared/formats/canonical-json.ts";
import { base64, fromBase64, must, utf8 } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";
import { makeAccountSecret, readAccountSecret } from "./account-secret.ts";
import { deriveKey, openBox, sealBox } from "./sealed-box.ts";

/** What keeps the master key shut. */
export type Sealing =
  | { readonly custody: "passphrase"; readonly passphrase: string }
  | { readonly custody: "os"; readonly store: OsKeyStore }
  /** `file` is outside the station's home; see account-secret.ts. */
  | { readonly custody: "account"; readonly file: string };

export type Custody = Sealing["custody"];

/** The operating system's key store. What `protect` makes, only the same user on the same machine can undo. */
export interface OsKeyStore {
  protect(secret: Uint8Array): Promise<Uint8Array>;
  /** Rejects when the bytes are not its own. */
  unprotect(sealed: Uint8Array): Promise<Uint8Array>;
}

/** Standard base64 in its one exact form. */
export const base64Text = z
  .string()
  .max(65_536)
  .refine((text) => fromBase64(text) !== null);

const salt = base64Text.length(44);

/** As stored in keys.json; every binary in standard base64. */
export const sealedMasterSchema = z.discriminatedUnion("custody", [
  z.strictObject({
    custody: z.literal("passphrase"),
    /** scrypt's cost, block size and parallelism; the bounds keep a changed file from asking for all memory. */
    n: z.literal([131_072, 262_144, 524_288, 1_048_576]),
    r: z.literal(8),
    p: z.literal(1),
    salt,
    box: base64Text,
  }),
  z.strictObject({ custody: z.literal("os"), box: base64Text }),
  z.strictObject({ custody: z.literal("account"), salt, box: base64Text }),
]);

export type SealedMaster = z.infer<typeof sealedMasterSchema>;

/** @throws StationError USAGE for a passphrase that is too short, KEYS_UNREADABLE when the key store fails */
export async function sealMaster(
  master: Uint8Array,
  sealing: Sealing,
  home: string,
  random: Random,
): Promise<SealedMaster> {
  if (sealing.custody === "os") {
    const box = await sealing.store.protect(master).catch(() => {
      throw unreadable("The system's key store did not take the key. Unlock it, or use a passphrase.");
    });
    return { custody: "os", box: base64(box) };
  }
  const salt = base64(random.bytes(saltBytes));
  if (sealing.custody === "account") {
    const open = { custody: "account", salt } as const;
    const key = accountKey(makeAccountSecret(sealing.file, home, random), salt);
    return { ...open, box: base64(sealBox(key, purpose(open), master, random)) };
  }
  if (sealing.passphrase.normalize("NFKC").length < shortestPassphrase) {
    throw new StationError("USAGE", `A passphrase must have at least ${shortestPassphrase} characters.`);
  }
  const open = { custody: "passphrase", n: scryptCost, r: 8, p: 1, salt } as const;
  const key = await passphraseKey(sealing.passphrase, open);
  return { ...open, box: base64(sealBox(key, purpose(open), master, random)) };
}

/** The caller wipes what it gets. @throws StationError KEYS_UNREADABLE, saying what is needed */
export async function openMaster(sealed: SealedMaster, sealing: Sealing, home: string): Promise<Uint8Array> {
  const master = await unseal(sealed, sealing, home);
  if (master?.length === masterBytes) return master;
  throw unreadable(failures[sealed.custody]);
}

export const masterBytes = 32;

const saltBytes = 32;
const shortestPassphrase = 8;
const scryptCost = 131_072;

async function unseal(sealed: SealedMaster, sealing: Sealing, home: string): Promise<Uint8Array | null> {
  const box = must(fromBase64(sealed.box), "a checked base64 text");
  if (sealed.custody === "os" && sealing.custody === "os") return await sealing.store.unprotect(box).catch(() => null);
  if (sealed.custody === "passphrase" && sealing.custody === "passphrase") {
    const { box: _, ...open } = sealed;
    return openBox(await passphraseKey(sealing.passphrase, open), purpose(open), box);
  }
  if (sealed.custody === "account" && sealing.custody === "account") {
    const { box: _, ...open } = sealed;
    return openBox(accountKey(readAccountSecret(sealing.file, home), open.salt), purpose(open), box);
  }
  throw unreadable(mismatches[sealed.custody]);
}

async function passphraseKey(
  passphrase: string,
  { n, r, p, salt }: { readonly n: number; readonly r: number; readonly p: number; readonly salt: string },
): Promise<KeyObject> {
  // NFKC: the same passphrase typed on another keyboard must open the same file.
  const secret = utf8(passphrase.normalize("NFKC"));
  const options = { N: n, r, p, maxmem: 256 * n * r };
  try {
    const key = await derive(secret, must(fromBase64(salt), "the salt"), 32, options);
    return createSecretKey(key);
  } finally {
    secret.fill(0);
  }
}

const derive = promisify<Uint8Array, Uint8Array, number, Parameters<typeof scrypt>[3], Buffer>(scrypt);

function accountKey(secret: KeyObject, salt: string): KeyObject {
  return deriveKey(secret, "licence-station account key v1", must(fromBase64(salt), "the salt"));
}

/** Binds the parameters to the box. */
function purpose(open: Readonly<Record<string, unknown>>): string {
  return `licence-station master key v1 ${canonicalJson(open)}`;
}

const failures: Readonly<Record<Custody, string>> = {
  passphrase:
    "The keys did not open with this passphrase. Try again; if it is surely right, restore keys.json from a backup.",
  os: "The system's key store did not open the keys. Unlock it and work as the user who made them, or restore keys.json from a backup.",
  account:
    "The keys did not open with this account's secret. Work from the account that made them, or restore the account's secret and keys.json from the same backup.",
};

const mismatches: Readonly<Record<Custody, string>> = {
  passphrase: "The keys are sealed with a passphrase. Give it and try again.",
  os: "The keys are sealed by the system's key store. Open this home with the program that made it.",
  account:
    "The keys are sealed with the account's secret, not with a passphrase or the system's key store. Open them without one.",
};

function unreadable(message: string): StationError {
  return new StationError("KEYS_UNREADABLE", message);
}
