import { Refusal } from "./findings.ts";

/** Exact encodings, written anew for the verifier: it shares no codec with the program whose work it judges. */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** @throws Refusal encoding */
export function asText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Refusal("encoding");
  }
}

const digits = "0123456789abcdef";

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += digits.charAt(byte >> 4) + digits.charAt(byte & 15);
  return text;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const places = new Map([...alphabet].map((letter, place) => [letter.charCodeAt(0), place]));

/** Standard alphabet, padded, nothing left over; null for any other spelling. */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let i = 0; i < text.length; i += 4) {
    const isLast = i + 4 === text.length;
    let group = 0;
    for (let j = 0; j < 4; j++) {
      const place = isLast && j >= 4 - padding ? 0 : places.get(text.charCodeAt(i + j));
      if (place === undefined) return null;
      group = group * 64 + place;
    }
    const own = [group >> 16, (group >> 8) & 255, group & 255];
    const kept = isLast ? 3 - padding : 3;
    // Bits beyond the last byte must be zero, else two texts would mean the same.
    if (own.slice(kept).some((byte) => byte !== 0)) return null;
    for (let j = 0; j < kept; j++) bytes[at++] = own[j] ?? 0;
  }
  return bytes;
}

/** @throws Refusal encoding when the text is not exact base64 of `length` bytes */
export function exactBase64(text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = base64Bytes(text);
  if (bytes?.length !== length) throw new Refusal("encoding");
  return bytes;
}

export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lines of a text that ends in one newline, without them. @throws Refusal encoding */
export function linesIn(text: string): readonly string[] {
  if (!text.endsWith("\n")) throw new Refusal("encoding");
  return text.slice(0, -1).split("\n");
}

/** A whole number as the formats write it: no sign, no leading zero, at most 2^53 - 1. Null for anything else. */
export function wholeNumber(text: string): number | null {
  const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}
