import type { Report } from "../fsck.ts";
import type { Bundle } from "./bundle.ts";

/** What the lookups say of an entry, read from its bytes. */
export interface EntryFacts {
  readonly type: string;
  readonly batch: string | null;
  /** First 40 bits of the fingerprint's SHA-256. */
  readonly device: number | null;
}

/**
 * Reads entries one after another and sees that their instants never go back. Members are found by their names in the
 * bytes: in RFC 8785 form a quote inside a string is written \", so `"name":` can only be a member, and the names looked
 * for stand in no inner object. Most of a verification's time beside hashing would go into making strings here, so
 * values are compared as bytes.
 */
export class FactReader {
  readonly #report: Report;
  #lastAt: Buffer = Buffer.alloc(0);
  readonly #type = { bytes: Buffer.alloc(0), text: "" };
  readonly #batch = { bytes: Buffer.alloc(0), text: "" };

  constructor(report: Report) {
    this.#report = report;
  }

  /** @returns null for an entry that is missing or not of the ledger's form */
  read(bundle: Bundle, offset: number): EntryFacts | null {
    const { bytes, starts, from } = bundle;
    const start = (starts[offset] ?? 0) + 1;
    const end = starts[offset + 1] ?? 0;
    if (start === end) return null;
    const at = valueAt(bytes, names.at, start, end);
    const type = valueAt(bytes, names.type, start, end);
    const isObject = bytes[start] === openBrace && bytes[end - 1] === closeBrace;
    if (!isObject || at < 0 || type < 0 || !isVersion1(bytes, type, end)) {
      this.#report("entry", from + offset, `Entry ${from + offset} is not of the form that the ledger keeps.`);
      return null;
    }
    this.#checkInstant(bytes, at, from + offset);
    const batch = valueAt(bytes, names.batch, start, end);
    const fingerprint = valueAt(bytes, names.fingerprint, start, end);
    return {
      type: textAt(bytes, type, this.#type),
      batch: batch < 0 ? null : textAt(bytes, batch, this.#batch),
      device: fingerprint < 0 ? null : hexNumber(bytes, fingerprint),
    };
  }

  #checkInstant(bytes: Buffer, at: number, index: number): void {
    const last = this.#lastAt;
    let i = 0;
    while (i < last.length && bytes[at + i] === last[i]) i += 1;
    if (i === last.length && bytes[at + i] === quote) return;
    if (i < last.length && (bytes[at + i] ?? 0) < (last[i] ?? 0)) {
      this.#report("clock", index, `Entry ${index} is dated before the one that it follows.`);
    }
    this.#lastAt = Buffer.from(bytes.subarray(at, bytes.indexOf(quote, at)));
  }
}

const names = {
  at: Buffer.from('"at":"'),
  type: Buffer.from('"type":"'),
  batch: Buffer.from('"batch":"'),
  fingerprint: Buffer.from('"fingerprint_sha256":"'),
};
const version1 = Buffer.from('"v":1');
const openBrace = 0x7b;
const closeBrace = 0x7d;
const quote = 0x22;
const comma = 0x2c;

/** Where the member's string begins, or -1. */
function valueAt(bytes: Buffer, name: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(name, start);
  return at < 0 || at >= end ? -1 : at + name.length;
}

/** In sorted order the version comes after the type. */
function isVersion1(bytes: Buffer, type: number, end: number): boolean {
  const at = bytes.indexOf(version1, type);
  const after = bytes[at + version1.length];
  return at > 0 && at < end && (after === closeBrace || after === comma);
}

/** The string there; `known` remembers the last one, which the next is likely to equal. */
function textAt(bytes: Buffer, at: number, known: { bytes: Buffer; text: string }): string {
  let i = 0;
  while (i < known.bytes.length && bytes[at + i] === known.bytes[i]) i += 1;
  if (i === known.bytes.length && i > 0) return known.text;
  // With its closing quote, so that no longer string is taken for it.
  known.bytes = Buffer.from(bytes.subarray(at, bytes.indexOf(quote, at) + 1));
  known.text = known.bytes.toString("latin1", 0, known.bytes.length - 1);
  return known.text;
}

function hexNumber(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const digit = bytes[at + i] ?? 0;
    value = value * 16 + (digit < 0x3a ? digit - 0x30 : digit - 0x57);
  }
  return value;
}
