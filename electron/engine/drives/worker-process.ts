import { fork } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";
import type { FromWorker, ToWorker } from "./worker-protocol.ts";

/** A process that runs worker-child.ts, however it was made: forked here, or an Electron utility process. */
export interface WorkerProcess {
  /** For the log; null when it never started. */
  readonly pid: number | null;
  send(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Also when it could not be started, or can't be talked to any more. Called at least once. */
  onExit(listener: () => void): void;
  /** By force, and without waiting: a process stuck in the kernel dies when the kernel lets go of it. */
  kill(): void;
}

/** Arguments to a child are seen by every user of the machine, so all it needs to know goes over the channel. */
export function forkWorker(entry: URL = new URL("./worker-child.ts", import.meta.url)): WorkerProcess {
  const child = fork(entry, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [],
    env: childEnvironment(),
  });
  return {
    pid: child.pid ?? null,
    send: (message) => {
      // What can't be sent is told by `exit` or `disconnect`.
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (listener) => {
      child.on("message", (message) => {
        listener(message as unknown as FromWorker);
      });
    },
    onExit: (listener) => {
      child.on("exit", listener);
      child.on("error", listener);
      child.on("disconnect", listener);
    },
    kill: () => {
      child.kill("SIGKILL");
      if (child.connected) child.disconnect();
      child.unref();
    },
  };
}
