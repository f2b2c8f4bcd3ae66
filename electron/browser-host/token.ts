import { timingSafeEqual } from "node:crypto";
import { base64url, utf8 } from "#shared/formats/encoding.ts";
import type { Random } from "../engine/platform/random.ts";

/** What proves that a request comes from the page this run has opened. */
export interface Token {
  /** 43 URL-safe characters. */
  readonly text: string;
  /** Takes the same time whatever the guess. */
  matches(guess: string | readonly string[] | undefined): boolean;
}

export function createToken(random: Random): Token {
  const text = base64url(random.bytes(32));
  const expected = utf8(text);
  return {
    text,
    matches: (guess) => {
      if (typeof guess !== "string") return false;
      const bytes = utf8(guess);
      return bytes.length === expected.length && timingSafeEqual(bytes, expected);
    },
  };
}
