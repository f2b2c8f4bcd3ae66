import { StationError } from "#shared/domain/errors.ts";

const mostCharacters = 64 * 1024 * 1024;

/** Records of RFC 4180 text, LF or CRLF, with or without a byte order mark. @throws StationError USAGE with the record's number */
export function csvRecords(text: string): readonly (readonly string[])[] {
  if (text.length > mostCharacters)
    throw new StationError("USAGE", "The list is over 64 MiB. Export a shorter period.");
  const records: string[][] = [];
  let record: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null)
      throw new StationError("USAGE", `Record ${records.length + 1} of the list is not CSV. Export it again.`);
    const [, quoted, plain = "", end] = match;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    records.push(record);
    record = [];
  }
  // A comma at the very end leaves one empty cell to come.
  if (record.length > 0) records.push([...record, ""]);
  return records.filter((cells) => cells.length > 1 || cells[0] !== "");
}
