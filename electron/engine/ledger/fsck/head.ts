import { createPublicKey, hash, verify } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Report } from "../fsck.ts";

export interface SignedHead {
  /** As stored. */
  readonly note: string;
  readonly size: number;
  readonly root: Buffer;
}

/** Reads the head even where its signature fails, so that the entries can still be judged against it. */
export function readHead(database: DatabaseSync, vkey: string, report: Report): SignedHead | null {
  const rows = database.prepare("SELECT id, checkpoint FROM head LIMIT 2").all();
  const note = rows[0]?.["checkpoint"];
  if (rows.length !== 1 || rows[0]?.["id"] !== 1 || typeof note !== "string") {
    report("head", null, "The ledger does not have exactly one signed head.");
    return null;
  }
  const [, text, origin, size, root, name, signature] = notePattern.exec(note) ?? [];
  if (text === undefined || root === undefined || signature === undefined) {
    report("head", null, "The ledger's head is not a signed checkpoint.");
    return null;
  }
  const [, keyName, keyId, keyBytes] = vkeyPattern.exec(vkey) ?? [];
  const key = Buffer.from(keyBytes ?? "", "base64");
  const signed = Buffer.from(signature, "base64");
  const isExact = signed.toString("base64") === signature && Buffer.from(root, "base64").toString("base64") === root;
  const id = hash("sha256", Buffer.concat([Buffer.from(`${keyName}\n`), key])).slice(0, 8);
  if (key[0] !== ed25519Type || id !== keyId) {
    report("head-signature", null, "The trusted key is not an Ed25519 vkey.");
  } else if (origin !== keyName || name !== keyName || !isExact || signed.toString("hex", 0, 4) !== id) {
    report("head-signature", null, "The ledger's head is not of the station whose key is trusted.");
  } else if (!isSigned(text, key.subarray(1), signed.subarray(4))) {
    report("head-signature", null, "The signature of the ledger's head does not verify.");
  }
  return { note, size: Number(size), root: Buffer.from(root, "base64") };
}

const ed25519Type = 1;
const vkeyPattern = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;
// Three lines, an empty one, one signature of 4 + 64 bytes.
const notePattern =
  /^(([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n)\n\u2014 ([^\s+]+) ([A-Za-z0-9+/]{91}=)\n$/;

function isSigned(text: string, publicKey: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") },
      format: "jwk",
    });
    return verify(null, Buffer.from(text), key, signature);
  } catch {
    return false;
  }
}
