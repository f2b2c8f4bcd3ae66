import { fromUtf8 } from "#shared/formats/encoding.ts";
import { Refusal } from "./refusal.ts";

/**
 * The text of a request file: UTF-8, an optional byte order mark (dropped), no NUL. Other control characters are
 * judged where they stand. @throws Refusal REQUEST_EMPTY or REQUEST_ENCODING
 */
export function requestText(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new Refusal("REQUEST_EMPTY", "The file is empty. Export the request again.");
  const decoded = fromUtf8(bytes);
  if (decoded === null || decoded.includes("\0")) throw new Refusal("REQUEST_ENCODING", encodingAdvice(bytes));
  const text = decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded;
  if (text.trim() === "")
    throw new Refusal("REQUEST_EMPTY", "The file holds nothing but blanks. Export the request again.");
  return text;
}

export function encodingAdvice(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isUtf16
    ? "The file is in UTF-16. Save it as UTF-8 and try again."
    : "The file is not plain UTF-8 text. Export the request again, or save it as UTF-8.";
}
