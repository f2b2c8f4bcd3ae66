import { calls, feeds } from "#shared/ipc/contract.ts";
import type { CallInput, CallName, CallOutput, FeedName, FeedSnapshot } from "#shared/ipc/contract.ts";
import type { Reply } from "#shared/ipc/reply.ts";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { checkPlainInput } from "./handlers/plain-input.ts";
import { type FeedSource, follow } from "./handlers/feed.ts";
import type { Clock } from "./platform/clock.ts";
import type { Log } from "./platform/log.ts";

/** One function a call. Throws StationError for a failure that people should read. */
export type Handlers = {
  readonly [N in CallName]: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>>;
};

export type FeedSources = { readonly [N in FeedName]: FeedSource<FeedSnapshot<N>> };

/** @param input as the contract parsed it @throws StationError OPERATOR_SIGN_IN_NEEDED, OPERATOR_NOT_ALLOWED */
export type Permit = (name: CallName, input: unknown) => void | Promise<void>;

/** What every transport holds. Nothing it is given is trusted, and neither function ever throws or rejects. */
export interface Dispatch {
  call(name: unknown, raw: unknown): Promise<Reply<unknown>>;
  /**
   * The listener gets the present snapshot at once, then the newest one at most every {@link feedIntervalMs}. While a
   * promise it returned is pending nothing more comes; when it throws or rejects, it is dropped.
   * The value is the function that ends the subscription.
   */
  subscribe(name: unknown, listener: (snapshot: unknown) => void | Promise<void>): Reply<() => void>;
}

/** Two frames of a 60 Hz display. */
export const feedIntervalMs = 33;

const longestMessage = 4096;
const mostSubscriptions = 256;

export function createDispatch(options: {
  readonly handlers: Handlers;
  readonly feeds: FeedSources;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws for a call that whoever is signed in may not make; without it everybody may make every call. */
  readonly permit?: Permit;
}): Dispatch {
  const { handlers, clock, log, permit } = options;
  let subscriptions = 0;

  async function call(name: unknown, raw: unknown): Promise<Reply<unknown>> {
    try {
      if (!isNameOf(calls, name)) throw notUnderstood();
      checkPlainInput(raw);
      const parsed = calls[name].input.safeParse(raw);
      if (!parsed.success) throw notUnderstood(placeOf(parsed.error.issues));
      await permit?.(name, parsed.data);
      // The name ties input and handler together; the union of all names hides that from the compiler.
      const handler = handlers[name] as (input: unknown) => unknown;
      const checked = calls[name].output.safeParse(await handler(parsed.data));
      if (checked.success) return { ok: true, value: checked.data };
      log.warn(`The answer to ${name} is not what the contract says, at ${placeOf(checked.error.issues)}.`);
      throw new StationError("INTERNAL", "The station's own answer was not in order. Look at the screen again.");
    } catch (error) {
      if (!(error instanceof StationError)) log.warn(`A call failed unexpectedly: ${kindOf(error)}.`);
      return { ok: false, error: clipped(toFailure(error)) };
    }
  }

  function subscribe(name: unknown, listener: (snapshot: unknown) => void | Promise<void>): Reply<() => void> {
    if (!isNameOf(feeds, name)) return { ok: false, error: toFailure(notUnderstood()) };
    if (subscriptions >= mostSubscriptions) {
      const failure: Failure = { code: "USAGE", message: "Too many subscriptions are open; close some first." };
      return { ok: false, error: failure };
    }
    const schema = feeds[name];
    const source = options.feeds[name] as FeedSource<unknown>;
    const tell = (snapshot: unknown) => {
      const checked = schema.safeParse(snapshot);
      if (checked.success) return listener(checked.data);
      log.warn(`A snapshot of ${name} is not what the contract says, at ${placeOf(checked.error.issues)}.`);
    };
    subscriptions++;
    const stop = follow(source, { clock, intervalMs: feedIntervalMs }, tell, () => subscriptions--);
    return { ok: true, value: stop };
  }

  return { call, subscribe };
}

/** Own names only: `constructor` and `__proto__` are on every object. */
function isNameOf<T extends object>(contract: T, name: unknown): name is keyof T & string {
  return typeof name === "string" && Object.hasOwn(contract, name);
}

function notUnderstood(place?: string): StationError {
  return new StationError("USAGE", "The call was not understood.", place === undefined ? {} : { details: { place } });
}

/** Where, never what: an input may hold a secret. */
function placeOf(issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  return (issues[0]?.path ?? []).map(String).join(".").slice(0, 200);
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function clipped(failure: Failure): Failure {
  if (failure.message.length <= longestMessage) return failure;
  return { ...failure, message: `${failure.message.slice(0, longestMessage - 1).toWellFormed()}…` };
}
