/**
 * RFC 8259 JSON from hostile hands: duplicate member names, over-deep or over-many values are refused, `__proto__`
 * is an ordinary name, and numbers can be kept as they were written.
 */

/** A number as it was written, for formats where 1 is not 1.0. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue = null | boolean | number | string | JsonNumber | readonly JsonValue[] | JsonObject;

/** Members in the order written; has no prototype, so every name is just a name. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

export type StrictJsonProblem = "syntax" | "duplicate-member" | "too-deep" | "too-many-values" | "number-range";

export class StrictJsonError extends Error {
  override readonly name = "StrictJsonError";
  readonly problem: StrictJsonProblem;
  /** UTF-16 offset at which the problem was seen. */
  readonly offset: number;
  constructor(problem: StrictJsonProblem, offset: number) {
    super(`JSON: ${problem} at ${offset}`);
    this.problem = problem;
    this.offset = offset;
  }
}

export interface StrictJsonLimits {
  /** Containers inside containers; default 20. */
  readonly maxDepth?: number;
  /** Values of every kind, containers included; default 10,000. */
  readonly maxValues?: number;
  /** Keep numbers as {@link JsonNumber} instead of converting them. */
  readonly rawNumbers?: boolean;
}

/** @throws StrictJsonError on anything but exactly one value with optional white space around it. */
export function parseStrictJson(text: string, limits: StrictJsonLimits = {}): JsonValue {
  return new Parser(text, limits).parse();
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// A run of characters that need no unescaping.
const plainPattern = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxValues: number;
  readonly #rawNumbers: boolean;
  #at = 0;
  #values = 0;

  constructor(text: string, limits: StrictJsonLimits) {
    this.#text = text;
    this.#maxDepth = limits.maxDepth ?? 20;
    this.#maxValues = limits.maxValues ?? 10_000;
    this.#rawNumbers = limits.rawNumbers ?? false;
  }

  parse(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw this.#error("syntax");
    return value;
  }

  #value(depth: number): JsonValue {
    this.#space();
    if (++this.#values > this.#maxValues) throw this.#error("too-many-values");
    const first = this.#text[this.#at];
    if (first === "{" || first === "[") {
      if (depth >= this.#maxDepth) throw this.#error("too-deep");
      return first === "{" ? this.#object(depth + 1) : this.#array(depth + 1);
    }
    if (first === '"') return this.#string();
    if (this.#take("null")) return null;
    if (this.#take("true")) return true;
    if (this.#take("false")) return false;
    return this.#number();
  }

  #object(depth: number): JsonObject {
    const members: Record<string, JsonValue> = Object.create(null);
    this.#at++;
    this.#space();
    if (this.#take("}")) return members;
    do {
      this.#space();
      const start = this.#at;
      const name = this.#string();
      if (Object.hasOwn(members, name)) throw new StrictJsonError("duplicate-member", start);
      this.#space();
      if (!this.#take(":")) throw this.#error("syntax");
      members[name] = this.#value(depth);
      this.#space();
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#error("syntax");
    return members;
  }

  #array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    this.#space();
    if (this.#take("]")) return items;
    do {
      items.push(this.#value(depth));
      this.#space();
    } while (this.#take(","));
    if (!this.#take("]")) throw this.#error("syntax");
    return items;
  }

  #string(): string {
    if (!this.#take('"')) throw this.#error("syntax");
    let value = "";
    for (;;) {
      plainPattern.lastIndex = this.#at;
      value += plainPattern.exec(this.#text)?.[0] ?? "";
      this.#at = plainPattern.lastIndex;
      if (this.#take('"')) break;
      if (!this.#take("\\")) throw this.#error("syntax");
      value += this.#escape();
    }
    // A lone surrogate has no UTF-8 form, so nothing made from it could be signed or sent.
    if (!value.isWellFormed()) throw this.#error("syntax");
    return value;
  }

  #escape(): string {
    const kind = this.#text[this.#at++] ?? "";
    const simple = Object.hasOwn(escapes, kind) ? escapes[kind] : undefined;
    if (simple !== undefined) return simple;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (kind !== "u" || !/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#error("syntax");
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): number | JsonNumber {
    numberPattern.lastIndex = this.#at;
    const match = numberPattern.exec(this.#text);
    if (match === null) throw this.#error("syntax");
    this.#at = numberPattern.lastIndex;
    if (this.#rawNumbers) return new JsonNumber(match[0]);
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw this.#error("number-range");
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #error(problem: StrictJsonProblem): StrictJsonError {
    return new StrictJsonError(problem, this.#at);
  }
}
