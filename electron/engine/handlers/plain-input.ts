import { StationError } from "#shared/domain/errors.ts";

/** Longest of all strings and names of one input together, in UTF-16 units. */
export const longestInput = 512 * 1024;
const deepest = 8;
const mostValues = 10_000;

/**
 * What a call is given must be JSON-like, small and without tricks, before any schema looks at it: a structured
 * clone can also bring maps, typed arrays, rings and gigabytes.
 * @throws StationError USAGE
 */
export function checkPlainInput(raw: unknown): void {
  let values = 0;
  let length = 0;
  const spend = (units: number) => {
    length += units;
    if (length > longestInput) throw refused("too long");
  };
  const visit = (value: unknown, depth: number): void => {
    if (++values > mostValues) throw refused("too many values");
    if (typeof value === "string") return spend(value.length);
    if (value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return;
    if (typeof value !== "object") throw refused("not plain data");
    if (depth >= deepest) throw refused("nested too deeply");
    if (Array.isArray(value)) {
      // Measured before it is walked: an array of holes has a length without having members.
      if (value.length > mostValues) throw refused("too many values");
      for (const item of value) visit(item, depth + 1);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) throw refused("not plain data");
    for (const name in value) {
      if (!Object.hasOwn(value, name) || name === "__proto__") throw refused("not plain data");
      spend(name.length);
      visit((value as Record<string, unknown>)[name], depth + 1);
    }
  };
  visit(raw, 0);
}

function refused(why: string): StationError {
  return new StationError("USAGE", "The call was not understood.", { details: { input: why } });
}
