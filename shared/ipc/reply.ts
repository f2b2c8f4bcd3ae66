import type { Failure } from "#shared/domain/errors.ts";

/** Every call is answered, never rejected: a transport keeps only the message of a thrown error, so codes travel as data. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };
