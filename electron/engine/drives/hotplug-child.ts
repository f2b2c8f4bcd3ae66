/**
 * Runs alone in a process of its own: hotplug libraries crash on fast replugs, hang at exit and ignore SIGTERM, so
 * this process may be killed at any moment and nobody misses it. Tells its parent `ready <library>`, `absent`, `alive`, `nudge`.
 * Libraries are optional: `usb-detection` first, `usb` of major version 2 after it.
 */
import { parentChannel } from "./parent-channel.ts";
import { timeouts } from "./timeouts.ts";

type Word = `ready ${string}` | "absent" | "alive" | "nudge";

const parent = parentChannel();
const tell = (word: Word): void => {
  parent.send(word);
};

/** Which library listens. */
async function listen(): Promise<string | null> {
  const nudge = (): void => {
    tell("nudge");
  };
  for (const { name, start } of libraries) {
    try {
      const library: unknown = await import(name);
      if (start(library, nudge)) return name;
    } catch {
      // Not installed, not built for this system, or of another shape: the next one.
    }
  }
  return null;
}

interface Library {
  readonly name: string;
  readonly start: (library: unknown, nudge: () => void) => boolean;
}

type Emitter = Readonly<Record<"on", (event: string, listener: () => void) => void>>;

const libraries: readonly Library[] = [
  {
    name: "usb-detection",
    start: (library, nudge) => {
      const detection = memberOf(library, "default") ?? library;
      const startMonitoring = memberOf(detection, "startMonitoring");
      if (typeof startMonitoring !== "function" || !isEmitter(detection)) return false;
      Reflect.apply(startMonitoring, detection, []);
      detection.on("change", nudge);
      return true;
    },
  },
  {
    name: "usb",
    start: (library, nudge) => {
      const usb = memberOf(library, "usb") ?? memberOf(memberOf(library, "default"), "usb");
      if (!isEmitter(usb)) return false;
      usb.on("attach", nudge);
      usb.on("detach", nudge);
      return true;
    },
  },
];

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function isEmitter(value: unknown): value is Emitter {
  return typeof memberOf(value, "on") === "function";
}

// Last, since everything above has to be there.
const listening = await listen();
tell(listening === null ? "absent" : `ready ${listening}`);
setInterval(() => {
  tell("alive");
}, timeouts.hotplugBeatMs);
