import type { Failure } from "#shared/domain/errors.ts";
import { failure } from "#shared/ipc/fields.ts";
import {
  type CallInput,
  type CallName,
  type CallOutput,
  type FeedName,
  type FeedSnapshot,
  calls,
  feeds,
} from "#shared/ipc/contract.ts";
import type { Reply } from "#shared/ipc/reply.ts";
import { z } from "zod";
import type { Transport } from "./transport.ts";

export interface Client {
  /** Never rejects: what goes wrong on the way is a failure like any other. */
  readonly call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<Reply<CallOutput<N>>>;
  /** Snapshots that break the contract are dropped. */
  readonly subscribe: <N extends FeedName>(feed: N, onSnapshot: (snapshot: FeedSnapshot<N>) => void) => () => void;
  readonly onConnection: (listener: (up: boolean) => void) => () => void;
}

const unreachable: Failure = { code: "INTERNAL", message: "The window could not reach the station's engine." };
const malformed: Failure = { code: "INTERNAL", message: "The engine's answer is not what the contract says." };

const envelope = z.union([
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), error: failure }),
]);

export function createClient(transport: Transport): Client {
  return {
    async call<N extends CallName>(name: N, input: CallInput<N>) {
      let raw: unknown;
      try {
        raw = await transport.call(name, input);
      } catch {
        return { ok: false, error: unreachable };
      }
      const reply = envelope.safeParse(raw);
      if (!reply.success) return { ok: false, error: malformed };
      if (!reply.data.ok) return { ok: false, error: reply.data.error as Failure };
      const value = calls[name].output.safeParse(reply.data.value);
      return value.success ? { ok: true, value: value.data as CallOutput<N> } : { ok: false, error: malformed };
    },
    subscribe: (feed, onSnapshot) =>
      transport.subscribe(feed, (raw) => {
        const snapshot = feeds[feed].safeParse(raw);
        if (snapshot.success) onSnapshot(snapshot.data as FeedSnapshot<typeof feed>);
      }),
    onConnection: transport.onConnection ?? (() => () => undefined),
  };
}
