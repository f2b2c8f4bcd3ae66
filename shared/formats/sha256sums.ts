import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8, utf8 } from "./encoding.ts";

/** The list that `sha256sum -c` reads; see sha256sums.md beside this file. */
export interface Sha256Sum {
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Sorts by name. @throws StationError INTERNAL on a name or digest the format cannot hold */
export function formatSha256Sums(sums: readonly Sha256Sum[]): Uint8Array {
  const sorted = sums.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const bytes = utf8(sorted.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
  if (parse(bytes) === null) throw new StationError("INTERNAL", "A name or digest does not fit into SHA256SUMS.");
  return bytes;
}

/** Takes exactly what {@link formatSha256Sums} writes. @throws StationError VERIFY_ENCODING */
export function parseSha256Sums(bytes: Uint8Array): readonly Sha256Sum[] {
  const sums = parse(bytes);
  if (sums === null) throw new StationError("VERIFY_ENCODING", "SHA256SUMS is not in its one exact form.");
  return sums;
}

/** One component: ASCII letters, digits, `-`, `_` and `.`, not starting with `.`, `-` or `_`; at most 255. */
export function isPlainFileName(name: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z._-]{0,254}$/.test(name);
}

const maxFileBytes = 64 * 1024 * 1024;

function parse(bytes: Uint8Array): readonly Sha256Sum[] | null {
  const text = bytes.length > maxFileBytes ? null : fromUtf8(bytes);
  if (text === null || !text.endsWith("\n")) return null;
  const sums: Sha256Sum[] = [];
  let before = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const [, sha256, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined || !isPlainFileName(name) || name <= before) return null;
    sums.push({ name, sha256 });
    before = name;
  }
  return sums;
}
