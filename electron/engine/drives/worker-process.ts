import { forkProgram } from "./child.ts";
import type { FromWorker, ToWorker } from "./worker-protocol.ts";

/** A process that runs worker-child.ts: a `Child` (child.ts) as the stick worker talks to it. */
export interface WorkerProcess {
  readonly pid: number | null;
  send(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  onExit(listener: () => void): void;
  kill(): void;
}

export function forkWorker(entry: URL = new URL("./worker-child.ts", import.meta.url)): WorkerProcess {
  return forkProgram(entry) as WorkerProcess;
}
