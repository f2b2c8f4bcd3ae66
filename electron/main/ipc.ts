import { channels } from "#shared/ipc/channels.ts";
import type { Dispatch } from "../engine/dispatch.ts";

/** What of `ipcMain` is used; `event` is Electron's, judged by `isOurs` alone. */
export interface Messages<Event> {
  handle(channel: string, listener: (event: Event, ...args: unknown[]) => unknown): void;
  on(channel: string, listener: (event: Event, ...args: unknown[]) => void): void;
}

export interface IpcServer {
  /** The page is gone or another one is coming: nobody is left to listen. */
  endAll(): void;
}

/** More than any page of ours opens; a page gone wild is not served beyond it. */
const mostSubscriptions = 64;

/**
 * Serves one window. Every message's sender is checked before anything it says is looked at, and a listener gets its
 * next snapshot only after it has taken the one before.
 */
export function serveIpc<Event>(options: {
  readonly messages: Messages<Event>;
  readonly dispatch: Dispatch;
  readonly isOurs: (event: Event) => boolean;
  readonly send: (channel: string, ...args: unknown[]) => void;
}): IpcServer {
  const { messages, dispatch, isOurs, send } = options;
  const open = new Map<number, { readonly end: () => void; taken: () => void }>();

  messages.handle(channels.call, (event, name, input) => {
    if (!isOurs(event))
      return { ok: false, error: { code: "USAGE", message: "The call came from a page that is not the station's." } };
    return dispatch.call(name, input);
  });

  messages.on(channels.subscribe, (event, id, feed) => {
    if (!isOurs(event) || !isId(id) || open.has(id) || open.size >= mostSubscriptions) return;
    const subscription = { end: () => {}, taken: () => {} };
    open.set(id, subscription);
    const reply = dispatch.subscribe(feed, (snapshot) => {
      send(channels.snapshot, id, snapshot);
      return new Promise<void>((resolve) => {
        subscription.taken = resolve;
      });
    });
    if (reply.ok) subscription.end = reply.value;
    else open.delete(id);
  });

  messages.on(channels.unsubscribe, (event, id) => {
    if (isOurs(event) && isId(id)) end(id);
  });

  messages.on(channels.taken, (event, id) => {
    if (isOurs(event) && isId(id)) open.get(id)?.taken();
  });

  const end = (id: number) => {
    const subscription = open.get(id);
    open.delete(id);
    subscription?.end();
    // Lets a listener that still waits for the page go.
    subscription?.taken();
  };

  return {
    endAll: () => {
      for (const id of open.keys()) end(id);
    },
  };
}

function isId(id: unknown): id is number {
  return Number.isSafeInteger(id) && (id as number) > 0;
}
