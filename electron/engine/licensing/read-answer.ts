import type { z } from "zod";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import { parseStrictJson } from "#shared/formats/strict-json.ts";
import type { HttpReply } from "./exchange.ts";

// More than any answer of the contract holds, and more than any SDK reads.
const limits = { maxDepth: 32, maxValues: 50_000 };

/** A 2xx body in the one shape it may have. @throws StationError API_MALFORMED, without a word of the body */
export function readAnswer<T>(reply: HttpReply, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parse(answerText(reply)));
  if (!result.success) throw malformed();
  return result.data;
}

/** @throws StationError API_MALFORMED when the body is not UTF-8 */
export function answerText(reply: HttpReply): string {
  const text = fromUtf8(reply.body);
  if (text === null) throw malformed();
  return text;
}

export function malformed(): StationError {
  return new StationError(
    "API_MALFORMED",
    "The licensing server's answer is not one this station understands. Check the API address and the server's version.",
  );
}

function parse(text: string): unknown {
  try {
    return parseStrictJson(text, limits);
  } catch {
    throw malformed();
  }
}
