import { type ErrorCode, StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Files } from "../platform/files.ts";
import type { StickMark } from "../platform/os-errors.ts";
import { timeouts } from "./timeouts.ts";
import { forkWorker, type WorkerProcess } from "./worker-process.ts";
import type { FoundStick } from "../platform/stick-identity.ts";
import { type FromWorker, openingId, operationKinds } from "./worker-protocol.ts";

/** One stick's file operations in a process of their own. */
export interface StickWorker {
  /** Confined to the stick; fails with the worker's own failure once it is dead. */
  readonly files: Files;
  /** Which stick the worker itself found there; null when it was given a mark. */
  readonly found: FoundStick | null;
  /** Why the worker is dead; null while it lives. Prefer it to what file operations failed with after it. */
  readonly failure: StationError | null;
  /** Ends the process, by force if need be; never rejects. */
  close(): Promise<void>;
}

export interface StickWorkerOptions {
  readonly root: string;
  /** Which stick it must be; null: the worker finds out. */
  readonly mark: StickMark | null;
  readonly clock: Clock;
  /** Where the process comes from; a forked Node unless told. */
  readonly spawn?: () => WorkerProcess;
}

/**
 * Starts a worker for one stick. Nothing that the stick does, hanging in the kernel included, holds up the engine for
 * longer than timeouts.ts says. @throws StationError STICK_IO when the worker does not start
 */
export async function openStickWorker({
  root,
  mark,
  clock,
  spawn = forkWorker,
}: StickWorkerOptions): Promise<StickWorker> {
  const worker = new Worker(spawn(), clock);
  try {
    await worker.open(root, mark);
  } catch (error) {
    await worker.close();
    throw error;
  }
  return worker;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StationError) => void;
  readonly deadline: AbortController;
}

class Worker implements StickWorker {
  readonly files: Files;
  readonly #process: WorkerProcess;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #failure: StationError | null = null;
  #found: FoundStick | null = null;
  #ids = 0;

  constructor(process: WorkerProcess, clock: Clock) {
    this.#process = process;
    this.#clock = clock;
    this.files = remoteFiles((operation, args) => this.#call(operation, args));
    process.onMessage((message) => {
      this.#receive(message);
    });
    process.onExit(() => {
      this.#die(
        "STICK_IO",
        "The process that worked on the stick has ended unexpectedly. Plug the stick in again and resume.",
      );
    });
  }

  get failure(): StationError | null {
    return this.#failure;
  }

  get found(): FoundStick | null {
    return this.#found;
  }

  async open(root: string, mark: StickMark | null): Promise<void> {
    await this.#wait(openingId, timeouts.workerStartMs, () => {
      this.#process.send({ kind: "open", root, mark });
    });
  }

  async close(): Promise<void> {
    if (this.#failure !== null) return;
    this.#die("CANCELLED", "The work on the stick has ended.");
    await Promise.resolve();
  }

  #call(operation: keyof Files, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#ids;
    const limitMs = operationKinds[operation] === "bulk" ? timeouts.bulkOperationMs : timeouts.fileOperationMs;
    return this.#wait(id, limitMs, () => {
      this.#process.send({ kind: "call", id, operation, args });
    });
  }

  #wait(id: number, limitMs: number, begin: () => void): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const deadline = new AbortController();
      this.#pending.set(id, { resolve, reject, deadline });
      void this.#expire(limitMs, deadline.signal);
      begin();
    });
  }

  async #expire(limitMs: number, answered: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(limitMs, answered);
    } catch {
      return;
    }
    const seconds = Math.round(limitMs / 1000);
    this.#die(
      "STICK_IO",
      `The stick has not answered for ${seconds} seconds. Pull it, plug it in again and resume; if it happens again, use another stick.`,
    );
  }

  #receive(message: FromWorker): void {
    const id = message.kind === "ready" ? openingId : message.id;
    if (message.kind === "ready") this.#found = message.found;
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.deadline.abort();
    if (message.kind === "failure") {
      const { code, message: text, details } = message.failure;
      pending.reject(new StationError(code, text, details === undefined ? {} : { details }));
    } else pending.resolve(message.kind === "ready" ? null : message.value);
  }

  #die(code: ErrorCode, text: string): void {
    if (this.#failure !== null) return;
    this.#failure = new StationError(code, text);
    this.#process.kill();
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, deadline } of waiting) {
      deadline.abort();
      reject(this.#failure);
    }
  }
}

/** The results are what the same operations answered in the worker; both ends are this very program. */
function remoteFiles(call: (operation: keyof Files, args: readonly unknown[]) => Promise<unknown>): Files {
  const names = Object.keys(operationKinds) as readonly (keyof Files)[];
  return Object.fromEntries(
    names.map((name) => [name, (...args: readonly unknown[]) => call(name, args)]),
  ) as unknown as Files;
}
