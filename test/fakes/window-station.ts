import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dialogs, LicenceFilePurpose } from "../../electron/engine/handlers/dialogs.ts";
import { silentLog } from "../../electron/engine/platform/log.ts";
import { openWindowEngine, type WindowEngine, type WindowEngineOptions } from "../../electron/engine/window-engine.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "../../electron/sandbox/sandbox.ts";
import type { CallInput, CallName, CallOutput, FeedName, FeedSnapshot } from "../../shared/ipc/contract.ts";
import type { Reply } from "../../shared/ipc/reply.ts";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { fakeDrives } from "./fake-drives.ts";
import { simulatedBench } from "./simulated-bench.ts";

export interface WindowStation {
  readonly folder: string;
  readonly engine: WindowEngine;
  readonly sandbox: RunningSandbox;
  /** What the host's dialogs answer next; null: nothing was chosen. */
  chosen: Record<"folder" | "certificate" | "seatList" | "checkpoint" | LicenceFilePurpose, string | null>;
  reply<N extends CallName>(name: N, input: CallInput<N>): Promise<Reply<CallOutput<N>>>;
  /** Throws when the station answers a failure. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** The first snapshot from now on for which something is true. */
  until<N extends FeedName>(feed: N, isTrue: (snapshot: FeedSnapshot<N>) => boolean): Promise<FeedSnapshot<N>>;
  /** A folder with a request file a device, offered as a stick; its id. */
  stick(devices: readonly { readonly fingerprint: string; readonly name: string }[]): Promise<string>;
  /** Ends this engine and opens the home again, as after a crash or a restart. @param meanwhile what befalls the home */
  reopen(meanwhile?: () => void): Promise<void>;
  close(): Promise<void>;
}

/** A whole station behind its window's contract: the real engine, the real sandbox, a home and sticks in a temporary folder. */
export async function windowStation(
  options: {
    readonly sandbox?: SandboxOptions;
    readonly isSetUp?: boolean;
    readonly rehearsalLatencyMs?: number;
    readonly engine?: Partial<WindowEngineOptions>;
  } = {},
): Promise<WindowStation> {
  const folder = mkdtempSync(join(tmpdir(), "station-window-"));
  const sandbox = await startSandbox({ seed: "window", ...options.sandbox });
  const chosen: WindowStation["chosen"] = {
    folder: null,
    certificate: null,
    seatList: null,
    checkpoint: null,
    licence: null,
    "carried-licence": null,
    "vendor-key": null,
  };
  const dialogs: Dialogs = {
    chooseFolder: async () => chosen.folder,
    chooseSeatList: async () => chosen.seatList,
    chooseCheckpointFile: async () => chosen.checkpoint,
    chooseCertificateFile: async () => chosen.certificate,
    chooseLicenceFile: async (purpose) => chosen[purpose],
  };
  const open = () =>
    openWindowEngine({
      home: join(folder, "home"),
      sealing: { custody: "account", file: join(folder, "account", "account.key") },
      passphrase: null,
      version: "0.0.0-test",
      env: {},
      dialogs,
      startRehearsalServer: ({ stateFile, port }) =>
        startSandbox({ stateFile, port, latencyMs: options.rehearsalLatencyMs ?? 0 }),
      verifierPy: () => new Uint8Array(),
      log: silentLog,
      openBench: (bench) => simulatedBench(bench, fakeDrives()),
      ...options.engine,
    });
  mkdirSync(join(folder, "home"));
  let engine = open();
  let sticks = 0;

  const reply: WindowStation["reply"] = async (name, input) => (await engine.dispatch.call(name, input)) as never;
  const call: WindowStation["call"] = async (name, input) => {
    const answer = await reply(name, input);
    if (answer.ok) return answer.value;
    throw new Error(`${name}: ${answer.error.code} ${answer.error.message}`);
  };
  if (options.isSetUp !== false) {
    await call("settings.update", { stationName: "press-hall", operator: "Ada", apiUrl: sandbox.url, setUp: true });
    await call("settings.set-api-key", { secret: sandbox.apiKey });
    await call("licenses.add", { label: "Main", product: sandbox.product, pool: "main", secret: sandbox.licenseKey });
  }
  return {
    folder,
    get engine() {
      return engine;
    },
    sandbox,
    chosen,
    reply,
    call,
    until: (feed, isTrue) =>
      new Promise((resolve, reject) => {
        const subscribed = engine.dispatch.subscribe(feed, (snapshot) => {
          if (!isTrue(snapshot as never)) return;
          resolve(snapshot as never);
          // Ends this subscription: a listener that fails is dropped.
          throw new Error("seen enough");
        });
        if (!subscribed.ok) reject(new Error(subscribed.error.message));
      }),
    stick: async (devices) => {
      sticks += 1;
      const path = join(folder, "sticks", `stick-${sticks}`);
      mkdirSync(path, { recursive: true });
      devices.forEach(({ fingerprint, name }, i) =>
        writeFileSync(join(path, `${String(i).padStart(5, "0")}.fingerprint.txt`), `${fingerprint}\n${name}\n`),
      );
      chosen.folder = path;
      const listed = await call("sticks.add-folder", {});
      chosen.folder = null;
      return listed.at(-1)?.id ?? "";
    },
    reopen: async (meanwhile = () => {}) => {
      await engine.close();
      meanwhile();
      engine = open();
    },
    close: async () => {
      await engine.close();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Gives a window's station a licence without limits: for jobs larger than it may do without one. */
export async function licenseWindow(station: WindowStation): Promise<void> {
  station.chosen["vendor-key"] = licenceFiles(station.folder, "").key;
  await station.call("licence.add-vendor-key", {});
  await station.call("licence.paste", { secret: testVendor.token(unlimited) });
}

/** So many devices with fingerprints of their own. */
export function someDevices(count: number, prefix = "device") {
  return Array.from({ length: count }, (_, i) => ({
    fingerprint: `fp-${prefix}-${String(i).padStart(6, "0")}`,
    name: `${prefix} ${i}`,
  }));
}
