import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { FromGuest, ToGuest } from "./agent-protocol.ts";

export interface GuestRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program at work in the guest. */
export interface GuestProcess {
  readonly done: Promise<GuestRun>;
  /** The first line of either stream that fits, also one that is past. @throws Error when it ends or time is up before */
  line(fits: (line: string) => boolean, timeoutMs: number): Promise<string>;
  /** Whole lines of either stream so far. */
  lines(): readonly string[];
  signal(name: "SIGINT" | "SIGKILL"): void;
}

export interface AgentChannel {
  readonly ready: Promise<void>;
  start(argv: readonly string[], env?: Readonly<Record<string, string>>): GuestProcess;
  forward(port: number): Promise<void>;
}

interface Watched {
  told(message: FromGuest): void;
}

/** @param heard told every order and answer, for whoever has to find out why a run went wrong */
export function agentChannel(socket: Socket, heard: (message: string) => void): AgentChannel {
  const watched = new Map<number, Watched>();
  let lastId = 0;
  let isReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  createInterface(socket).on("line", (text) => {
    const message = JSON.parse(text) as FromGuest;
    heard(text);
    if ("ready" in message) isReady();
    else {
      watched.get(message.id)?.told(message);
      if ("exit" in message) watched.delete(message.id);
    }
  });
  const send = (order: ToGuest): void => {
    const text = JSON.stringify(order);
    heard(text);
    socket.write(`${text}\n`);
  };
  socket.on("close", () => {
    for (const [id, one] of watched) one.told({ id, exit: null });
    watched.clear();
  });
  return {
    ready,
    start: (argv, env = {}) => {
      const id = ++lastId;
      const { process, told } = follow((name) => send({ id, signal: name }));
      watched.set(id, { told });
      send({ id, start: argv, env });
      return process;
    },
    forward: async (port) => {
      const id = ++lastId;
      const answer = new Promise<FromGuest>((resolve) => watched.set(id, { told: resolve }));
      send({ id, forward: port });
      const told = await answer;
      if (!("exit" in told) || told.exit !== 0) throw new Error(`The guest cannot forward port ${port}.`);
    },
  };
}

function follow(signal: GuestProcess["signal"]) {
  let stdout = "";
  let stderr = "";
  let ended = false;
  const whole: string[] = [];
  const waiting = new Set<() => void>();
  let resolveDone: (run: GuestRun) => void = () => {};
  const done = new Promise<GuestRun>((resolve) => (resolveDone = resolve));
  const rest = { out: "", err: "" };
  const add = (stream: "out" | "err", text: string): void => {
    const lines = (rest[stream] + text).split("\n");
    rest[stream] = lines.pop() ?? "";
    whole.push(...lines);
  };
  const told = (message: FromGuest): void => {
    if ("out" in message) {
      stdout += message.out;
      add("out", message.out);
    } else if ("err" in message) {
      stderr += message.err;
      add("err", message.err);
    } else if ("exit" in message) {
      ended = true;
      resolveDone({ code: message.exit, stdout, stderr });
    }
    for (const look of waiting) look();
  };
  const line: GuestProcess["line"] = (fits, timeoutMs) =>
    new Promise((resolve, reject) => {
      let seen = 0;
      const end = (act: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        act();
      };
      const look = (): void => {
        for (; seen < whole.length; seen++) {
          const found = whole[seen] ?? "";
          if (fits(found)) return end(() => resolve(found));
        }
        if (ended)
          end(() => reject(new Error(`It ended without saying so:\n${stdout.slice(-1000)}${stderr.slice(-2000)}`)));
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`It did not say so in ${timeoutMs} ms:\n${whole.slice(-20).join("\n")}`))),
        timeoutMs,
      );
      waiting.add(look);
      look();
    });
  return { process: { done, line, lines: () => whole, signal } satisfies GuestProcess, told };
}
