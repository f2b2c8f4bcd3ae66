import type { ErrorCode } from "#shared/domain/errors.ts";

/** A failure for people: what happened, what it means for the seat and the stick, what to do next. */
export type Message = readonly [what: string, means: string, next: string];

export type Messages = Readonly<Record<ErrorCode, Message>>;
