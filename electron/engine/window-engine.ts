import { hex } from "#shared/formats/encoding.ts";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { createDispatch, type Dispatch } from "./dispatch.ts";
import { createDesk, type Desk } from "./handlers/desk.ts";
import { deskHandlers } from "./handlers/desk-handlers.ts";
import type { Dialogs } from "./handlers/dialogs.ts";
import type { StartRehearsalServer } from "./handlers/engine-face.ts";
import { type Followed, followLicence } from "./handlers/follow-licence.ts";
import { createLockGate } from "./handlers/lock-gate.ts";
import { realEngine } from "./handlers/open-engine.ts";
import { custodyOf, type Sealing } from "./keys/index.ts";
import { chromiumPrinter, type PrintPdf } from "./platform/chromium.ts";
import { type Clock, systemClock } from "./platform/clock.ts";
import type { StartChild } from "./drives/child.ts";
import type { Bench } from "./handlers/bench/bench.ts";
import { openStickOf, systemBench, type SystemBenchOptions } from "./handlers/bench/system-bench.ts";
import type { OpenStickAt } from "./platform/open-stick.ts";
import type { Log } from "./platform/log.ts";
import { nodeFiles } from "./platform/node-files.ts";
import { type Random, systemRandom } from "./platform/random.ts";
import { firstSettings, openSettings } from "./settings/settings-store.ts";
import { knownStationName } from "./station-file.ts";

export interface WindowEngineOptions {
  readonly home: string;
  /** How a new home is sealed, or one that is not sealed with a passphrase; null: only a passphrase will do. */
  readonly sealing: Sealing | null;
  /** Given at the start, so that nobody needs to be asked. */
  readonly passphrase: string | null;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dialogs: Dialogs;
  readonly startRehearsalServer: StartRehearsalServer;
  readonly verifierPy: () => Uint8Array;
  /** How reports become PDFs; by default with whatever Chromium the machine has. */
  readonly printPdf?: PrintPdf;
  readonly log: Log;
  /** How processes of ours are started; forked Nodes unless told. */
  readonly startChild?: StartChild;
  /** Another bench than this machine's. */
  readonly openBench?: (options: SystemBenchOptions) => Bench;
  readonly openStick?: (bench: Bench) => OpenStickAt;
  /** The system's, unless told. */
  readonly clock?: Clock;
}

/** The whole engine behind one window, whoever hosts it. */
export interface WindowEngine {
  readonly dispatch: Dispatch;
  /** Why the program must not end now; null when it may. */
  quitBlocker(): Failure | null;
  /** Whether a batch is worked on, which can be stopped and continued later. */
  isWorking(): boolean;
  /** Stops what runs, in order, and lets the home go. */
  close(): Promise<void>;
}

/** Between two looks at what is plugged in, and at whether the server answers. */
const lookEveryMs = 2000;
const pingEveryLooks = 15;

/** @throws StationError HOME_UNREADABLE, KEYS_UNREADABLE when the settings or the key file are damaged */
export function openWindowEngine(options: WindowEngineOptions): WindowEngine {
  const { home, passphrase, log, clock = systemClock } = options;
  const closing = new AbortController();
  let desk: Desk | null = null;
  let bench: Bench | null = null;
  const openBench = options.openBench ?? systemBench;
  const starting = options.startChild === undefined ? {} : { startChild: options.startChild };
  const benchNow = (): Bench => {
    bench ??= openBench({
      home,
      clock,
      ...starting,
      changed: () => {
        desk?.changes.raise();
        void desk?.pollDrives();
      },
      notice: (notice) => log.info(notice),
    });
    return bench;
  };

  const openWith = (sealing: Sealing): { readonly desk: Desk; readonly dispatch: Dispatch } => {
    const opened = deskOf(options, sealing, benchNow(), clock);
    const parts = {
      dialogs: options.dialogs,
      files: nodeFiles,
      clock,
      random,
      version: options.version,
      custody: sealing.custody,
    };
    return { desk: opened, dispatch: createDispatch({ ...deskHandlers(opened, parts), clock, log }) };
  };
  const begin = (opened: Desk) => {
    desk = opened;
    void lookAround(opened, clock, closing.signal);
  };
  const unlock = async (secret: string): Promise<Dispatch> => {
    if (secret.normalize("NFKC").length < shortestPassphrase) {
      throw new StationError(
        "USAGE",
        `A passphrase has at least ${shortestPassphrase} characters. Choose a longer one.`,
      );
    }
    const opened = openWith({ custody: "passphrase", passphrase: secret });
    // A home in use is opened now: that is when a wrong passphrase shows.
    if (isInUse(home)) await opened.desk.workspace();
    begin(opened.desk);
    return opened.dispatch;
  };
  const start = (sealing: Sealing): Dispatch => {
    const opened = openWith(sealing);
    begin(opened.desk);
    // What stands in the way is told again to every call that needs the home.
    if (isInUse(home)) opened.desk.workspace().catch((error: unknown) => log.warn(toFailure(error).message));
    return opened.dispatch;
  };

  const known = custodyOf(home);
  const sealing =
    passphrase !== null
      ? ({ custody: "passphrase", passphrase } as const)
      : known === "passphrase"
        ? null
        : options.sealing;
  const needs = known === null ? "new-passphrase" : "passphrase";
  return {
    dispatch: sealing === null ? createLockGate({ needs, open: unlock, clock, log }) : start(sealing),
    quitBlocker: () => quitBlocker(desk),
    isWorking: () => (desk?.current()?.batches.open().length ?? 0) > 0,
    close: async () => {
      closing.abort();
      await bench?.close();
      await desk?.close();
    },
  };
}

const random: Random = systemRandom;
const shortestPassphrase = 8;

function deskOf(options: WindowEngineOptions, sealing: Sealing, bench: Bench, clock: Clock): Desk {
  const { home, version, env, verifierPy, startChild } = options;
  const openStick =
    options.openStick?.(bench) ??
    openStickOf(bench, { files: nodeFiles, clock, ...(startChild === undefined ? {} : { startChild }) });
  const printPdf = options.printPdf ?? chromiumPrinter(env);
  return createDesk({
    home,
    settings: openSettings(home, firstSettings(knownStationName(home) ?? `station-${hex(random.bytes(4))}`)),
    isInUse: () => isInUse(home),
    openEngine: realEngine({ sealing, version, env, verifierPy, printPdf, openStick, clock }),
    startRehearsalServer: options.startRehearsalServer,
    bench,
    files: nodeFiles,
    clock,
    random,
  });
}

function isInUse(home: string): boolean {
  return knownStationName(home) !== null;
}

async function lookAround(desk: Desk, clock: Clock, signal: AbortSignal): Promise<void> {
  let followed: Followed | null = null;
  for (let look = 0; !signal.aborted; look++) {
    await desk.pollDrives();
    followed = followLicence(desk, followed, signal);
    if (look % pingEveryLooks === 0) void desk.pingServer(signal);
    await clock.sleep(lookEveryMs, signal).catch(() => {});
  }
}

/** Between the first byte on a stick and its commit an end would cost the operator a resume, for nothing. */
function quitBlocker(desk: Desk | null): Failure | null {
  const delivering =
    desk
      ?.current()
      ?.batches.open()
      .filter(({ phase }) => phase === "delivering") ?? [];
  if (delivering.length === 0) return null;
  return {
    code: "STICK_BUSY",
    message:
      "A delivery is being written to a stick. It takes a moment; leave the stick in and close the station then.",
  };
}
