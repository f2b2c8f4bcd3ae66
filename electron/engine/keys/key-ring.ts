import { createSecretKey, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import type { BodyOf } from "#shared/domain/ledger-entry.ts";
import { base64, fromBase64, must } from "#shared/formats/encoding.ts";
import { rotationMessage } from "#shared/formats/key-rotation.ts";
import { minisignKeyIdOf } from "#shared/formats/minisign.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { makeOwnFolder, readOwnFile, replaceOwnFile } from "../platform/durable-file.ts";
import {
  authenticateKeyFile,
  damaged,
  formatKeyFile,
  type KeyFileContent,
  type KeyRecord,
  type KeyUse,
  keyUses,
  maxKeyFileBytes,
  parseKeyFile,
} from "./key-file.ts";
import { deriveKey, openBox, sealBox } from "./sealed-box.ts";
import { type Custody, masterBytes, openMaster, type Sealing, sealMaster } from "./sealing.ts";
import { openSecretStore, type SecretStore, secretsFileName } from "./secret-store.ts";
import { seedBytes, type SigningKey, signingKeyFromSeed } from "./signing-key.ts";

/** The station's private keys, one for each use. Opened by one process at a time: the home's lock sees to that. */
export interface KeyRing {
  readonly custody: Custody;
  /** Raw Ed25519, 64 bytes. */
  sign(use: KeyUse, message: Uint8Array): Uint8Array;
  /** Raw 32 bytes. */
  publicKey(use: KeyUse): Uint8Array;
  /** Oldest first: what signed before the last rotation. */
  retiredPublicKeys(use: KeyUse): readonly Uint8Array[];
  /** 8 bytes. */
  readonly minisignKeyId: Uint8Array;
  readonly secrets: SecretStore;
  /** Seals the same keys another way. An old copy of keys.json still opens the old way. */
  reseal(sealing: Sealing): Promise<void>;
  /**
   * Makes a new key, durably, that signs nothing but this entry until {@link finishRotation}. Asked again, it answers
   * the same. Order: begin, append the entry to the ledger, finish.
   */
  beginRotation(use: KeyUse): BodyOf<"key.rotated">;
  /**
   * The new key itself, for the one head that must be its work already: that of the ledger with this entry in it. What
   * comes back signs on after {@link finishRotation}. Null when no rotation has begun.
   */
  nextKey(use: KeyUse): SigningKey | null;
  /** The new key takes over; the old one's private half is gone. */
  finishRotation(use: KeyUse): void;
  /** For an entry that did not reach the ledger. */
  cancelRotation(use: KeyUse): void;
  /** What a crash left between begin and finish: finish what the ledger holds, cancel the rest. */
  pendingRotations(): readonly BodyOf<"key.rotated">[];
}

export interface KeyRingOptions {
  /** The station's data folder; the keys lie in `keys/` in it. */
  readonly home: string;
  readonly sealing: Sealing;
  readonly random: Random;
  readonly clock: Clock;
  /** False: a missing key file is an error, because the home has a ledger that other keys have signed. Default true. */
  readonly mayCreate?: boolean;
}

/** @throws StationError KEYS_UNREADABLE (with what to do), HOME_UNREADABLE, USAGE for a sealing that cannot be */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { home, sealing, random, clock, mayCreate = true } = options;
  const folder = join(home, folderName);
  const path = join(folder, keysFileName);
  const found = readOwnFile(path, maxKeyFileBytes, "KEYS_UNREADABLE");
  if (found !== null) {
    const file = parseKeyFile(found.bytes);
    const master = secretKey(await openMaster(file.master, sealing, home));
    const content = authenticateKeyFile(file, master);
    const secrets = openSecretStore(folder, master, random);
    return new Ring({ home, path, master, secrets, random, clock }, content);
  }
  if (!mayCreate || existsSync(join(folder, secretsFileName))) {
    throw new StationError("KEYS_UNREADABLE", "The key file is missing. Restore keys.json from a backup.");
  }
  makeOwnFolder(folder);
  const bytes = random.bytes(masterBytes);
  const sealed = await sealMaster(bytes, sealing, home, random);
  const master = secretKey(bytes);
  const keys = keyUses.map((use) => makeKey(use, "current", master, random, clock));
  const content: KeyFileContent = { v: 1, master: sealed, keys };
  replaceOwnFile(path, formatKeyFile(content, master));
  const secrets = openSecretStore(folder, master, random);
  return new Ring({ home, path, master, secrets, random, clock }, content);
}

/** How the keys of a home are sealed, so that the right thing is asked for; null when there are none yet. */
export function custodyOf(home: string): Custody | null {
  const found = readOwnFile(join(home, folderName, keysFileName), maxKeyFileBytes, "KEYS_UNREADABLE");
  return found === null ? null : parseKeyFile(found.bytes).master.custody;
}

const folderName = "keys";
const keysFileName = "keys.json";

interface RingParts {
  readonly home: string;
  readonly path: string;
  readonly master: KeyObject;
  readonly secrets: SecretStore;
  readonly random: Random;
  readonly clock: Clock;
}

class Ring implements KeyRing {
  readonly #parts: RingParts;
  #content: KeyFileContent;
  #current: ReadonlyMap<KeyUse, SigningKey>;

  constructor(parts: RingParts, content: KeyFileContent) {
    this.#parts = parts;
    this.#content = content;
    this.#current = openCurrent(content, parts.master);
  }

  get custody(): Custody {
    return this.#content.master.custody;
  }

  get secrets(): SecretStore {
    return this.#parts.secrets;
  }

  get minisignKeyId(): Uint8Array {
    return minisignKeyIdOf(this.publicKey("minisign"));
  }

  sign(use: KeyUse, message: Uint8Array): Uint8Array {
    return this.#signer(use).sign(message);
  }

  publicKey(use: KeyUse): Uint8Array {
    return this.#signer(use).publicKey.slice();
  }

  retiredPublicKeys(use: KeyUse): readonly Uint8Array[] {
    return this.#content.keys.filter((key) => key.use === use && key.state === "retired").map(publicKeyOf);
  }

  async reseal(sealing: Sealing): Promise<void> {
    const { home, master, random } = this.#parts;
    const bytes = new Uint8Array(master.export());
    try {
      this.#commit({ ...this.#content, master: await sealMaster(bytes, sealing, home, random) });
    } finally {
      bytes.fill(0);
    }
  }

  beginRotation(use: KeyUse): BodyOf<"key.rotated"> {
    const { master, random, clock } = this.#parts;
    const pending = this.#find(use, "next");
    const next = pending ?? makeKey(use, "next", master, random, clock);
    if (pending === undefined) this.#commit({ ...this.#content, keys: [...this.#content.keys, next] });
    return this.#rotation(next);
  }

  nextKey(use: KeyUse): SigningKey | null {
    const next = this.#find(use, "next");
    return next === undefined ? null : openKey(next, this.#parts.master);
  }

  finishRotation(use: KeyUse): void {
    if (this.#find(use, "next") === undefined) throw new StationError("INTERNAL", "No rotation of this key has begun.");
    const keys = this.#content.keys.map((key): KeyRecord => {
      if (key.use !== use || key.state === "retired") return key;
      return key.state === "next" ? { ...key, state: "current" } : { ...key, state: "retired", seed: null };
    });
    this.#commit({ ...this.#content, keys });
    this.#current = openCurrent(this.#content, this.#parts.master);
  }

  cancelRotation(use: KeyUse): void {
    const keys = this.#content.keys.filter((key) => key.use !== use || key.state !== "next");
    if (keys.length < this.#content.keys.length) this.#commit({ ...this.#content, keys });
  }

  pendingRotations(): readonly BodyOf<"key.rotated">[] {
    return this.#content.keys.filter((key) => key.state === "next").map((key) => this.#rotation(key));
  }

  #rotation(next: KeyRecord): BodyOf<"key.rotated"> {
    const { use, public_key: new_public_key } = next;
    const keys = { use, old_public_key: base64(this.publicKey(use)), new_public_key };
    const message = rotationMessage(keys);
    const old_signature = base64(this.sign(use, message));
    const new_signature = base64(openKey(next, this.#parts.master).sign(message));
    return { type: "key.rotated", ...keys, old_signature, new_signature };
  }

  #find(use: KeyUse, state: KeyRecord["state"]): KeyRecord | undefined {
    return this.#content.keys.find((key) => key.use === use && key.state === state);
  }

  #signer(use: KeyUse): SigningKey {
    return must(this.#current.get(use), "the signing key");
  }

  #commit(content: KeyFileContent): void {
    replaceOwnFile(this.#parts.path, formatKeyFile(content, this.#parts.master));
    this.#content = content;
  }
}

function openCurrent(content: KeyFileContent, master: KeyObject): ReadonlyMap<KeyUse, SigningKey> {
  const current = content.keys.filter((key) => key.state === "current");
  return new Map(current.map((key) => [key.use, openKey(key, master)]));
}

function makeKey(use: KeyUse, state: KeyRecord["state"], master: KeyObject, random: Random, clock: Clock): KeyRecord {
  const seed = random.bytes(seedBytes);
  const box = sealBox(seedSealingKey(master), seedPurpose(use), seed, random);
  const { publicKey } = signingKeyFromSeed(seed);
  return { use, state, public_key: base64(publicKey), seed: base64(box), created_at: clock.now().toISOString() };
}

function openKey(record: KeyRecord, master: KeyObject): SigningKey {
  const box = fromBase64(record.seed ?? "");
  const seed = box === null ? null : openBox(seedSealingKey(master), seedPurpose(record.use), box);
  if (seed?.length !== seedBytes) throw damaged();
  const key = signingKeyFromSeed(seed);
  if (base64(key.publicKey) !== record.public_key) throw damaged();
  return key;
}

function seedSealingKey(master: KeyObject): KeyObject {
  return deriveKey(master, "licence-station private keys v1");
}

function seedPurpose(use: KeyUse): string {
  return `licence-station private key v1 ${use}`;
}

function publicKeyOf(record: KeyRecord): Uint8Array {
  return must(fromBase64(record.public_key), "a checked base64 text");
}

function secretKey(bytes: Uint8Array): KeyObject {
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}
