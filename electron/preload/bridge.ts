import { errorMeanings } from "#shared/domain/errors.ts";
import { channels } from "#shared/ipc/channels.ts";
import type { Reply } from "#shared/ipc/reply.ts";

/** The two functions a page gets: nothing of Electron is within their reach. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  subscribe(feed: string, listener: (snapshot: unknown) => void): () => void;
}

/** What of `ipcRenderer` the bridge uses. */
export interface Messages {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  send(channel: string, ...args: unknown[]): void;
  on(channel: string, listener: (event: unknown, ...args: unknown[]) => void): void;
}

export function createBridge(messages: Messages): Bridge {
  const listeners = new Map<number, (snapshot: unknown) => void>();
  let last = 0;
  messages.on(channels.snapshot, (_event, subscription, snapshot) => {
    const listener = listeners.get(subscription as number);
    if (listener === undefined) return;
    try {
      listener(snapshot);
    } finally {
      messages.send(channels.taken, subscription);
    }
  });
  return {
    call: async (name, input) => {
      try {
        return (await messages.invoke(channels.call, name, input)) as Reply<unknown>;
      } catch {
        // The input could not be sent at all, or the shell is going down.
        return { ok: false, error: { code: "INTERNAL", message: errorMeanings.INTERNAL } };
      }
    },
    subscribe: (feed, listener) => {
      const subscription = ++last;
      listeners.set(subscription, listener);
      messages.send(channels.subscribe, subscription, feed);
      return () => {
        if (listeners.delete(subscription)) messages.send(channels.unsubscribe, subscription);
      };
    },
  };
}
