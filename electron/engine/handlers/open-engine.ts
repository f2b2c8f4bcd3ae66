import { hash } from "node:crypto";
import { join } from "node:path";
import { formatVkey, noteKey } from "#shared/formats/signed-note.ts";
import type { Failure } from "#shared/domain/errors.ts";
import { refreshLicence, registerLicence } from "../authority/issuer-client.ts";
import { carryKeys, vendorKeyEntry } from "../authority/vendor-keys.ts";
import type { ApiAccess } from "../batch/job.ts";
import { auditorPage, verifierFiles } from "../audit/auditor-page.ts";
import { allTime } from "../audit/period.ts";
import { exportReports } from "../audit/report-files.ts";
import { licensingKeyFiles, stationKeyFiles } from "../exported-keys.ts";
import type { Sealing } from "../keys/index.ts";
import { withIssuer } from "../issuer-access.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { exportLedger } from "../ledger/export.ts";
import { verifyLedger } from "../ledger/fsck.ts";
import { isOpenedWhole } from "../ledger/ledger.ts";
import type { LicensingClient } from "../licensing/client.ts";
import { createDispatcher, createLicensingClient } from "../licensing/index.ts";
import type { PrintPdf } from "../platform/chromium.ts";
import type { Clock } from "../platform/clock.ts";
import { type Random, systemRandom } from "../platform/random.ts";
import { exportSalvage } from "../salvage.ts";
import { createStation, type StationOptions } from "../station.ts";
import { rememberVerdict } from "../whole-verification.ts";
import { cosignedCheckpoints } from "../witnesses.ts";
import { stationAudit } from "./audit-face.ts";
import { createBenchRecord } from "./bench/bench-record.ts";
import type { Carrying, OpenEngine, ServerProbe } from "./engine-face.ts";
import { stationLedger } from "./station-ledger.ts";

export interface EngineSetUp {
  readonly sealing: Sealing;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The auditor's program that goes with every export. */
  readonly verifierPy: () => Uint8Array;
  readonly printPdf: PrintPdf;
  readonly openStick?: NonNullable<StationOptions["openStick"]>;
  readonly clock: Clock;
}

/** Opens homes with the real station behind them. */
export function realEngine({ sealing, version, env, verifierPy, printPdf, openStick, clock }: EngineSetUp): OpenEngine {
  return async (home, name) => {
    const opening = openStick === undefined ? {} : { openStick };
    const station = await createStation({ home, sealing, name, version, env, clock, ...opening });
    const { ledger, keys } = station;
    const salvage = async (folder: string) => {
      const vkey = formatVkey(noteKey(station.name, keys.publicKey("ledger")));
      const verdict = await verifyLedger({ path: join(home, "ledger.db"), vkey });
      return (await exportSalvage(ledger, folder, verdict, { ...publicFiles(), ...verifierFiles(verifierPy()) })).shown;
    };
    const publicFiles = () => stationKeyFiles(keys, ledger, station.name).files;
    return {
      engine: station,
      ledger: stationLedger(ledger, (id) => station.operators.list().find((one) => one.id === id)?.name ?? null),
      record: createBenchRecord(ledger),
      audit: stationAudit(ledger, { version, env, printPdf }),
      checkLedger: async (progress) => {
        const vkey = formatVkey(noteKey(station.name, keys.publicKey("ledger")));
        const verdict = await verifyLedger({ path: join(home, "ledger.db"), vkey, onProgress: progress });
        rememberVerdict(home, verdict, clock.now());
        const { problems } = verdict;
        const [first] = problems;
        if (first !== undefined) station.makeReadOnly(damageOf(first.message));
        // What names its entry itself is not told twice which one it is.
        return problems.map(({ index, message }) =>
          index === null || message.startsWith(`Entry ${index} `) ? message : `Entry ${index}: ${message}`,
        );
      },
      isPartlyChecked: station.readOnly === null && !isOpenedWhole(ledger.size),
      server: serverProbe(version, env, clock),
      carrying: carryingOf(ledger, version, env, clock),
      fetchLicence: (how, access, signal) =>
        withIssuer(access, { env, clock, version }, (ask) => {
          const now = clock.now();
          const question = { ask, vendorKeys: station.vendorKeys(), random: systemRandom, now, signal };
          return "token" in how ? refreshLicence(how.token, question) : registerLicence(how.email, question);
        }),
      publicKeyFiles: () => ({ ...publicFiles(), ...licensingKeyFiles(ledger) }),
      keyFingerprints: () => {
        const { fingerprints } = stationKeyFiles(keys, ledger, station.name);
        return {
          ledger: fingerprints["ledger.pem"],
          manifest: fingerprints["manifest.pem"],
          minisign: fingerprints["minisign.pub"],
        };
      },
      exportLedger: async (folder, language) => {
        const { size } = ledger;
        if (station.readOnly !== null) return await salvage(folder);
        await exportLedger(ledger, folder, {
          publicKeys: publicFiles(),
          verifierPy: verifierPy(),
          verifierHtml: auditorPage(),
          cosigned: cosignedCheckpoints(ledger),
          reports: exportReports(ledger, { period: allTime, now: clock.now(), version, language }, printPdf),
        });
        return size;
      },
    };
  };
}

function damageOf(problem: string): Failure {
  return {
    code: "LEDGER_BROKEN",
    message: `The ledger does not verify: ${problem} Nothing is appended to it. Restore it from a backup, or call an auditor.`,
  };
}

function carryingOf(ledger: Ledger, version: string, env: EngineSetUp["env"], clock: Clock): Carrying {
  const vendorKeys = () => carryKeys(ledger.entriesOfType("vendor-key.added").map(({ entry }) => entry));
  return {
    vendorKeys,
    believe: (pem, operator) => {
      const entry = vendorKeyEntry(pem, vendorKeys(), operator, "carry");
      if (entry !== null) ledger.append([entry]);
    },
    withIssuer: (access, work) => withIssuer(access, { env, clock, version }, work),
  };
}

function serverProbe(version: string, env: EngineSetUp["env"], clock: Clock): ServerProbe {
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
          clock,
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
