import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { fromBase64, fromUtf8 } from "#shared/formats/encoding.ts";
import { parseKeyHistory, type RetiredKey, retiredKeys } from "#shared/formats/key-history.ts";
import { type MinisignKey, parseMinisignPublicKey } from "#shared/formats/minisign.ts";
import { parsePublicKeyPem } from "#shared/formats/public-keys.ts";
import { type NoteKey, parseVkey } from "#shared/formats/signed-note.ts";
import { parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";
import type { Files } from "../platform/files.ts";

/** The station's own public keys, under which its deliveries are signed. */
export interface StationKeys {
  readonly minisign: MinisignKey;
  /** Raw 32 bytes. */
  readonly manifest: Uint8Array;
  readonly ledger: NoteKey;
  /** What rotations replaced, newest first; older deliveries are under these. None when left out. */
  readonly retired?: RetiredKeys;
}

export type LicensingKeys = ReadonlyMap<string, readonly Uint8Array[]>;

export type RetiredKeys = Readonly<Record<"ledger" | "manifest" | "minisign", readonly RetiredKey[]>>;

/** Public keys that came to the verifier another way than by the stick. */
export interface TrustedKeys extends StationKeys {
  /** The licensing servers' keys: key id to raw 32 bytes, more than one where servers share an id or one changed its key. */
  readonly licensing: LicensingKeys;
}

/**
 * Reads what `station keys export` wrote (FORMATS section 3).
 * @throws StationError VERIFY_KEYS when a file is missing, damaged, or two of them disagree
 */
export async function loadTrustedKeys(files: Files, directory: string): Promise<TrustedKeys> {
  const load = (name: string): Promise<Uint8Array> => readKeyFile(files, directory, name);
  const ledger = parseVkeyFile(await load("ledger.vkey"));
  const ledgerPem = parsePublicKeyPem(await load("ledger.pem"));
  if (!ledgerPem.every((byte, i) => byte === ledger.publicKey[i])) {
    throw new StationError("VERIFY_KEYS", "ledger.pem and ledger.vkey hold different keys; export the keys again.");
  }
  const minisign = parseMinisignPublicKey(await load("minisign.pub"));
  const manifest = parsePublicKeyPem(await load("manifest.pem"));
  const newest = parseLicensingKeys(await load("licensing-keys.json"));
  const hasMore = (await files.stat(`${directory}/${allLicensingName}`)) !== null;
  const licensing = withOthers(newest, hasMore ? parseAllLicensingKeys(await load(allLicensingName)) : []);
  const retired = await loadHistory(files, directory, { ledger, manifest, minisign });
  return { minisign, manifest, ledger, licensing, ...(retired === null ? {} : { retired }) };
}

/** Null when no key was ever rotated. */
async function loadHistory(files: Files, directory: string, keys: StationKeys): Promise<RetiredKeys | null> {
  if ((await files.stat(`${directory}/${historyName}`)) === null) return null;
  const { origin, rotations } = parseKeyHistory(await readKeyFile(files, directory, historyName));
  if (origin !== keys.ledger.name) throw damaged(historyName);
  return {
    ledger: retiredKeys(rotations, "ledger", keys.ledger.publicKey),
    manifest: retiredKeys(rotations, "manifest", keys.manifest),
    minisign: retiredKeys(rotations, "minisign", keys.minisign.publicKey),
  };
}

const historyName = "key-history.json";

/** The bytes of a `ledger.vkey` file: the vkey and a newline. @throws StationError VERIFY_KEYS */
function parseVkeyFile(bytes: Uint8Array): NoteKey {
  const text = fromUtf8(bytes);
  if (text === null || !text.endsWith("\n")) throw damaged("ledger.vkey");
  return parseVkey(text.slice(0, -1));
}

const maxKeyFileBytes = 1024 * 1024;

async function readKeyFile(files: Files, directory: string, name: string): Promise<Uint8Array> {
  const path = `${directory}/${name}`;
  try {
    if ((await files.stat(path)) !== null) return await files.read(path, maxKeyFileBytes);
  } catch (error) {
    throw new StationError("VERIFY_KEYS", `The trusted key file ${name} cannot be read.`, { cause: error });
  }
  throw new StationError("VERIFY_KEYS", `The trusted key file ${name} is missing; export the station's keys again.`);
}

const keyIdPattern = /^[0-9A-Za-z][0-9A-Za-z._:-]{0,254}$/;

function parseLicensingKeys(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const name = "licensing-keys.json";
  const keys = new Map<string, Uint8Array>();
  for (const [keyId, encoded] of membersOf(bytes, name)) {
    const key = typeof encoded === "string" ? fromBase64(encoded) : null;
    if (key?.length !== 32 || !keyIdPattern.test(keyId)) throw damaged(name);
    keys.set(keyId, key);
  }
  return keys;
}

/** `licensing-keys-all.json`: every key that was ever believed, oldest first. */
const allLicensingName = "licensing-keys-all.json";
const allKeys = z.array(
  z.strictObject({ api: z.string(), kid: z.string().regex(keyIdPattern), public_key: z.string() }),
);

function parseAllLicensingKeys(bytes: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  const parsed = allKeys.safeParse(jsonOf(bytes, allLicensingName, 2));
  if (!parsed.success) throw damaged(allLicensingName);
  return parsed.data.map(({ kid, public_key }) => {
    const key = fromBase64(public_key);
    if (key?.length !== 32) throw damaged(allLicensingName);
    return [kid, key] as const;
  });
}

/** The newest of each id first, then the others. */
function withOthers(
  newest: ReadonlyMap<string, Uint8Array>,
  others: readonly (readonly [string, Uint8Array])[],
): LicensingKeys {
  const all = new Map<string, readonly Uint8Array[]>([...newest].map(([kid, key]) => [kid, [key]]));
  for (const [kid, key] of others) {
    const known = all.get(kid) ?? [];
    if (!known.some((one) => Buffer.from(one).equals(key))) all.set(kid, [...known, key]);
  }
  return all;
}

function membersOf(bytes: Uint8Array, name: string): readonly (readonly [string, unknown])[] {
  const value = jsonOf(bytes, name, 1);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw damaged(name);
}

function jsonOf(bytes: Uint8Array, name: string, maxDepth: number): unknown {
  try {
    return parseStrictJson(fromUtf8(bytes) ?? "", { maxDepth });
  } catch (error) {
    if (error instanceof StrictJsonError) throw damaged(name);
    throw error;
  }
}

function damaged(name: string): StationError {
  return new StationError("VERIFY_KEYS", `The trusted key file ${name} is damaged; export the station's keys again.`);
}
