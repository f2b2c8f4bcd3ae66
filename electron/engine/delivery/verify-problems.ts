import { type ErrorCode, StationError } from "#shared/domain/errors.ts";

/** One thing that is wrong, where. */
export interface Problem {
  readonly code: ErrorCode;
  /** Relative to the stick's root, `/` between folders. */
  readonly path: string;
  readonly message: string;
}

export function problem(code: ErrorCode, path: string, message: string): Problem {
  return { code, path, message };
}

/** What a failed check says of `path`; a pulled stick and our own faults are no finding and go on. */
export function toProblem(error: unknown, path: string): Problem {
  if (!(error instanceof StationError) || passed.has(error.code)) throw error;
  const { code, message } = error;
  if (code === "REQUEST_NOT_A_FILE") return problem("VERIFY_UNEXPECTED", path, "This is not an ordinary file.");
  if (code === "REQUEST_TOO_LARGE") return problem("VERIFY_DIGEST", path, "The file is larger than it can be.");
  return problem(code, path, message);
}

/** By path, then code. */
export function byPath(a: Problem, b: Problem): number {
  return compare(a.path, b.path) || compare(a.code, b.code);
}

const passed: ReadonlySet<ErrorCode> = new Set(["STICK_GONE", "INTERNAL", "CANCELLED"]);

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
