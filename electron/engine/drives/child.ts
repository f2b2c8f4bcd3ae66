import { fork } from "node:child_process";
import { childEnvironment } from "./child-environment.ts";

/** The programs of this folder that run in processes of their own. */
export type ChildName = "worker-child" | "hotplug-child" | "drivelist-child";

/** A process of ours, however it was made: forked here, or an Electron utility process. */
export interface Child {
  /** For the log; null when it never started. */
  readonly pid: number | null;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Also when it could not be started, or can't be talked to any more. Called at least once. */
  onExit(listener: () => void): void;
  /** By force, and without waiting: a process stuck in the kernel dies when the kernel lets go of it. */
  kill(): void;
}

export type StartChild = (name: ChildName) => Child;

export const forkChild: StartChild = (name) => forkProgram(new URL(`./${name}.ts`, import.meta.url));

/** Arguments to a child are seen by every user of the machine, so all it needs to know goes over the channel. */
export function forkProgram(entry: URL): Child {
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
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (listener) => {
      child.on("message", listener);
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
