import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import { fromBase64, fromUtf8, must, utf8 } from "#shared/formats/encoding.ts";
import { deriveKey } from "./sealed-box.ts";
import { base64Text, sealedMasterSchema } from "./sealing.ts";

/** keys.json as KEYS.md specifies it: canonical JSON and a newline, authenticated under the master key. */

export const keyUses = ["ledger", "manifest", "minisign"] as const;
export type KeyUse = (typeof keyUses)[number];

const key32 = base64Text.length(44);

const keyRecord = z.strictObject({
  use: z.enum(keyUses),
  /** `next`: made by a rotation that the ledger may or may not hold yet. */
  state: z.enum(["current", "next", "retired"]),
  public_key: key32,
  /** Sealed private seed; null once retired. */
  seed: base64Text.nullable(),
  created_at: z.iso.datetime(),
});

const contentSchema = z.strictObject({
  v: z.literal(1),
  master: sealedMasterSchema,
  keys: z.array(keyRecord).max(1000),
});

const fileSchema = contentSchema.extend({ mac: key32 });

export type KeyRecord = Readonly<z.infer<typeof keyRecord>>;
export type KeyFileContent = Readonly<z.infer<typeof contentSchema>>;
export type KeyFile = Readonly<z.infer<typeof fileSchema>>;

export const maxKeyFileBytes = 1_048_576;

export function formatKeyFile(content: KeyFileContent, master: KeyObject): Uint8Array {
  return utf8(`${canonicalJson({ ...content, mac: macOf(content, master).toString("base64") })}\n`);
}

/** Shape only: nothing in it is to be trusted before {@link authenticateKeyFile}. @throws StationError KEYS_UNREADABLE */
export function parseKeyFile(bytes: Uint8Array): KeyFile {
  const text = fromUtf8(bytes);
  const parsed = text?.endsWith("\n") ? parseCanonicalJson(text.slice(0, -1)) : null;
  const file = fileSchema.safeParse(parsed?.value);
  if (!file.success) throw damaged();
  return file.data;
}

/** @throws StationError KEYS_UNREADABLE when any byte is not as the station wrote it */
export function authenticateKeyFile({ mac, ...content }: KeyFile, master: KeyObject): KeyFileContent {
  const given = must(fromBase64(mac), "a checked base64 text");
  if (!timingSafeEqual(given, macOf(content, master))) throw damaged();
  for (const use of keyUses) {
    if (content.keys.filter((key) => key.use === use && key.state === "current").length !== 1) throw damaged();
  }
  return content;
}

export function damaged(): StationError {
  return new StationError(
    "KEYS_UNREADABLE",
    "The key file is damaged or was changed. Restore keys.json from a backup.",
  );
}

function macOf(content: KeyFileContent, master: KeyObject): Buffer {
  const key = deriveKey(master, "licence-station keys.json v1");
  return createHmac("sha256", key).update(canonicalJson(content)).digest();
}
