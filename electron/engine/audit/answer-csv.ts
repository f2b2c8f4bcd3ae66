import { utf8 } from "#shared/formats/encoding.ts";
import { csvCell } from "../ledger/ledger-csv.ts";
import type { Answer } from "./answer.ts";
import { putFile } from "./put-file.ts";

/**
 * An answer as RFC 4180 with no cell that a spreadsheet would run. @returns how many rows
 * @throws StationError USAGE when the file is there already, or as the answer or the file system failed
 */
export async function writeAnswerCsv({ columns, rows }: Answer, file: string): Promise<number> {
  let count = 0;
  await putFile(file, async (sink) => {
    let waiting = `${columns.join(",")}\r\n`;
    for await (const row of rows) {
      waiting += `${columns.map((name) => cellOf(row[name])).join(",")}\r\n`;
      count += 1;
      if (waiting.length < pieceLength) continue;
      sink.append(utf8(waiting));
      waiting = "";
    }
    sink.append(utf8(waiting));
  });
  return count;
}

const pieceLength = 65_536;

function cellOf(value: unknown): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : csvCell(value);
}
