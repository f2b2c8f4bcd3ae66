import { sha256 } from "#shared/crypto/sha256.ts";
import { base64url, fromBase64url, fromUtf8, hex, utf8 } from "#shared/formats/encoding.ts";

/** The frame that qr-parts.md specifies. */
const sliceBytes = 400;
const mostParts = 99;
const partPattern = /^STQR1\/([1-9]\d?)\/([1-9]\d?)\/([0-9a-f]{16})\/([A-Za-z0-9_-]+)$/;

/** Null where the text is empty or too long for 99 codes. */
export function splitIntoQrParts(text: string): readonly string[] | null {
  const bytes = utf8(text);
  const parts = Math.ceil(bytes.length / sliceBytes);
  if (parts < 1 || parts > mostParts) return null;
  const digest = digestOf(bytes);
  return Array.from({ length: parts }, (_, index) => {
    const slice = bytes.subarray(index * sliceBytes, (index + 1) * sliceBytes);
    return `STQR1/${index + 1}/${parts}/${digest}/${base64url(slice)}`;
  });
}

export function looksLikeQrPart(text: string): boolean {
  return text.startsWith("STQR1/");
}

/** What is known of a text whose parts are being read; starts as null. */
export interface QrPartsSoFar {
  readonly parts: number;
  readonly digest: string;
  /** By part number less one; null where it is still missing. */
  readonly slices: readonly (Uint8Array | null)[];
}

export type QrReading =
  | { readonly kind: "wrong" }
  | { readonly kind: "more"; readonly soFar: QrPartsSoFar }
  | { readonly kind: "whole"; readonly text: string };

/** Takes one more scanned part. A part that contradicts what was read is refused and changes nothing. */
export function addQrPart(soFar: QrPartsSoFar | null, scanned: string): QrReading {
  const match = partPattern.exec(scanned);
  const slice = match?.[4] === undefined ? null : fromBase64url(match[4]);
  if (match === null || slice === null || slice.length === 0) return { kind: "wrong" };
  const [part, parts, digest = ""] = [Number(match[1]), Number(match[2]), match[3]];
  if (part > parts || slice.length > sliceBytes) return { kind: "wrong" };
  if (part < parts && slice.length !== sliceBytes) return { kind: "wrong" };
  const known = soFar ?? { parts, digest, slices: Array.from({ length: parts }, () => null) };
  if (known.parts !== parts || known.digest !== digest) return { kind: "wrong" };
  const before = known.slices[part - 1];
  if (before !== null && before !== undefined && hex(before) !== hex(slice)) return { kind: "wrong" };
  const slices = known.slices.map((old, index) => (index === part - 1 ? slice : old));
  if (slices.some((each) => each === null)) return { kind: "more", soFar: { parts, digest, slices } };
  const bytes = new Uint8Array(slices.flatMap((each) => [...(each ?? [])]));
  const text = digestOf(bytes) === digest ? fromUtf8(bytes) : null;
  return text === null ? { kind: "wrong" } : { kind: "whole", text };
}

function digestOf(bytes: Uint8Array): string {
  return hex(sha256(bytes)).slice(0, 16);
}
