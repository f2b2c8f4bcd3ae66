import type { z } from "zod";
import { type Failure, StationError } from "#shared/domain/errors.ts";
import { calls, feeds } from "#shared/ipc/contract.ts";
import type { lockState } from "#shared/ipc/settings-contract.ts";
import { createDispatch, type Dispatch, type FeedSources, type Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";

export type LockNeed = NonNullable<z.infer<typeof lockState>["needs"]>;

/**
 * Stands before an engine whose keys nobody has opened yet: it answers the two calls of the lock, refuses all others,
 * and keeps subscriptions until they can begin.
 */
export function createLockGate(options: {
  readonly needs: LockNeed;
  /** @throws StationError KEYS_UNREADABLE, USAGE for a passphrase that is too short, or whatever the home has to say */
  readonly open: (passphrase: string) => Promise<Dispatch>;
  readonly clock: Clock;
  readonly log: Log;
}): Dispatch {
  let opened: Dispatch | null = null;
  let opening: Promise<Dispatch> | null = null;
  const waiting = new Set<() => void>();

  const refuse = () => {
    throw new StationError("SECRET_MISSING", "The station is locked. Enter its passphrase first.");
  };
  const handlers = {
    ...(Object.fromEntries(Object.keys(calls).map((name) => [name, refuse])) as unknown as Handlers),
    "lock.state": () => ({ needs: options.needs }),
    "lock.open": async ({ secret }: { secret: string }) => {
      // One guess at a time: each costs the station a second of work on purpose.
      if (opening !== null) throw new StationError("USAGE", "The last passphrase is still being tried. Wait a moment.");
      opening = options.open(secret).finally(() => {
        opening = null;
      });
      opened = await opening;
      for (const begin of waiting) begin();
      waiting.clear();
      return { needs: null };
    },
  };
  const silent = { current: refuse, onChange: () => () => {} };
  const locked = createDispatch({
    handlers,
    feeds: Object.fromEntries(Object.keys(feeds).map((name) => [name, silent])) as unknown as FeedSources,
    clock: options.clock,
    log: options.log,
  });

  return {
    call: (name, raw) => (opened ?? locked).call(name, raw),
    subscribe: (name, listener) => {
      if (opened !== null || typeof name !== "string" || !Object.hasOwn(feeds, name))
        return (opened ?? locked).subscribe(name, listener);
      if (waiting.size >= mostWaiting) {
        const failure: Failure = { code: "USAGE", message: "Too many subscriptions are open; close some first." };
        return { ok: false, error: failure };
      }
      let end = () => {};
      const begin = () => {
        const reply = opened?.subscribe(name, listener);
        if (reply?.ok === true) end = reply.value;
      };
      waiting.add(begin);
      return {
        ok: true,
        value: () => {
          waiting.delete(begin);
          end();
        },
      };
    },
  };
}

const mostWaiting = 256;
