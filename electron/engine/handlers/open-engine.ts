import { hash } from "node:crypto";
import { join } from "node:path";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import type { ApiAccess } from "../batch/job.ts";
import { auditorPage } from "../audit/auditor-page.ts";
import { licensingKeyFiles, stationKeyFiles } from "../exported-keys.ts";
import type { Sealing } from "../keys/index.ts";
import { exportLedger } from "../ledger/export.ts";
import { verifyLedger } from "../ledger/fsck.ts";
import type { LicensingClient } from "../licensing/client.ts";
import { createDispatcher, createLicensingClient } from "../licensing/index.ts";
import { systemClock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { createStation, type StationOptions } from "../station.ts";
import { createBenchRecord } from "./bench/bench-record.ts";
import type { OpenEngine, ServerProbe } from "./engine-face.ts";
import { stationLedger } from "./station-ledger.ts";

export interface EngineSetUp {
  readonly sealing: Sealing;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The auditor's program that goes with every export. */
  readonly verifierPy: () => Uint8Array;
  readonly openStick?: NonNullable<StationOptions["openStick"]>;
}

/** Opens homes with the real station behind them. */
export function realEngine({ sealing, version, env, verifierPy, openStick }: EngineSetUp): OpenEngine {
  return async (home, name) => {
    const opening = openStick === undefined ? {} : { openStick };
    const station = await createStation({ home, sealing, name, version, env, ...opening });
    const { ledger, keys } = station;
    const publicFiles = () => stationKeyFiles(keys, ledger, station.name).files;
    return {
      engine: station,
      ledger: stationLedger(ledger),
      record: createBenchRecord(ledger),
      checkLedger: async (progress) => {
        const vkey = formatVkey(noteKey(station.name, keys.publicKey("ledger")));
        const { problems } = await verifyLedger({ path: join(home, "ledger.db"), vkey, onProgress: progress });
        return problems.map(({ index, message }) => (index === null ? message : `Entry ${index}: ${message}`));
      },
      server: serverProbe(version, env),
      publicKeyFiles: () => ({ ...publicFiles(), ...licensingKeyFiles(ledger) }),
      keyFingerprints: () => {
        const { fingerprints } = stationKeyFiles(keys, ledger, station.name);
        return {
          ledger: fingerprints["ledger.pem"],
          manifest: fingerprints["manifest.pem"],
          minisign: fingerprints["minisign.pub"],
        };
      },
      exportLedger: async (folder) => {
        const { size } = ledger;
        await exportLedger(ledger, folder, {
          publicKeys: publicFiles(),
          verifierPy: verifierPy(),
          verifierHtml: auditorPage(),
        });
        return size;
      },
    };
  };
}

function serverProbe(version: string, env: EngineSetUp["env"]): ServerProbe {
  const withClient = async <T>(
    api: Pick<ApiAccess, "url" | "apiKey" | "proxy" | "caPem">,
    product: string,
    ask: (client: LicensingClient) => Promise<T>,
  ): Promise<T> => {
    const dispatcher = createDispatcher({ proxy: api.proxy, caFile: api.caPem, env, connections: 1 });
    try {
      return await ask(
        createLicensingClient({
          baseUrl: api.url,
          product,
          apiKey: api.apiKey,
          dispatcher,
          clock: systemClock,
          random: noJitter,
          requestTimeoutMs: 10_000,
          userAgent: `licence-station/${version}`,
        }),
      );
    } finally {
      await dispatcher.close();
    }
  };
  return {
    // The address of the health check names no product, and no key is sent with it.
    health: (api, signal) => withClient({ ...api, apiKey: "none" }, "none", (client) => client.health(signal)),
    license: async (api, product, licenseKey, signal) =>
      (
        await withClient(api, product, (client) =>
          client.validate({ licenseKey, fingerprint: probeFingerprint }, signal),
        )
      ).license,
  };
}

/** Waits between tries are drawn from it, so a probe has none: somebody stands before the screen. */
const noJitter: Random = { bytes: (length) => new Uint8Array(length) };

/** `validate` takes no seat, whichever device it is asked for; no device has this fingerprint. */
const probeFingerprint = `licence-station-probe-${hash("sha256", "licence-station probe").slice(0, 32)}`;
