import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import { base64, fromBase64, fromUtf8, must, utf8 } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";
import { readOwnFile, replaceOwnFile } from "../platform/durable-file.ts";
import { deriveKey, openBox, sealBox } from "./sealed-box.ts";

/** Licence keys and API keys of unfinished batches. Every change is durable on return and rewrites the one file. */
export interface SecretStore {
  /** @throws StationError HOME_UNREADABLE; then the old value still stands */
  put(name: string, value: string): void;
  get(name: string): string | null;
  /** A name that is not there is not an error. */
  delete(name: string): void;
  /** Sorted. */
  names(): readonly string[];
}

/** @throws StationError KEYS_UNREADABLE when the file is damaged or sealed under another master key */
export function openSecretStore(folder: string, master: KeyObject, random: Random): SecretStore {
  const path = join(folder, secretsFileName);
  const key = deriveKey(master, purpose);
  let secrets = read(path, key);

  const commit = (changed: ReadonlyMap<string, string>): void => {
    const plain = utf8(canonicalJson([...changed].sort(([a], [b]) => (a < b ? -1 : 1))));
    try {
      if (plain.length > maxPlainBytes) throw new StationError("INTERNAL", "The store of secrets is full.");
      const box = base64(sealBox(key, purpose, plain, random));
      replaceOwnFile(path, utf8(`${canonicalJson({ v: 1, box })}\n`));
    } finally {
      plain.fill(0);
    }
    secrets = changed;
  };

  return {
    put: (name, value) => {
      if (secrets.get(name) !== value) commit(new Map(secrets).set(name, value));
    },
    get: (name) => secrets.get(name) ?? null,
    delete: (name) => {
      if (!secrets.has(name)) return;
      commit(new Map([...secrets].filter(([other]) => other !== name)));
    },
    names: () => [...secrets.keys()].sort(),
  };
}

export const secretsFileName = "secrets.json";

const purpose = "licence-station secrets v1";
const maxPlainBytes = 32 * 1024 * 1024;
const maxFileBytes = 48 * 1024 * 1024;
const fileSchema = z.strictObject({ v: z.literal(1), box: z.string() });
const plainSchema = z.array(z.tuple([z.string(), z.string()]));

function read(path: string, key: KeyObject): ReadonlyMap<string, string> {
  const found = readOwnFile(path, maxFileBytes, "KEYS_UNREADABLE");
  if (found === null) return new Map();
  const text = fromUtf8(found.bytes);
  const parsed = text?.endsWith("\n") ? parseCanonicalJson(text.slice(0, -1)) : null;
  const file = fileSchema.safeParse(parsed?.value);
  const box = file.success ? fromBase64(file.data.box) : null;
  const plain = box === null ? null : openBox(key, purpose, box);
  if (plain === null) {
    throw new StationError(
      "KEYS_UNREADABLE",
      "The sealed secrets of unfinished batches are damaged or belong to other keys. Restore secrets.json from a backup, or remove it and give the licence and API keys again.",
    );
  }
  const json = must(fromUtf8(plain), "sealed text");
  plain.fill(0);
  return new Map(plainSchema.parse(parseCanonicalJson(json, { maxValues: 10_000_000 })?.value));
}
