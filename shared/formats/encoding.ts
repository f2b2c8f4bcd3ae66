import { StationError } from "#shared/domain/errors.ts";

/** Bytes <-> text codecs that accept exactly one encoding of a value (RFC 4648, RFC 3629). */

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return utf8Encoder.encode(text);
}

/** Strict UTF-8; a byte order mark is kept as U+FEFF. Null when the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return null;
  }
}

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Lower-case hex of even length, else null. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

const standard = utf8("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const urlSafe = utf8("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/** Standard alphabet, padded. */
export function base64(bytes: Uint8Array): string {
  const text = encode(bytes, standard);
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

/** The same, as the bytes of its ASCII text. */
export function base64Bytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(padding);
  encodeInto(codes, bytes, standard);
  return codes;
}

/** URL-safe alphabet, unpadded. */
export function base64url(bytes: Uint8Array): string {
  return encode(bytes, urlSafe);
}

/** Standard, padded, no white space, unused bits zero; else null. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null;
  const bare = text.endsWith("==") ? text.slice(0, -2) : text.endsWith("=") ? text.slice(0, -1) : text;
  return decode(bare, standardValues);
}

/** URL-safe, unpadded, no white space, unused bits zero; else null. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  return decode(text, urlSafeValues);
}

/** For values the caller has just made or already parsed: a null is a fault of ours. */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new StationError("INTERNAL", `${what} is not there`);
  return value;
}

const standardValues = valuesOf(standard);
const urlSafeValues = valuesOf(urlSafe);

function valuesOf(alphabet: Uint8Array): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < 64; i++) values[alphabet[i] ?? 0] = i;
  return values;
}

const padding = 0x3d;

function encode(bytes: Uint8Array, alphabet: Uint8Array): string {
  // Character codes into one array: joining as many strings would hold the text several times over.
  const codes = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  encodeInto(codes, bytes, alphabet);
  return utf8Decoder.decode(codes);
}

function encodeInto(codes: Uint8Array, bytes: Uint8Array, alphabet: Uint8Array): void {
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    codes[at++] = alphabet[word >>> 18] ?? 0;
    codes[at++] = alphabet[(word >>> 12) & 63] ?? 0;
    if (left > 1) codes[at++] = alphabet[(word >>> 6) & 63] ?? 0;
    if (left > 2) codes[at++] = alphabet[word & 63] ?? 0;
  }
}

function decode(text: string, values: Int8Array): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const value = values[text.charCodeAt(i)] ?? -1;
    if (value < 0) return null;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >>> bits) & 0xff;
    }
  }
  return (word & ((1 << bits) - 1)) === 0 ? bytes : null;
}
