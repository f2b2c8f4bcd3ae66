import { createBridge, type Messages as PageMessages } from "../../electron/preload/bridge.ts";
import type { Messages as MainMessages } from "../../electron/main/ipc.ts";

export interface FakeEvent {
  readonly sender: string;
}

/**
 * Electron's messages between one page and the main process, as far as the station uses them: values are structured
 * clones, an `invoke` whose handler throws rejects with its text alone, and what is sent arrives in order, later.
 */
export function electronMessages() {
  type Handler = (event: FakeEvent, ...args: unknown[]) => unknown;
  const handlers = new Map<string, Handler>();
  const mainListeners = new Map<string, Handler>();
  const pageListeners = new Map<string, Handler>();
  const main: MainMessages<FakeEvent> = {
    handle: (channel, handler) => void handlers.set(channel, handler),
    on: (channel, listener) => void mainListeners.set(channel, listener),
  };
  /** What listeners have thrown: on either side that is theirs to answer for, not the sender's. */
  const errors: unknown[] = [];
  const later = (work: () => void) =>
    void Promise.resolve()
      .then(work)
      .catch((error: unknown) => errors.push(error));
  const pageOf = (sender: string): PageMessages => ({
    invoke: async (channel, ...args) => {
      const copy = structuredClone(args);
      try {
        return structuredClone(await handlers.get(channel)?.({ sender }, ...copy));
      } catch (error) {
        throw new Error(`Error invoking remote method: ${String(error)}`, { cause: error });
      }
    },
    send: (channel, ...args) => {
      const copy = structuredClone(args);
      later(() => mainListeners.get(channel)?.({ sender }, ...copy));
    },
    on: (channel, listener) => void pageListeners.set(channel, listener),
  });
  return {
    main,
    errors,
    /** Main to page. */
    send: (channel: string, ...args: unknown[]) => {
      const copy = structuredClone(args);
      later(() => pageListeners.get(channel)?.({ sender: "main" }, ...copy));
    },
    /** The raw page side, for pages that do not behave. */
    pageOf,
    bridge: () => createBridge(pageOf("window")),
  };
}
