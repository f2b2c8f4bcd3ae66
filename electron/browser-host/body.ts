import type { IncomingMessage } from "node:http";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import { type JsonValue, parseStrictJson, StrictJsonError } from "#shared/formats/strict-json.ts";

/** Bytes; above what any call of the contract can need. */
export const longestBody = 1024 * 1024;

export type Body =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly status: 400 | 413 };

/** The request's whole body as one JSON value. What is too long is not read to its end. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return { ok: false, status: 413 };
    chunks.push(chunk);
  }
  const text = fromUtf8(Buffer.concat(chunks));
  if (text === null) return { ok: false, status: 400 };
  try {
    return { ok: true, value: parseStrictJson(text) };
  } catch (error) {
    if (error instanceof StrictJsonError) return { ok: false, status: 400 };
    throw error;
  }
}
