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

export type RetiredKeys = Readonly<Record<"ledger" | "manifest" | "minisign", readonly RetiredKey[]>>;

/** Public keys that came to the verifier another way than by the stick. */
export interface TrustedKeys extends StationKeys {
  /** The licensing server's keys: key id to raw 32 bytes. */
  readonly licensing: ReadonlyMap<string, Uint8Array>;
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
  const licensing = parseLicensingKeys(await load("licensing-keys.json"));
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

function membersOf(bytes: Uint8Array, name: string): readonly (readonly [string, unknown])[] {
  try {
    const value = parseStrictJson(fromUtf8(bytes) ?? "", { maxDepth: 1 });
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.entries(value);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
  }
  throw damaged(name);
}

function damaged(name: string): StationError {
  return new StationError("VERIFY_KEYS", `The trusted key file ${name} is damaged; export the station's keys again.`);
}
