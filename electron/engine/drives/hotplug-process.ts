import type { Clock } from "../platform/clock.ts";
import { type Child, forkProgram } from "./child.ts";
import type { HotplugListener, HotplugSource } from "./hotplug.ts";
import { timeouts } from "./timeouts.ts";

export interface HotplugProcessOptions {
  readonly clock: Clock;
  /** The program to run; hotplug-child.ts unless told. */
  readonly entry?: URL;
  /** Where the process comes from; a forked Node unless told. */
  readonly spawn?: () => Child;
}

/**
 * The hotplug libraries, in a process of their own that is killed when it falls silent and started anew when it
 * dies, a few times; then, or when no library is installed, it is absent and polling does the work.
 */
export function hotplugProcess({
  clock,
  entry = new URL("./hotplug-child.ts", import.meta.url),
  spawn = () => forkProgram(entry),
}: HotplugProcessOptions): HotplugSource {
  return {
    start: (listener) => {
      const ended = new AbortController();
      void keepRunning(listener, clock, spawn, ended.signal);
      return () => {
        ended.abort();
      };
    },
  };
}

async function keepRunning(
  listener: HotplugListener,
  clock: Clock,
  spawn: () => Child,
  ended: AbortSignal,
): Promise<void> {
  for (let starts = 1; !ended.aborted; starts++) {
    const outcome = await runOnce(listener, clock, spawn, ended);
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
function runOnce(
  listener: HotplugListener,
  clock: Clock,
  spawn: () => Child,
  ended: AbortSignal,
): Promise<"absent" | "died"> {
  return new Promise((resolve) => {
    let child: Child;
    try {
      child = spawn();
    } catch {
      resolve("died");
      return;
    }
    let silence = new AbortController();
    const settle = (outcome: "absent" | "died"): void => {
      silence.abort();
      ended.removeEventListener("abort", kill);
      child.kill();
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
    child.onMessage((word) => {
      if (silence.signal.aborted) return;
      heard();
      if (typeof word === "string" && word.startsWith("ready ")) listener.ready?.(word.slice("ready ".length));
      if (word === "absent") settle("absent");
      if (word === "nudge") listener.nudge();
    });
    child.onExit(kill);
    ended.addEventListener("abort", kill, { once: true });
    heard();
  });
}
