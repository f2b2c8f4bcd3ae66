import type { Report } from "../fsck.ts";
import type { Bundle } from "./bundle.ts";

/** What the lookups say of an entry, read from its bytes. */
export interface EntryFacts {
  readonly at: string;
  readonly type: string;
  readonly batch: string | null;
  /** First 48 bits of the fingerprint's SHA-256. */
  readonly device: number | null;
}

/**
 * Finds members by their names in the text. In RFC 8785 form a quote inside a string is written \", so `"name":` can
 * only be a member; the names looked for stand in no inner object.
 * @returns null for an entry that is not of the ledger's form
 */
export function readFacts({ bytes, starts, from, count }: Bundle, report: Report): readonly (EntryFacts | null)[] {
  // Every name and value looked for is ASCII; in Latin-1 a text position is a byte position.
  const text = bytes.toString("latin1");
  const all: (EntryFacts | null)[] = [];
  for (let i = 0; i < count; i++) {
    const start = (starts[i] ?? 0) + 1;
    const end = starts[i + 1] ?? 0;
    const at = member(text, '"at":"', start, end);
    const type = member(text, '"type":"', start, end);
    const isObject = text.charCodeAt(start) === openBrace && text.charCodeAt(end - 1) === closeBrace;
    if (!isObject || at === null || type === null || !has(text, '"v":1', start, end)) {
      if (end > start) report("entry", from + i, `Entry ${from + i} is not of the form that the ledger keeps.`);
      all.push(null);
      continue;
    }
    const fingerprint = member(text, '"fingerprint_sha256":"', start, end);
    all.push({
      at,
      type,
      batch: member(text, '"batch":"', start, end),
      device: fingerprint === null ? null : Number.parseInt(fingerprint.slice(0, 12), 16),
    });
  }
  return all;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;

function member(text: string, name: string, start: number, end: number): string | null {
  const at = text.indexOf(name, start);
  if (at < 0 || at >= end) return null;
  const from = at + name.length;
  return text.slice(from, text.indexOf('"', from));
}

function has(text: string, piece: string, start: number, end: number): boolean {
  const at = text.indexOf(piece, start);
  return at >= 0 && at < end;
}
