import { isKeyId, isText } from "#shared/domain/identifiers.ts";
import { fromBase64, fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import { type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import { asObject } from "./json-members.ts";
import { refusal } from "./refusal.ts";

/** What stands around the ciphertext. Nothing here is trusted before the signature was checked. */
export interface MachineFileEnvelope {
  readonly keyId: string;
  readonly algorithm: "aes-256-gcm+ed25519";
  /** Ciphertext, nonce and tag: three base64url parts with dots between; the signed text is `machine/` before it. */
  readonly enc: string;
  /** Base64url of 64 bytes when genuine. */
  readonly sig: string;
}

/** No reader takes a larger file; the contract's limits on what is inside follow from it. */
export const maxCertificateBytes = 1_048_576;

/**
 * Armor and envelope only (LICENSESEAT section 6.3, checks 1 and 3): enough to learn which key it claims to be signed with.
 * @throws StationError CREDENTIAL_TOO_LARGE, CREDENTIAL_FORMAT or CREDENTIAL_ALGORITHM
 */
export function readMachineFileEnvelope(certificate: Uint8Array | string): MachineFileEnvelope {
  const envelope = parseEnvelope(removeArmor(textOf(certificate)));
  if (Object.keys(envelope).some((name) => !members.has(name))) throw refusal("INVALID_MACHINE_FILE_ENVELOPE");
  const { enc, sig, alg, kid } = envelope;
  if (!isFilled(enc) || !isFilled(sig) || !isFilled(alg) || !isFilled(kid)) {
    throw refusal("INCOMPLETE_MACHINE_FILE_ENVELOPE");
  }
  if (!isText(sig, 1, 128) || !isKeyId(kid)) throw refusal("INVALID_MACHINE_FILE_ENVELOPE");
  if (alg !== algorithm) throw refusal("UNSUPPORTED_ALGORITHM");
  return { keyId: kid, algorithm, enc, sig };
}

const algorithm = "aes-256-gcm+ed25519";
const members: ReadonlySet<string> = new Set(["enc", "sig", "alg", "kid"]);

function textOf(certificate: Uint8Array | string): string {
  if (certificate.length > maxCertificateBytes) throw refusal("MACHINE_FILE_TOO_LARGE");
  if (typeof certificate !== "string") {
    const text = fromUtf8(certificate);
    if (text === null) throw refusal("INVALID_MACHINE_FILE_FORMAT");
    return text;
  }
  if (utf8(certificate).length > maxCertificateBytes) throw refusal("MACHINE_FILE_TOO_LARGE");
  return certificate;
}

/** Blanks around the whole and around each line, and CRLF, are what media and editors do to a text file; no more is let through. */
function removeArmor(certificate: string): Uint8Array {
  const lines = trimBlanks(certificate).split("\n").map(trimBlanks);
  const body = lines.slice(1, -1);
  const isFramed =
    lines.length >= 3 &&
    lines[0] === "-----BEGIN MACHINE FILE-----" &&
    lines.at(-1) === "-----END MACHINE FILE-----" &&
    body.every((line) => /^[A-Za-z0-9+/=]{1,64}$/.test(line));
  if (!isFramed) throw refusal("INVALID_MACHINE_FILE_FORMAT");
  const bytes = fromBase64(body.join(""));
  if (bytes === null) throw refusal("INVALID_MACHINE_FILE_ENCODING");
  return bytes;
}

function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && " \t\r\n\f\v".includes(text.charAt(start))) start++;
  while (end > start && " \t\r\n\f\v".includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

function parseEnvelope(bytes: Uint8Array) {
  const text = fromUtf8(bytes);
  if (text === null) throw refusal("INVALID_MACHINE_FILE_ENVELOPE");
  let value: JsonValue;
  try {
    value = parseStrictJson(text, { maxDepth: 2, maxValues: 16 });
  } catch (cause) {
    throw refusal("INVALID_MACHINE_FILE_ENVELOPE", cause);
  }
  const envelope = asObject(value);
  if (envelope === null) throw refusal("INVALID_MACHINE_FILE_ENVELOPE");
  return envelope;
}

function isFilled(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
