import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** The emulator's monitor: commands in, answers and events out. */
export interface Qmp {
  /** @throws Error with the emulator's own words */
  send(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The next event of this name whose data fits; listens from the call on. */
  event(name: string, fits: (data: Readonly<Record<string, unknown>>) => boolean, timeoutMs: number): Promise<void>;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export async function openQmp(path: string): Promise<Qmp> {
  const socket = await connected(path);
  const waiting = new Map<number, { command: string; resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Set<(message: Message) => void>();
  let lastId = 0;
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    for (const { command, reject } of waiting.values()) reject(new Error(`The emulator ended during ${command}.`));
    waiting.clear();
  });
  createInterface(socket).on("line", (line) => {
    const message = JSON.parse(line) as Message;
    for (const listener of listeners) listener(message);
    const asked = message.id === undefined ? undefined : waiting.get(message.id);
    if (asked === undefined || message.id === undefined) return;
    waiting.delete(message.id);
    if (message.error === undefined) asked.resolve(message.return);
    else asked.reject(new Error(`${asked.command}: ${message.error.desc}`));
  });
  const qmp: Qmp = {
    send: (command, args = {}) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { command, resolve, reject });
        socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
      }),
    event: (name, fits, timeoutMs) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(timer);
          listeners.delete(listener);
        };
        const listener = ({ event, data = {} }: Message): void => {
          if (event !== name || !fits(data)) return;
          end();
          resolve();
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`The emulator told no ${name} within ${timeoutMs} ms.`));
        }, timeoutMs);
        listeners.add(listener);
      }),
    close: () => void socket.destroy(),
  };
  await qmp.send("qmp_capabilities");
  return qmp;
}

/** The socket appears a moment after the emulator has started. */
export async function connected(path: string): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = connect(path, () => resolve(socket));
        socket.once("error", reject);
      });
    } catch (error) {
      if (tries >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
