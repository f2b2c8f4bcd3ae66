import type { ErrorCode, Failure } from "#shared/domain/errors.ts";

/** What a fake engine throws where the real one would throw a StationError. */
export class FakeRefusal extends Error {
  readonly code: ErrorCode;
  readonly details: Failure["details"];
  constructor(code: ErrorCode, details?: Failure["details"]) {
    super(`fake: ${code}`);
    this.code = code;
    this.details = details;
  }
}
