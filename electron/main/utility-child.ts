import { join } from "node:path";
import type { utilityProcess } from "electron";
import { childEnvironment } from "../engine/drives/child-environment.ts";
import type { StartChild } from "../engine/drives/child.ts";

/** Children as Electron's utility processes, since the packaged program is not allowed to run as a plain Node. `folder` holds them, built. */
export function utilityChildren(utility: Pick<typeof utilityProcess, "fork">, folder: string): StartChild {
  return (name) => {
    const child = utility.fork(join(folder, `${name}.js`), [], {
      serviceName: `station ${name}`,
      stdio: "ignore",
      env: childEnvironment(),
    });
    // Known from `spawn` on, and needed for killing after the process object has forgotten it.
    let pid: number | null = child.pid ?? null;
    let isKilled = false;
    child.on("spawn", () => {
      pid = child.pid ?? null;
      if (isKilled) killHard(pid);
    });
    return {
      get pid() {
        return pid;
      },
      send: (message) => {
        // A port's, not a window's: there is no origin to name.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin
        child.postMessage(message);
      },
      onMessage: (listener) => {
        child.on("message", listener);
      },
      onExit: (listener) => {
        child.on("exit", listener);
      },
      kill: () => {
        isKilled = true;
        child.kill();
        killHard(pid);
      },
    };
  };
}

/** Electron's own `kill` asks politely, which a process stuck on a stick does not hear. */
function killHard(pid: number | null): void {
  if (pid === null) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
