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
export function startTable(size: number, put: (rows: Uint8Array) => void): Table {
  if (size < longLedger) return tableHere(put);
  const begun = startThread().then((thread) => (thread === null ? tableHere(put) : threadTable(thread, put)));
  return tableThatBegins(begun);
}

const longLedger = 16_384;
const mostWaiting = 8;
// Some 8 MiB of an ordinary ledger: what is read of it while a thread starts.
const mostEarly = 64;

/** Lets the caller go on while the thread starts. */
function tableThatBegins(begun: Promise<Table>): Table {
  let early = 0;
  let last = Promise.resolve();
  let isStopped = false;
  return {
    add: async (first, lines) => {
      early += 1;
      last = last.then(async () => {
        const table = await begun;
        if (isStopped) return;
        await table.add(first, lines);
        early -= 1;
      });
      // Whoever waits for it next is told.
      last.catch(() => {});
      if (early > mostEarly) await last;
    },
    finish: async () => {
      await last;
      await (await begun).finish();
    },
    stop: () => {
      isStopped = true;
      void begun.then((table) => table.stop());
    },
  };
}

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
      // Once it was stopped, the file may be closed, and its number another's.
      if (failure !== null) return;
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
