import { type ChildProcess, fork } from "node:child_process";
import type { Clock } from "../platform/clock.ts";
import type { HotplugListener, HotplugSource } from "./hotplug.ts";
import { childEnvironment } from "./child-environment.ts";
import { timeouts } from "./timeouts.ts";

export interface HotplugProcessOptions {
  readonly clock: Clock;
  /** The program to run; hotplug-child.ts unless told. */
  readonly entry?: URL;
}

/**
 * The hotplug libraries, in a process of their own that is killed when it falls silent and started anew when it
 * dies, a few times; then, or when no library is installed, it is absent and polling does the work.
 */
export function hotplugProcess({
  clock,
  entry = new URL("./hotplug-child.ts", import.meta.url),
}: HotplugProcessOptions): HotplugSource {
  return {
    start: (listener) => {
      const ended = new AbortController();
      void keepRunning(listener, clock, entry, ended.signal);
      return () => {
        ended.abort();
      };
    },
  };
}

async function keepRunning(listener: HotplugListener, clock: Clock, entry: URL, ended: AbortSignal): Promise<void> {
  for (let starts = 1; !ended.aborted; starts++) {
    const outcome = await runOnce(listener, clock, entry, ended);
    if (ended.aborted) return;
    // Whatever made it die may have been a stick.
    listener.nudge();
    if (outcome === "absent") {
      listener.absent("no hotplug library is installed");
      return;
    }
    if (starts === timeouts.hotplugStarts) {
      listener.absent("the hotplug library keeps failing");
      return;
    }
    await clock.sleep(timeouts.hotplugRestartMs, ended).catch(() => {});
  }
}

/** Until the process is dead, or as good as dead. Never rejects. */
function runOnce(listener: HotplugListener, clock: Clock, entry: URL, ended: AbortSignal): Promise<"absent" | "died"> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = fork(entry, { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [], env: childEnvironment() });
    } catch {
      resolve("died");
      return;
    }
    let silence = new AbortController();
    const settle = (outcome: "absent" | "died"): void => {
      silence.abort();
      ended.removeEventListener("abort", kill);
      child.kill("SIGKILL");
      child.unref();
      resolve(outcome);
    };
    const kill = (): void => {
      settle("died");
    };
    const heard = (): void => {
      silence.abort();
      silence = new AbortController();
      clock.sleep(timeouts.hotplugSilenceMs, silence.signal).then(kill, () => {});
    };
    child.on("message", (word) => {
      if (silence.signal.aborted) return;
      heard();
      if (word === "absent") settle("absent");
      if (word === "nudge") listener.nudge();
    });
    child.on("error", kill);
    child.on("exit", kill);
    ended.addEventListener("abort", kill, { once: true });
    heard();
  });
}
