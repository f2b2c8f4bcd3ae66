import { asText, join } from "./bytes.ts";
import { type Json, type JsonObject, own } from "./canonical.ts";
import { Refusal } from "./findings.ts";

/** Rows of an RFC 4180 file in UTF-8, one at a time, whatever the pieces it comes in. */
class TableReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #from = 0;
  #isOver = false;
  #row = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Rows taken so far, the header included. */
  get row(): number {
    return this.#row;
  }

  /** The next row's text without its line end, or null at the end. @throws Refusal table-form */
  async next(): Promise<string | null> {
    for (;;) {
      const end = this.#endOfRow();
      if (end >= 0) {
        const bytes = this.#rest.subarray(this.#from, end + 1);
        this.#from = end + 1;
        this.#row += 1;
        return this.#textOf(bytes);
      }
      if (this.#isOver) {
        if (this.#from < this.#rest.length) throw new Refusal("table-form", {}, this.#row + 1);
        return null;
      }
      await this.#more();
    }
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#pieces.return?.();
  }

  /** Where the newline that ends the row lies, or -1 when it is not here yet. */
  #endOfRow(): number {
    let isQuoted = false;
    for (let at = this.#from; at < this.#rest.length; at++) {
      const byte = this.#rest[at];
      if (byte === quote) isQuoted = !isQuoted;
      else if (byte === newline && !isQuoted) return at;
    }
    return -1;
  }

  async #more(): Promise<void> {
    if (this.#rest.length - this.#from > mostRowBytes) throw new Refusal("table-form", {}, this.#row + 1);
    const next = await this.#pieces.next();
    if (next.done === true) {
      this.#isOver = true;
      return;
    }
    this.#rest = join(this.#rest.subarray(this.#from), next.value);
    this.#from = 0;
  }

  #textOf(bytes: Uint8Array): string {
    try {
      const text = asText(bytes);
      if (text.endsWith("\r\n")) return text.slice(0, -2);
    } catch {
      // Said below: the row is not text at all.
    }
    throw new Refusal("table-form", {}, this.#row);
  }
}

const quote = 34;
const newline = 10;
const mostRowBytes = 262_144;

/** Cells of a row. Null when it is not RFC 4180. */
function cellsOf(row: string): readonly string[] | null {
  const cells: string[] = [];
  const cell = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  for (let at = 0; at <= row.length; at = cell.lastIndex + 1) {
    cell.lastIndex = at;
    const [, quoted, plain] = cell.exec(row) ?? [];
    cells.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (cell.lastIndex < row.length && row[cell.lastIndex] !== ",") return null;
  }
  return cells;
}

/** ledger.csv against the entries: a row an entry, its columns `index` and members of entries, in one exact spelling. */
export class LedgerTable {
  readonly #reader: TableReader;
  readonly #columns: readonly string[];

  private constructor(reader: TableReader, columns: readonly string[]) {
    this.#reader = reader;
    this.#columns = columns;
  }

  /** @throws Refusal table-form */
  static async open(pieces: AsyncIterable<Uint8Array>): Promise<LedgerTable> {
    const reader = new TableReader(pieces);
    const columns = cellsOf((await reader.next()) ?? "") ?? [];
    if (!columns.includes("index") || new Set(columns).size !== columns.length) throw new Refusal("table-form", {}, 1);
    return new LedgerTable(reader, columns);
  }

  /** Compares the next row with the entry it must be of. @throws Refusal table-* */
  async check(index: number, entry: JsonObject): Promise<void> {
    const row = await this.#reader.next();
    if (row === null) throw new Refusal("table-short", { entry: index });
    const wanted = this.#columns.map((column) => cellText(column === "index" ? index : own(entry, column)));
    if (row === wanted.map(quotedIfNeeded).join(",")) return;
    const line = this.#reader.row;
    const found = cellsOf(row);
    if (found === null || found.length !== wanted.length) throw new Refusal("table-form", { entry: index }, line);
    const at = found.findIndex((text, i) => text !== wanted[i]);
    const facts = { column: this.#columns[at] ?? "", entry: index };
    // The same cells in another spelling.
    if (at < 0) throw new Refusal("table-form", { entry: index }, line);
    throw new Refusal(isRisky(found[at] ?? "") ? "table-formula" : "table-differs", facts, line);
  }

  /** @throws Refusal table-form @returns true */
  async skip(): Promise<true> {
    await this.#reader.next();
    return true;
  }

  /** @throws Refusal table-long */
  async finish(): Promise<void> {
    if ((await this.#reader.next()) !== null) throw new Refusal("table-long", {}, this.#reader.row);
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }
}

/** An apostrophe stands before what a spreadsheet could run, and before an apostrophe: without it, this is the value. */
function cellText(value: Json | undefined): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return "";
  return isRisky(value) || value.trimStart().startsWith("'") ? `'${value}` : value;
}

/** What a spreadsheet would run, or split into more cells. */
function isRisky(text: string): boolean {
  return /^\s|^[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff07]/u.test(text);
}

function quotedIfNeeded(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
