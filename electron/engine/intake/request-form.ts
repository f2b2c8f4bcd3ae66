import type { IntakeCaps } from "./caps.ts";
import { parseJsonRequest } from "./json-request.ts";
import { parseList } from "./list-requests.ts";
import type { ParsedFile } from "./parsed-request.ts";
import { Refusal } from "./refusal.ts";
import { parseTextRequest } from "./text-request.ts";

export type RequestForm = "text" | "json" | "list";

/**
 * Which form a file's name promises, else null. Case does not count, for FAT may show short names in capitals.
 * Names that begin with a dot are none: macOS leaves a `._` twin of every file on such volumes.
 */
export function requestForm(name: string): RequestForm | null {
  const lower = name.toLowerCase();
  if (lower.startsWith(".")) return null;
  if (lower.endsWith(".fingerprint.txt")) return "text";
  if (lower.endsWith(".fingerprint.json")) return "json";
  return lower === "fingerprints.csv" ? "list" : null;
}

export function sizeCap(form: RequestForm, caps: IntakeCaps): number {
  return form === "list" ? caps.listBytes : caps.requestFileBytes;
}

/** Never throws: what is wrong with the file is in the result. */
export function parseRequestFile(form: RequestForm, bytes: Uint8Array, caps: IntakeCaps): ParsedFile {
  try {
    if (form === "list") return parseList(bytes, caps.requests);
    if (form === "text") return one(parseTextRequest(bytes), []);
    const { request, notes } = parseJsonRequest(bytes);
    return one(request, notes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { requests: [], refusals: [{ line: null, code: error.code, message: error.message }], notes: [] };
  }
}

function one(request: ParsedFile["requests"][number]["request"], notes: readonly string[]): ParsedFile {
  return { requests: [{ line: null, request }], refusals: [], notes };
}
