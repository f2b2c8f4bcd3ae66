/** The way to whoever started this process: Node's IPC, or the port of an Electron utility process. */
export interface ParentChannel {
  onMessage(listener: (message: unknown) => void): void;
  /** A parent that is gone hears nothing; that is no failure. */
  send(message: unknown): void;
}

export function parentChannel(): ParentChannel {
  const port = utilityPort();
  // exit() would wait for operations that never end, and run the very handlers that hang.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  if (port !== null) {
    return {
      onMessage: (listener) => {
        port.on("message", ({ data }) => {
          listener(data);
        });
      },
      send: (message) => {
        port.postMessage(message);
      },
    };
  }
  return {
    onMessage: (listener) => {
      process.on("message", listener);
    },
    send: (message) => {
      // The parent may be gone between the check and the sending; then so are we.
      if (process.connected) process.send?.(message, undefined, {}, () => {});
    },
  };
}

/** Electron's own, which Node's types do not know; such a process dies with the port's other end. */
interface UtilityPort {
  on(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

function utilityPort(): UtilityPort | null {
  const port: unknown = Reflect.get(process, "parentPort");
  return typeof port === "object" && port !== null ? (port as UtilityPort) : null;
}
