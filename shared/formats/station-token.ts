import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { StationError } from "#shared/domain/errors.ts";
import { canonicalJson, parseCanonicalJson } from "./canonical-json.ts";
import { base64url, fromBase64url, fromUtf8, utf8 } from "./encoding.ts";
import { publicKeyFingerprint } from "./public-keys.ts";
import type { JsonValue } from "./strict-json.ts";

/** The Ed25519-signed token of station-token.md: one line of ASCII in five parts. */

/** What a token is good for. It is signed, so that none passes as another. */
export type TokenPurpose = "licence" | "recovery" | "contact";

/** Bytes; of this token and of a JWT that stands in its place. */
export const maxTokenBytes = 8192;

/**
 * Signs one.
 * @param publicKey raw 32 bytes, the signer's
 * @param claims anything that has a canonical JSON form
 * @throws StationError LICENCE_TOKEN_TOO_LARGE, INTERNAL
 */
export function signStationToken(
  purpose: TokenPurpose,
  claims: unknown,
  { publicKey, sign }: { readonly publicKey: Uint8Array; sign(message: Uint8Array): Uint8Array },
): string {
  const signed = `${version}.${purpose}.${publicKeyFingerprint(publicKey)}.${base64url(utf8(canonicalJson(claims)))}`;
  const token = `${signed}.${base64url(sign(messageOf(signed)))}`;
  if (token.length > maxTokenBytes) throw tooLarge();
  return token;
}

/** True when a text claims to be one; nothing about it is checked. */
export function isStationToken(text: string): boolean {
  return text.startsWith(`${version}.`);
}

/**
 * The claims of a token that one of `keys` signed for this purpose. Nothing of them is read before that is known.
 * @param keys raw 32-byte public keys by their fingerprint (SHA-256 of the SPKI bytes, hex)
 * @throws StationError LICENCE_TOKEN_TOO_LARGE, _FORMAT, _PURPOSE, _KEY, _SIGNATURE; _CLAIMS for claims that are not canonical JSON
 */
export function openStationToken(
  text: string,
  purpose: TokenPurpose,
  keys: ReadonlyMap<string, Uint8Array>,
): { readonly claims: JsonValue; readonly keySha256: string } {
  if (text.length > maxTokenBytes) throw tooLarge();
  const [, signed = "", named = "", keySha256 = "", payload = "", encoded = ""] = pattern.exec(text) ?? [];
  const signature = fromBase64url(encoded);
  const claims = fromBase64url(payload);
  if (signature?.length !== 64 || claims === null) throw malformed();
  if (named !== purpose) {
    throw new StationError(
      "LICENCE_TOKEN_PURPOSE",
      `This token is not a ${purpose} token. Check which of the files from the vendor was given.`,
    );
  }
  const key = keys.get(keySha256);
  if (key === undefined) throw keyUnknown();
  if (!verifyEd25519(key, messageOf(signed), signature)) throw signatureWrong();
  const json = parseCanonicalJson(fromUtf8(claims) ?? "", limits);
  if (json === null) {
    throw new StationError(
      "LICENCE_TOKEN_CLAIMS",
      "What the token says is not in its one exact form. Ask the vendor for a new one.",
    );
  }
  return { claims: json.value, keySha256 };
}

export function tooLarge(): StationError {
  return new StationError(
    "LICENCE_TOKEN_TOO_LARGE",
    `A licence token has at most ${maxTokenBytes} bytes. Check that the right file or text was given.`,
  );
}

export function malformed(): StationError {
  return new StationError(
    "LICENCE_TOKEN_FORMAT",
    "This is not a licence token, or part of it is missing. Give it exactly as the vendor sent it, on one line.",
  );
}

export function keyUnknown(): StationError {
  return new StationError(
    "LICENCE_TOKEN_KEY",
    "The token is signed with a key this station does not know. Add the vendor's public key, or check whose token it is.",
  );
}

export function signatureWrong(): StationError {
  return new StationError(
    "LICENCE_TOKEN_SIGNATURE",
    "The token's signature does not verify: it was changed, or made by somebody else. Do not use it.",
  );
}

const version = "LS1";
const pattern = /^(LS1\.([a-z]{1,20})\.([0-9a-f]{64})\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{86})$/;
const limits = { maxDepth: 4, maxValues: 64 };

/** The first line keeps the signature from standing for any other message that an Ed25519 key of a vendor's signs. */
function messageOf(signed: string): Uint8Array {
  return utf8(`licence-station token\n${signed}`);
}
