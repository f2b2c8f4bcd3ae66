import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, parseCanonicalJson } from "#shared/formats/canonical-json.ts";
import { base64, fromBase64, fromUtf8, must, utf8 } from "#shared/formats/encoding.ts";
import type { Random } from "../platform/random.ts";
import { deriveKey, openBox, sealBox } from "./sealed-box.ts";
import { base64Text, masterBytes, openMaster, sealedMasterSchema, sealMaster } from "./sealing.ts";

/** The private key of somebody who issues licences (ISSUER-KEY.md): a file of its own, never part of a station's keys. */
export interface IssuerKey {
  readonly kind: "ed25519" | "rsa";
  /** SPKI in PEM: the vendor key that stations add. */
  readonly publicPem: string;
  /** Ed25519, or RSASSA-PKCS1-v1_5 with SHA-256. */
  sign(message: Uint8Array): Uint8Array;
}

/** @param passphrase null: the file is the bare PKCS#8 PEM @throws StationError USAGE for a passphrase that is too short */
export async function makeIssuerKey(
  kind: IssuerKey["kind"],
  passphrase: string | null,
  random: Random,
): Promise<{ readonly file: Uint8Array; readonly publicPem: string }> {
  const { privateKey } =
    kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("rsa", { modulusLength: 3072 });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const publicPem = publicPemOf(privateKey);
  if (passphrase === null) return { file: utf8(pem), publicPem };
  const secret = random.bytes(masterBytes);
  try {
    const master = await sealMaster(secret, { custody: "passphrase", passphrase }, "", random);
    const box = base64(sealBox(boxKey(secret), purposeOf(kind), utf8(pem), random));
    return { file: utf8(`${canonicalJson({ v: 1, kind, master, box })}\n`), publicPem };
  } finally {
    secret.fill(0);
  }
}

export const maxIssuerKeyBytes = 65_536;

/** @throws StationError SECRET_MISSING for a sealed one without passphrase, KEYS_UNREADABLE */
export async function openIssuerKey(file: Uint8Array, passphrase: string | null): Promise<IssuerKey> {
  const text = file.length > maxIssuerKeyBytes ? null : fromUtf8(file);
  if (text === null) throw damaged();
  return fromPem(text.startsWith("-----BEGIN PRIVATE KEY-----\n") ? text : await unsealed(text, passphrase));
}

const fileSchema = z.strictObject({
  v: z.literal(1),
  kind: z.enum(["ed25519", "rsa"]),
  master: sealedMasterSchema.refine(({ custody }) => custody === "passphrase"),
  box: base64Text,
});

async function unsealed(text: string, passphrase: string | null): Promise<string> {
  const file = fileSchema.safeParse(text.endsWith("\n") ? parseCanonicalJson(text.slice(0, -1))?.value : undefined);
  if (!file.success) throw damaged();
  if (passphrase === null) {
    throw new StationError(
      "SECRET_MISSING",
      "The issuer's key is sealed with a passphrase. Set STATION_ISSUER_PASSPHRASE or name an --issuer-passphrase-file.",
    );
  }
  const { kind, master, box } = file.data;
  const secret = await openMaster(master, { custody: "passphrase", passphrase }, "");
  try {
    const pem = openBox(boxKey(secret), purposeOf(kind), must(fromBase64(box), "a checked base64 text"));
    if (pem === null) throw damaged();
    return must(fromUtf8(pem), "a PEM text");
  } finally {
    secret.fill(0);
  }
}

function fromPem(pem: string): IssuerKey {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem" });
  } catch {
    throw damaged();
  }
  const kind = key.asymmetricKeyType;
  if (kind !== "ed25519" && kind !== "rsa") throw damaged();
  return {
    kind,
    publicPem: publicPemOf(key),
    sign: (message) => new Uint8Array(sign(kind === "rsa" ? "sha256" : null, message, key)),
  };
}

function publicPemOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: "pem", type: "spki" }).toString();
}

function boxKey(secret: Uint8Array): KeyObject {
  return deriveKey(createSecretKey(secret), "licence-station issuer key v1");
}

function purposeOf(kind: IssuerKey["kind"]): string {
  return `licence-station issuer key v1 ${kind}`;
}

function damaged(): StationError {
  return new StationError(
    "KEYS_UNREADABLE",
    "This is not an issuer's private key, or it is damaged. Name the file that licence key new wrote.",
  );
}
