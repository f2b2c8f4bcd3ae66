import type { ErrorCode } from "#shared/domain/errors.ts";

/** Why one file or line is not a request; thrown by the parsers and nowhere seen outside of intake. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
