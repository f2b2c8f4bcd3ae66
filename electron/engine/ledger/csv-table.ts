import { Worker } from "node:worker_threads";
import { StationError } from "#shared/domain/errors.ts";
import { csvRows } from "./csv-rows.ts";

/** ledger.csv in the making. */
interface Table {
  /** Takes the lines away from the caller, and waits while too many of them are not yet rows. */
  add(first: number, lines: Buffer): Promise<void>;
  /** Resolves when `put` has had every row. */
  finish(): Promise<void>;
  /** To be called in the end, however it came. */
  stop(): void;
}

/**
 * Making rows takes as long as all else of an export, so for a long ledger a thread does it, where one can be started.
 * @param put gets the rows in order
 */
export async function startTable(size: number, put: (rows: Uint8Array) => void): Promise<Table> {
  const thread = size < longLedger ? null : await startThread();
  return thread === null ? tableHere(put) : threadTable(thread, put);
}

const longLedger = 16_384;
const mostWaiting = 8;

function tableHere(put: (rows: Uint8Array) => void): Table {
  return {
    add: async (first, lines) => put(rowsOf(first, lines)),
    finish: async () => {},
    stop: () => {},
  };
}

/** Null where none runs; the first that a thread says is that it does. */
function startThread(): Promise<Worker | null> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const program = new URL(`./csv-thread.${ending}`, import.meta.url);
  return new Promise((resolve) => {
    try {
      const worker = new Worker(program, { stdin: false, env: {}, execArgv: [] });
      worker.once("message", () => resolve(worker));
      worker.on("error", () => resolve(null));
      worker.once("exit", () => resolve(null));
    } catch {
      resolve(null);
    }
  });
}

function threadTable(worker: Worker, put: (rows: Uint8Array) => void): Table {
  let waiting = 0;
  let failure: unknown = null;
  let wake = () => {};
  const fail = (error: unknown) => {
    failure ??= error;
    wake();
  };
  worker.on("message", (rows: unknown) => {
    waiting -= 1;
    try {
      if (!(rows instanceof Uint8Array)) throw notEntries();
      put(rows);
    } catch (error) {
      fail(error);
    }
    wake();
  });
  worker.on("error", (cause) => fail(new StationError("INTERNAL", "The table of the export failed.", { cause })));
  worker.on("exit", () => fail(new StationError("INTERNAL", "The table of the export was not finished.")));
  const until = async (most: number) => {
    while (waiting > most && failure === null) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== null) throw failure;
  };
  return {
    add: async (first, lines) => {
      waiting += 1;
      worker.postMessage({ first, lines }, [lines.buffer as ArrayBuffer]);
      await until(mostWaiting);
    },
    finish: () => until(0),
    stop: () => {
      failure ??= new StationError("INTERNAL", "The table of the export was stopped.");
      void worker.terminate();
    },
  };
}

function rowsOf(first: number, lines: Buffer): Uint8Array {
  try {
    return csvRows(first, lines);
  } catch {
    throw notEntries();
  }
}

function notEntries(): StationError {
  return new StationError("LEDGER_BROKEN", "Something in the ledger is not an entry. Verify the ledger.", {
    details: { index: null, what: "entry" },
  });
}
