import { csvCell, csvColumns } from "./ledger-csv.ts";

/**
 * Rows of the table, UTF-8, the very ones that `csvRow` makes, but from the bytes: nearly every cell is a piece of its
 * line, and making objects and strings of them took longer than all else of an export.
 * @param first index of the first entry
 * @param bytes whole entries in RFC 8785 form with a newline in front of each and one behind the last
 * @returns a buffer that shares its memory with no other
 * @throws SyntaxError for what is not an entry
 */
export function csvRows(first: number, bytes: Uint8Array): Buffer {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const rows = Buffer.allocUnsafeSlow(lines.length + countOf(newline, lines) * rowSpace);
  expect(lines, 0, newline);
  let end = 0;
  let index = first;
  for (let at = 1; at < lines.length; index++) {
    at = findCells(lines, at);
    end += rows.write(String(index), end, "latin1");
    end = putCells(lines, rows, end);
  }
  return rows.subarray(0, end);
}

const [newline, carriageReturn, quote, comma, minus, colon] = [0x0a, 0x0d, 0x22, 0x2c, 0x2d, 0x3a];
const [openBracket, backslash, closeBracket, openBrace, closeBrace] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d];

// What a row may have more than its line: an index, the end, and for each cell a comma and what keeps it harmless.
const rowSpace = 16 + 2 + csvColumns.length * 4;

// Where the value of each column begins and ends in the line that was read last; both 0 where there is none.
const starts = new Uint32Array(csvColumns.length);
const ends = new Uint32Array(csvColumns.length);

// In RFC 8785 form members are sorted, so both are walked side by side.
const sorted = csvColumns.map((name, column) => ({ name: Buffer.from(name), column })).sort(byName);

/** @returns where the next line begins */
function findCells(lines: Buffer, from: number): number {
  starts.fill(0);
  ends.fill(0);
  let at = from;
  let next = 0;
  expect(lines, at, openBrace);
  do {
    expect(lines, at + 1, quote);
    const key = at + 2;
    const keyEnd = nameEnd(lines, key);
    expect(lines, keyEnd + 1, colon);
    at = valueEnd(lines, keyEnd + 2);
    for (; next < sorted.length; next++) {
      const { name, column } = sorted[next] as (typeof sorted)[number];
      const order = compare(lines, key, keyEnd, name);
      if (order > 0) continue;
      if (order === 0) {
        starts[column] = keyEnd + 2;
        ends[column] = at;
      }
      break;
    }
  } while (lines[at] === comma);
  expect(lines, at, closeBrace);
  expect(lines, at + 1, newline);
  return at + 2;
}

function putCells(lines: Buffer, rows: Buffer, from: number): number {
  let end = from;
  for (let column = 0; column < csvColumns.length; column++) {
    rows[end] = comma;
    end = putCell(lines, starts[column] as number, ends[column] as number, rows, end + 1);
  }
  rows[end] = carriageReturn;
  rows[end + 1] = newline;
  return end + 2;
}

function putCell(lines: Buffer, start: number, stop: number, rows: Buffer, from: number): number {
  const kind = lines[start] as number;
  let end = from;
  if (kind === quote) {
    // A cell is most often nothing but letters, digits and blanks, and then it is its own text.
    let isPlain = isAlphanumeric[lines[start + 1] as number] === 1;
    for (let at = start + 1; isPlain && at < stop - 1; at++) {
      const byte = lines[at] as number;
      isPlain = isPlainByte[byte] === 1;
      rows[end++] = byte;
    }
    return isPlain ? end : from + rows.write(csvCell(JSON.parse(textOf(lines, start, stop))), from);
  }
  if (kind !== minus && !(kind >= 0x30 && kind <= 0x39)) return from;
  for (let at = start; at < stop; at++) rows[end++] = lines[at] as number;
  return end;
}

const isAlphanumeric = bytesThat(/[0-9A-Za-z]/);
const isPlainByte = bytesThat(/[0-9A-Za-z .:_/+-]/);

function bytesThat(match: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (byte < 128 && match.test(String.fromCharCode(byte)) ? 1 : 0));
}

function valueEnd(lines: Buffer, from: number): number {
  if (lines[from] === quote) return stringEnd(lines, from + 1) + 1;
  let depth = 0;
  for (let at = from; at < lines.length; at++) {
    const byte = lines[at];
    if (byte === quote) at = stringEnd(lines, at + 1);
    else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (depth === 0 && (byte === comma || byte === closeBrace)) return at;
    else if (byte === closeBrace || byte === closeBracket) depth -= 1;
    else if (byte === newline) break;
  }
  throw notAnEntry();
}

/** @param from behind the quote that opens it @returns where the one that closes it is */
function stringEnd(lines: Buffer, from: number): number {
  const end = lines.indexOf(quote, from);
  if (end < 0) throw notAnEntry();
  // The first quote is the end, unless what is in front of it may escape it.
  return lines[end - 1] === backslash ? escapedEnd(lines, from) : end;
}

function escapedEnd(lines: Buffer, from: number): number {
  for (let at = from; at < lines.length; at++) {
    if (lines[at] === quote) return at;
    if (lines[at] === backslash) at += 1;
  }
  throw notAnEntry();
}

/** Where a name ends: as a string does, but short and never with an escape. */
function nameEnd(lines: Buffer, from: number): number {
  let at = from;
  while (at < lines.length && lines[at] !== quote) at += 1;
  return at;
}

function compare(lines: Buffer, from: number, to: number, name: Uint8Array): number {
  const length = to - from;
  for (let i = 0; i < length && i < name.length; i++) {
    const difference = (lines[from + i] as number) - (name[i] as number);
    if (difference !== 0) return difference;
  }
  return length - name.length;
}

function byName(a: { readonly name: Buffer }, b: { readonly name: Buffer }): number {
  return a.name.compare(b.name);
}

function countOf(byte: number, bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}

function textOf(lines: Buffer, start: number, end: number): string {
  return lines.toString("utf8", start, end);
}

function expect(lines: Buffer, at: number, byte: number): void {
  if (lines[at] !== byte) throw notAnEntry();
}

function notAnEntry(): SyntaxError {
  return new SyntaxError("This is not an entry.");
}
