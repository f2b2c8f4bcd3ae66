/**
 * RFC 4180 over bytes: comma, optional quotes, a doubled quote inside quotes, records ended by CRLF or LF. All of
 * its special characters are ASCII, so cells can be cut before they are known to be UTF-8, and one bad cell does not
 * spoil the file. Blank lines are skipped.
 */
export interface CsvRecord {
  /** 1-based line at which the record begins. */
  readonly line: number;
  readonly cells: readonly Uint8Array[];
  /** What keeps the record from being one; its cells are then not to be used. */
  readonly problem: CsvProblem | null;
}

/** `unclosed-quote` reaches to the end of the file: nothing after it is read. */
export type CsvProblem = "stray-quote" | "unclosed-quote" | "too-many-cells";

export function* csvRecords(bytes: Uint8Array, maxCells: number): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < bytes.length) {
    const start = line;
    const cells: Uint8Array[] = [];
    let problem: CsvProblem | null = null;
    for (let more = true; more; ) {
      const cell = bytes[at] === quote ? quotedCell(bytes, at) : plainCell(bytes, at);
      line += cell.newlines;
      at = cell.end;
      problem = cell.problem;
      if (cells.length < maxCells) cells.push(cell.value);
      else problem ??= "too-many-cells";
      more = problem === null && bytes[at] === comma;
      if (more) at++;
    }
    at = problem === null ? at : endOfLine(bytes, at);
    at = bytes[at] === cr && bytes[at + 1] === lf ? at + 2 : at + 1;
    line++;
    const isBlank = problem === null && cells.length === 1 && cells[0]?.length === 0;
    if (!isBlank) yield { line: start, cells, problem };
  }
}

const quote = 0x22;
const comma = 0x2c;
const cr = 0x0d;
const lf = 0x0a;

interface Cell {
  readonly value: Uint8Array;
  readonly end: number;
  readonly newlines: number;
  readonly problem: CsvProblem | null;
}

function plainCell(bytes: Uint8Array, start: number): Cell {
  let end = start;
  let problem: CsvProblem | null = null;
  for (; end < bytes.length; end++) {
    const byte = bytes[end];
    if (byte === comma || isLineEnd(bytes, end)) break;
    if (byte === quote) {
      problem = "stray-quote";
      break;
    }
  }
  return { value: bytes.subarray(start, end), end, newlines: 0, problem };
}

function quotedCell(bytes: Uint8Array, start: number): Cell {
  const pieces: Uint8Array[] = [];
  let newlines = 0;
  let from = start + 1;
  for (let at = from; ; at++) {
    if (at >= bytes.length) {
      return { value: bytes.subarray(from, at), end: at, newlines, problem: "unclosed-quote" };
    }
    if (bytes[at] === lf) newlines++;
    if (bytes[at] !== quote) continue;
    if (bytes[at + 1] === quote) {
      pieces.push(bytes.subarray(from, at + 1));
      from = at + 2;
      at++;
      continue;
    }
    pieces.push(bytes.subarray(from, at));
    const end = at + 1;
    const closed = end >= bytes.length || bytes[end] === comma || isLineEnd(bytes, end);
    return { value: Buffer.concat(pieces), end, newlines, problem: closed ? null : "stray-quote" };
  }
}

/** A CR alone ends nothing; it stays in its cell, where it is refused as a control character. */
function isLineEnd(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === lf || (bytes[at] === cr && bytes[at + 1] === lf);
}

function endOfLine(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && !isLineEnd(bytes, end)) end++;
  return end;
}
