import { blake2b } from "@noble/hashes/blake2.js";
import { verifyEd25519 } from "#shared/crypto/ed25519.ts";
import { sha256 } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { base64, fromBase64, fromUtf8, hex, utf8 } from "./encoding.ts";

/** minisign files, prehashed signatures only; see minisign.md beside this file. */
export interface MinisignKey {
  /** 8 bytes; those of our own keys are {@link minisignKeyIdOf}. */
  readonly keyId: Uint8Array;
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface Minisig {
  readonly keyId: Uint8Array;
  /** Ed25519 over BLAKE2b-512 of the file. */
  readonly signature: Uint8Array;
  readonly trustedComment: string;
  /** Ed25519 over the signature and the trusted comment. */
  readonly globalSignature: Uint8Array;
}

/** minisign leaves the choice of the 8 bytes to us; taken from the key, they need no place of their own. */
export function minisignKeyIdOf(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).slice(0, 8);
}

/** The bytes of a `.pub` file. */
export function formatMinisignPublicKey({ keyId, publicKey }: MinisignKey): Uint8Array {
  return utf8(`${keyComment(keyId)}\n${base64(concat(keyAlgorithm, keyId, publicKey))}\n`);
}

/** Takes exactly what {@link formatMinisignPublicKey} writes. @throws StationError VERIFY_KEYS */
export function parseMinisignPublicKey(bytes: Uint8Array): MinisignKey {
  const [comment, encoded = "", end, ...rest] = lines(bytes);
  const key = fromBase64(encoded);
  if (key?.length === 42 && startsWith(key, keyAlgorithm) && end === "" && rest.length === 0) {
    const keyId = key.subarray(2, 10);
    if (comment === keyComment(keyId)) return { keyId, publicKey: key.subarray(10) };
  }
  throw new StationError(
    "VERIFY_KEYS",
    "minisign.pub is not a minisign public key as exported; export the keys again.",
  );
}

/** The bytes of a `.minisig` file. */
export function formatMinisig({ keyId, signature, trustedComment, globalSignature }: Minisig): Uint8Array {
  const encoded = base64(concat(signatureAlgorithm, keyId, signature));
  return utf8(`${untrusted}\n${encoded}\n${trusted}${trustedComment}\n${base64(globalSignature)}\n`);
}

/** Takes exactly what {@link formatMinisig} writes. @throws StationError VERIFY_ENCODING */
export function parseMinisig(bytes: Uint8Array): Minisig {
  const [comment, encoded = "", trustedLine = "", globalText = "", end, ...rest] = lines(bytes);
  const whole = fromBase64(encoded);
  const globalSignature = fromBase64(globalText);
  const trustedComment = trustedLine.slice(trusted.length);
  const isExact =
    comment === untrusted &&
    whole?.length === 74 &&
    startsWith(whole, signatureAlgorithm) &&
    trustedLine.startsWith(trusted) &&
    isTrustedComment(trustedComment) &&
    globalSignature?.length === 64 &&
    end === "" &&
    rest.length === 0;
  if (!isExact) throw new StationError("VERIFY_ENCODING", "The minisign signature is not in its one exact form.");
  return { keyId: whole.subarray(2, 10), signature: whole.subarray(10), trustedComment, globalSignature };
}

/**
 * @param sign raw Ed25519 over the bytes given
 * @param trustedComment printable text, at most 1,024 characters
 */
export function signMinisig(
  file: Uint8Array,
  trustedComment: string,
  keyId: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  if (!isTrustedComment(trustedComment))
    throw new StationError("INTERNAL", "The trusted comment is not one line of text.");
  const signature = sign(prehash(file));
  const globalSignature = sign(concat(signature, utf8(trustedComment)));
  return formatMinisig({ keyId, signature, trustedComment, globalSignature });
}

/**
 * The trusted comment, once it and the file verify.
 * @throws StationError VERIFY_ENCODING, VERIFY_SIGNATURE
 */
export function verifyMinisig(file: Uint8Array, minisig: Uint8Array, key: MinisignKey): string {
  const { keyId, signature, trustedComment, globalSignature } = parseMinisig(minisig);
  const isSigned =
    startsWith(keyId, key.keyId) &&
    verifyEd25519(key.publicKey, prehash(file), signature) &&
    verifyEd25519(key.publicKey, concat(signature, utf8(trustedComment)), globalSignature);
  if (!isSigned) throw new StationError("VERIFY_SIGNATURE", "The file is not signed by the trusted minisign key.");
  return trustedComment;
}

const keyAlgorithm = utf8("Ed");
const signatureAlgorithm = utf8("ED");
const untrusted = "untrusted comment: signed by an offline licence station";
const trusted = "trusted comment: ";
const maxFileBytes = 4096;

/** The tool shows a key's id as a little-endian number in upper-case hex. */
function keyComment(keyId: Uint8Array): string {
  return `untrusted comment: minisign public key ${hex(keyId.toReversed()).toUpperCase()}`;
}

function isTrustedComment(text: string): boolean {
  return text.length <= 1024 && text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(text);
}

function prehash(file: Uint8Array): Uint8Array {
  return blake2b(file, { dkLen: 64 });
}

function lines(bytes: Uint8Array): readonly string[] {
  return bytes.length > maxFileBytes ? [] : (fromUtf8(bytes)?.split("\n") ?? []);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
