import { type Failure, toFailure } from "#shared/domain/errors.ts";

interface Stoppable {
  preventDefault(): void;
}

export interface QuitPieces {
  readonly app: {
    on(event: "before-quit", listener: (event: Stoppable) => void): unknown;
    quit(): void;
  };
  readonly engine: {
    quitBlocker(): Failure | null;
    isWorking(): boolean;
    close(): Promise<void>;
  };
  /** Says why the station stays. */
  tellBlocked(): Promise<void>;
  /** Whether to stop a batch that can go on later. */
  askToStop(): Promise<boolean>;
  /** That the engine could not close in order, as on a full disk; the ledger and the sticks are made for that. */
  warn(failure: Failure): void;
}

/**
 * The station ends in order or not at all: never while a delivery is being committed, after asking while a batch is
 * worked on, and always with the ledger closed first. Returns the listener of the window's `close`.
 */
export function guardQuit({ app, engine, tellBlocked, askToStop, warn }: QuitPieces): (event: Stoppable) => void {
  let closed = false;
  let asking = false;

  const decide = async () => {
    if (engine.quitBlocker() !== null) return await tellBlocked();
    if (engine.isWorking() && !(await askToStop())) return;
    // While the question was on the screen the batch has gone on.
    if (engine.quitBlocker() !== null) return await tellBlocked();
    await engine.close().catch((error: unknown) => warn(toFailure(error)));
    closed = true;
    app.quit();
  };
  app.on("before-quit", (event) => {
    if (closed) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    void decide().finally(() => {
      asking = false;
    });
  });
  return (event) => {
    if (closed) return;
    event.preventDefault();
    app.quit();
  };
}
