import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Clock } from "../platform/clock.ts";
import type { Files } from "../platform/files.ts";
import type { Random } from "../platform/random.ts";
import type { SettingsStore } from "../settings/settings-store.ts";
import type { Bench } from "./bench/bench.ts";
import { benchDrives } from "./bench/bench-drives.ts";
import { type ApiHealth, createApiHealth, isUnreachable } from "./api-health.ts";
import type { Operators } from "../authority/operators/operators.ts";
import type { OpenEngine, RehearsalServer, StartRehearsalServer } from "./engine-face.ts";
import { createSignal, type Signal } from "./feed.ts";
import { apiKeyName, openWorkspace, rehearsalHome, type Workspace } from "./workspace.ts";

export interface DeskOptions {
  readonly home: string;
  readonly settings: SettingsStore;
  /** Whether the home has a station already. */
  readonly isInUse: () => boolean;
  readonly openEngine: OpenEngine;
  readonly startRehearsalServer: StartRehearsalServer;
  readonly bench: Bench;
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * The one place where somebody works: the real home, or the rehearsal in its stead. A new home is not made before
 * it is needed, so that its station's name, which stays for ever, can be chosen first.
 */
export interface Desk {
  readonly home: string;
  readonly settings: SettingsStore;
  readonly health: ApiHealth;
  readonly bench: Bench;
  /** Raised after everything a feed could show. */
  readonly changes: Signal;
  /** Where work goes now; opened when it was not. @throws StationError HOME_*, KEYS_UNREADABLE, LEDGER_BROKEN */
  workspace(): Promise<Workspace>;
  /** The same, but a new home is not made for it: then null. */
  existing(): Promise<Workspace | null>;
  /** What is open now. */
  current(): Workspace | null;
  /** The real home, whatever goes on now; null before it was opened. */
  real(): Workspace | null;
  /**
   * Accounts are the real home's, also in a rehearsal; null while there is none, which then nobody needs.
   * @throws StationError as {@link workspace}
   */
  operators(): Promise<Operators | null>;
  /** The same, and the home is made for it. */
  openOperators(): Promise<Operators>;
  /** Who works now: whoever is signed in, or the name in the settings while there are no accounts. */
  operatorName(): string;
  /** @throws StationError STICK_BUSY while a batch is worked on */
  beginRehearsal(): Promise<void>;
  endRehearsal(): Promise<void>;
  /** Why the real home could not be opened when it was last tried. */
  problem(): Failure | null;
  /** What was plugged in or pulled since the last time. */
  pollDrives(): Promise<void>;
  /** Whether the server answers, asked only while no batch would tell anyway. */
  pingServer(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function createDesk(options: DeskOptions): Desk {
  const { home, settings, clock, bench } = options;
  const drives = benchDrives(bench);
  const changes = createSignal();
  const health = createApiHealth(clock, changes.raise);
  let real: Promise<Workspace> | null = null;
  let realOpened: Workspace | null = null;
  let problem: Failure | null = null;
  let rehearsal: Workspace | null = null;

  const operatorName = () => {
    const operators = realOpened?.engine.operators;
    return operators?.inUse === true ? (operators.current()?.name ?? "") : settings.get().operator;
  };
  const open = async (folder: string, name: string, server: Workspace["rehearsal"]): Promise<Workspace> => {
    const opened = await options.openEngine(folder, name);
    return openWorkspace({
      ...options,
      drives,
      home: folder,
      opened,
      settings: () => ({ ...settings.get(), operator: operatorName() }),
      rehearsal: server,
      changed: changes.raise,
      ended: (problem) =>
        health.note(problem === null || !isUnreachable(new StationError(problem.code, problem.message))),
    });
  };
  const openReal = (): Promise<Workspace> => {
    real ??= open(home, settings.get().stationName, null).then(
      (workspace) => {
        realOpened = workspace;
        workspace.engine.operators.onChange(changes.raise);
        problem = null;
        changes.raise();
        return workspace;
      },
      (error: unknown) => {
        // What stood in the way may be gone at the next try.
        real = null;
        problem = toFailure(error);
        changes.raise();
        throw error;
      },
    );
    return real;
  };
  const refuseWhileBusy = () => {
    if ((rehearsal ?? realOpened)?.batches.open().length) {
      throw new StationError("STICK_BUSY", "A batch is being worked on. Let it finish or stop it first.");
    }
    if (bench.state.order !== null) throw new StationError("STICK_BUSY", "The station is armed. Disarm it first.");
  };
  let beginning: Promise<void> | null = null;
  const beginRehearsal = async () => {
    if (rehearsal !== null) return;
    beginning ??= begin().finally(() => {
      beginning = null;
    });
    await beginning;
  };
  const begin = async () => {
    refuseWhileBusy();
    const folder = rehearsalHome(home);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const server = await startServer(options.startRehearsalServer, folder);
    try {
      const workspace = await open(folder, rehearsalName(settings.get().stationName), server);
      furnish(workspace, server);
      rehearsal = workspace;
    } catch (error) {
      await server.close();
      throw error;
    }
    settings.update({ rehearsal: true });
    health.forget();
    changes.raise();
  };

  const workspace = async () => {
    if (rehearsal === null && settings.get().rehearsal) await beginRehearsal();
    return rehearsal ?? (await openReal());
  };

  return {
    home,
    settings,
    health,
    bench,
    changes,
    workspace,
    existing: async () => (options.isInUse() || settings.get().rehearsal ? await workspace() : null),
    current: () => rehearsal ?? realOpened,
    operators: async () => (options.isInUse() ? (await openReal()).engine.operators : null),
    openOperators: async () => (await openReal()).engine.operators,
    operatorName,
    real: () => realOpened,
    beginRehearsal,
    endRehearsal: async () => {
      refuseWhileBusy();
      const ending = rehearsal;
      rehearsal = null;
      settings.update({ rehearsal: false });
      health.forget();
      changes.raise();
      await ending?.close();
    },
    problem: () => problem,
    pollDrives: async () => await (rehearsal ?? realOpened)?.pollDrives(),
    pingServer: async (signal) => {
      const workspace = rehearsal ?? realOpened;
      if (workspace !== null && workspace.batches.open().length === 0) await ping(workspace, settings, health, signal);
    },
    close: async () => {
      await rehearsal?.close();
      await (await real?.catch(() => null))?.close();
    },
  };
}

/** The name that the rehearsal's ledger signs with, so that nobody takes it for the real one. */
function rehearsalName(stationName: string): string {
  return `${stationName.slice(0, 52)}-rehearsal`;
}

/**
 * At the same address each time, where that is free: a rehearsal that was cut off can be continued only there.
 */
async function startServer(start: StartRehearsalServer, folder: string): Promise<RehearsalServer> {
  const stateFile = join(folder, "server.json");
  const port = firstPort + (createHash("sha256").update(folder).digest().readUInt16BE(0) % ports);
  try {
    return await start({ stateFile, port });
  } catch (error) {
    if (error instanceof StationError && error.code === "USAGE") return await start({ stateFile, port: 0 });
    throw error;
  }
}

// Outside what systems give out by themselves.
const firstPort = 20_000;
const ports = 10_000;

/** A rehearsal is ready to start: the server's licence, a policy and a work order are chosen. */
function furnish({ licenses, job }: Workspace, server: NonNullable<Workspace["rehearsal"]>): void {
  const { product, licenseKey } = server;
  const sha256 = sha256Hex(utf8(licenseKey));
  if (!licenses.list().some((one) => one.sha256 === sha256 && one.product === product)) {
    for (const { id } of licenses.list()) licenses.remove(id);
    licenses.add({ label: "Rehearsal", product, pool: "rehearsal", key: licenseKey });
  }
  const { policyId, workOrder } = job.get();
  job.set({ product, pool: "rehearsal", policyId: policyId ?? "field", workOrder });
}

async function ping(
  { opened, engine, rehearsal }: Workspace,
  settings: SettingsStore,
  health: ApiHealth,
  signal: AbortSignal,
): Promise<void> {
  const { apiUrl, proxy, caPem } = settings.get();
  // A station that is not set up yet has no business with any server.
  if (rehearsal === null && (apiUrl === "" || engine.keys.secrets.get(apiKeyName) === null)) return health.forget();
  const way =
    rehearsal === null
      ? { url: apiUrl, proxy: proxy === "" ? null : proxy, caPem: caPem === "" ? null : caPem }
      : { url: rehearsal.url, proxy: null, caPem: null };
  const patience = AbortSignal.timeout(pingTimeoutMs);
  try {
    await opened.server.health(way, AbortSignal.any([signal, patience]));
    health.note(true);
  } catch (error) {
    if (!signal.aborted) health.note(!(isUnreachable(error) || patience.aborted));
  }
}

const pingTimeoutMs = 10_000;
