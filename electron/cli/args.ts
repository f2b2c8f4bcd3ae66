import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { StationError } from "#shared/domain/errors.ts";

export interface Args {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | null;
  /** Every value of an option that may be repeated. */
  texts(name: string): readonly string[];
  /** @throws StationError USAGE when it is not a whole number within the bounds */
  integer(name: string, min: number, max: number): number | null;
  /** @throws StationError USAGE when the option is missing */
  need(name: string): string;
}

const everywhere = { home: { type: "string" }, json: { type: "boolean" } } as const satisfies ParseArgsOptionsConfig;

/** @throws StationError USAGE for anything the command does not know */
export function readArgs(
  args: readonly string[],
  options: ParseArgsOptionsConfig,
  positionals: { min: number; max: number } = { min: 0, max: 0 },
): Args {
  const parsed = tryParse(args, { ...everywhere, ...options });
  if (parsed.positionals.length < positionals.min || parsed.positionals.length > positionals.max) {
    // What stands where nothing belongs may well be a licence key, so it is told by its place alone.
    const isTooMany = parsed.positionals.length > positionals.max;
    throw usage(
      isTooMany ? "There is an argument too many; options begin with two hyphens." : "An argument is missing.",
    );
  }
  const values = parsed.values;
  const text = (name: string): string | null => {
    const value = values[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    return typeof last === "string" ? last : null;
  };
  return {
    positionals: parsed.positionals,
    flag: (name) => values[name] === true,
    text,
    texts: (name) => [values[name] ?? []].flat().filter((value) => typeof value === "string"),
    integer: (name, min, max) => {
      const value = text(name);
      if (value === null) return null;
      const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= min && number <= max)) throw usage(`--${name} takes a whole number from ${min} to ${max}.`);
      return number;
    },
    need: (name) => {
      const value = text(name);
      if (value === null || value === "") throw usage(`--${name} is missing.`);
      return value;
    },
  };
}

export function usage(message: string): StationError {
  return new StationError("USAGE", `${message} "station help" shows how.`);
}

function tryParse(args: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(optionFault(error));
  }
}

/** Node's own sentence names the option and never its value; but what it takes for an option may be a licence key. */
function optionFault(error: unknown): string {
  const sentence = error instanceof Error ? (error.message.split(/\. |\.?\n/)[0] ?? "") : "";
  const isNameOnly = /'-{1,2}[a-z][a-z-]*(?: <value>)?'/.test(sentence);
  return isNameOnly ? `${sentence.replace(/\.$/, "")}.` : "An option is not known.";
}
