import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { StationError, toFailure } from "#shared/domain/errors.ts";
import type { settingsView } from "#shared/ipc/settings-contract.ts";
import type { Handlers } from "../dispatch.ts";
import { parseBaseUrl } from "../licensing/base-url.ts";
import type { Clock } from "../platform/clock.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import { isUnreachable } from "./api-health.ts";
import { apiKeyName, type Workspace } from "./workspace.ts";
import { folderStamp } from "./folder-stamp.ts";

type SettingsView = z.infer<typeof settingsView>;

export interface SettingsParts {
  readonly desk: Desk;
  readonly dialogs: Dialogs;
  readonly clock: Clock;
  readonly version: string;
  /** How a home that is not made yet will be sealed. */
  readonly custody: SettingsView["custody"];
}

type SettingsCalls =
  | "settings.get"
  | "settings.update"
  | "settings.set-api-key"
  | "settings.test-connection"
  | "settings.choose-ca"
  | "keys.export"
  | "rehearsal.begin"
  | "rehearsal.end";

export function settingsHandlers(parts: SettingsParts): Pick<Handlers, SettingsCalls> {
  const { desk, dialogs, clock } = parts;
  const view = () => viewOf(parts);
  return {
    "settings.get": view,
    "settings.update": async ({ rehearsal, stationName, ...changes }) => {
      if (changes.apiUrl !== undefined && changes.apiUrl !== "") parseBaseUrl(changes.apiUrl);
      if (changes.proxy !== undefined) checkProxy(changes.proxy);
      if (changes.caPem !== undefined) checkAuthorities(changes.caPem);
      if (stationName !== undefined) checkName(stationName, desk.real());
      desk.settings.update(stationName === undefined ? changes : { ...changes, stationName });
      if (changes.apiUrl !== undefined || changes.proxy !== undefined || changes.caPem !== undefined)
        desk.health.forget();
      if (rehearsal === true) await desk.beginRehearsal();
      if (rehearsal === false) await desk.endRehearsal();
      desk.changes.raise();
      return view();
    },
    "settings.set-api-key": async ({ secret }) => {
      const key = secret.trim();
      if (!/^[\u0021-\u007e]{1,4096}$/.test(key)) {
        throw new StationError(
          "API_UNAUTHORIZED",
          "An API key has no blanks and only plain characters. Copy it from the licensing account once more.",
        );
      }
      const workspace = await desk.workspace();
      if (workspace.rehearsal !== null)
        throw new StationError("USAGE", "A rehearsal has a key of its own. End it first.");
      workspace.engine.keys.secrets.put(apiKeyName, key);
      desk.changes.raise();
      return view();
    },
    "settings.test-connection": async () => testConnection(await desk.workspace(), desk, clock),
    "settings.choose-ca": async () => {
      const file = await dialogs.chooseCertificateFile();
      if (file !== null) {
        const caPem = readCertificates(file);
        checkAuthorities(caPem);
        desk.settings.update({ caPem });
        desk.health.forget();
      }
      return view();
    },
    "keys.export": async () => {
      const { opened, engine } = await desk.workspace();
      const chosen = await dialogs.chooseFolder("keys");
      if (chosen === null) return { folder: null, files: [] };
      const folder = join(chosen, `keys-${folderStamp(engine.name, clock.now())}`);
      const files = opened.publicKeyFiles();
      try {
        mkdirSync(folder);
        for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes, { flag: "wx" });
      } catch (cause) {
        throw new StationError("STICK_READ_ONLY", "The keys could not be written there. Choose another folder.", {
          cause,
        });
      }
      return { folder, files: Object.keys(files) };
    },
    "rehearsal.begin": async () => {
      await desk.beginRehearsal();
      return view();
    },
    "rehearsal.end": async () => {
      await desk.endRehearsal();
      return view();
    },
  };
}

function viewOf({ desk, version, custody }: SettingsParts): SettingsView {
  const settings = desk.settings.get();
  const workspace = desk.current();
  const real = desk.real();
  const keys = workspace?.opened.keyFingerprints() ?? { ledger: "", manifest: "", minisign: "" };
  return {
    ...settings,
    stationName: real?.engine.name ?? settings.stationName,
    rehearsal: workspace?.rehearsal != null || settings.rehearsal,
    apiKeySet: workspace?.rehearsal != null || (real?.engine.keys.secrets.get(apiKeyName) ?? null) !== null,
    custody: workspace?.engine.keys.custody ?? custody,
    keyFingerprints: keys,
    version,
  };
}

async function testConnection(workspace: Workspace, desk: Desk, clock: Clock) {
  const startedMs = clock.monotonicMs();
  const signal = AbortSignal.timeout(testTimeoutMs);
  try {
    const api = workspace.api();
    const { apiVersion } = await workspace.opened.server.health(api, signal);
    const latencyMs = clock.monotonicMs() - startedMs;
    desk.health.note(true);
    await tryKey(workspace, signal);
    return { ok: true, apiVersion, latencyMs, problem: null };
  } catch (error) {
    if (isUnreachable(error) || signal.aborted) desk.health.note(false);
    const { code, message } = toFailure(signal.aborted ? timedOut() : error);
    return { ok: false, apiVersion: null, latencyMs: null, problem: { code, message } };
  }
}

/** Whether the API key is good shows only where there is a licence to ask about; what is said of that is not the question. */
async function tryKey(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const [license] = workspace.licenses.list();
  if (license === undefined) return;
  try {
    await workspace.opened.server.license(
      workspace.api(),
      license.product,
      workspace.licenses.keyOf(license.id),
      signal,
    );
  } catch (error) {
    if (error instanceof StationError && !error.code.startsWith("API_")) return;
    throw error;
  }
}

const testTimeoutMs = 20_000;

function timedOut(): StationError {
  return new StationError(
    "API_TIMEOUT",
    "The licensing server did not answer within 20 seconds. Check the address, the proxy and the network.",
  );
}

const longestCertificateFile = 262_144;

function readCertificates(file: string): string {
  try {
    if (statSync(file).size <= longestCertificateFile) return readFileSync(file, "utf8");
  } catch {
    // Said below.
  }
  throw new StationError("USAGE", "That file cannot be read as certificates. Choose a PEM file of at most 256 KiB.", {
    details: { place: "caPem" },
  });
}

function checkAuthorities(pem: string): void {
  if (pem === "") return;
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0 && blocks.every((block) => new X509Certificate(block).raw.length > 0)) return;
  } catch {
    // Said below.
  }
  throw new StationError(
    "USAGE",
    "That holds no certificate in PEM. Ask the network's administrator for the authority's certificate.",
    {
      details: { place: "caPem" },
    },
  );
}

/** A password in it would be shown and stored in clear. */
function checkProxy(proxy: string): void {
  if (proxy === "") return;
  const url = URL.parse(proxy);
  if ((url?.protocol === "http:" || url?.protocol === "https:") && url.username === "" && url.password === "") return;
  throw new StationError(
    "USAGE",
    "A proxy is an http:// or https:// address without user name and password. One that needs a password belongs into the HTTPS_PROXY variable.",
    { details: { place: "proxy" } },
  );
}

function checkName(name: string, real: Workspace | null): void {
  if (real !== null && real.engine.name !== name) {
    throw new StationError("USAGE", "The station's name is part of its ledger and stays as it is.", {
      details: { place: "stationName" },
    });
  }
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62}[A-Za-z0-9])?$/.test(name)) {
    throw new StationError(
      "USAGE",
      "A station's name is 1 to 64 letters, digits and . _ - / and begins and ends with a letter or digit.",
      {
        details: { place: "stationName" },
      },
    );
  }
}
