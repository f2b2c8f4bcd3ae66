import { blake2b } from "@noble/hashes/blake2.js";
import { asText, exactBase64, join, linesIn, toUtf8 } from "./bytes.ts";
import { isSigned } from "./ed25519.ts";
import { Refusal } from "./findings.ts";
import type { MinisignKey } from "./trusted-keys.ts";

/** SHA256SUMS and its minisign signature. */

/** Digest by name. @throws Refusal encoding */
export function readSums(bytes: Uint8Array): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  let last = "";
  for (const line of linesIn(asText(bytes))) {
    const [, digest = "", name = ""] = /^([0-9a-f]{64}) {2}([0-9A-Za-z][0-9A-Za-z._-]{0,254})$/.exec(line) ?? [];
    if (name === "" || name <= last) throw new Refusal("encoding");
    sums.set(name, digest);
    last = name;
  }
  return sums;
}

/** The one list that these digests can be written as. */
export function sumsText(sums: ReadonlyMap<string, string>): Uint8Array {
  const names = [...sums.keys()].sort();
  return toUtf8(names.map((name) => `${sums.get(name)}  ${name}\n`).join(""));
}

/**
 * Whether the signature is of these sums. @param keysFor the trusted keys of that id
 * @throws Refusal encoding when the file is not exact; sums-batch for another batch's; sums-signature when it is by no
 *   trusted key at all, so that nothing it says is known to be the station's
 */
export function isSumsSignature(
  bytes: Uint8Array,
  sums: Uint8Array,
  batch: string,
  keysFor: (id: Uint8Array) => readonly MinisignKey[],
): boolean {
  const [untrusted, own = "", trusted = "", outer = "", ...more] = linesIn(asText(bytes));
  const comment = trusted.startsWith("trusted comment: ") ? trusted.slice("trusted comment: ".length) : null;
  if (untrusted !== "untrusted comment: signed by an offline licence station" || comment === null || more.length > 0) {
    throw new Refusal("encoding");
  }
  const blob = exactBase64(own, 74);
  const outerSignature = exactBase64(outer, 64);
  // `ED`: the signature is of the file's BLAKE2b-512. The older `Ed` kind is not taken.
  if (blob[0] !== 0x45 || blob[1] !== 0x44) throw new Refusal("encoding");
  const signature = blob.subarray(10);
  const said = join(signature, toUtf8(comment));
  const key = keysFor(blob.subarray(2, 10)).find(({ publicKey }) => isSigned(publicKey, said, outerSignature));
  if (key === undefined) throw new Refusal("sums-signature");
  if (comment !== `licence station, batch ${batch}`) throw new Refusal("sums-batch", { found: comment });
  return isSigned(key.publicKey, blake2b(sums, { dkLen: 64 }), signature);
}
