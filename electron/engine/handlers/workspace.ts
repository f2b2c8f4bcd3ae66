import { join } from "node:path";
import { type Failure, StationError } from "#shared/domain/errors.ts";
import type { ApiAccess, Job, OnConflict } from "../batch/job.ts";
import type { Clock } from "../platform/clock.ts";
import type { DriveLister } from "../platform/drive-lister.ts";
import type { Files } from "../platform/files.ts";
import type { Random } from "../platform/random.ts";
import type { Document } from "../settings/document.ts";
import { openFolders } from "../settings/folder-store.ts";
import { type JobDefaults, openJob } from "../settings/job-store.ts";
import { type LicenseStore, openLicenses } from "../settings/license-store.ts";
import { openPolicies, type PolicyStore } from "../settings/policy-store.ts";
import type { Settings } from "../settings/settings-store.ts";
import { type Batches, createBatches } from "./batches.ts";
import type { BatchRun } from "./batch-run.ts";
import type { Engine, OpenedEngine, RehearsalServer } from "./engine-face.ts";
import type { LedgerReads } from "./ledger-reads.ts";
import { type Comparison, createComparison } from "./comparison.ts";
import { createSticks, type Stick, type Sticks, type StickSummary } from "./sticks.ts";
import { createThroughput, type Throughput } from "./throughput.ts";
import { createVerification, type Verification } from "./verification.ts";

/** Name of the API key in the key ring's store of secrets. */
export const apiKeyName = "api-key";

export interface WorkspaceOptions {
  readonly home: string;
  readonly opened: OpenedEngine;
  /** The real server's settings, or none of them in a rehearsal. */
  readonly settings: () => Settings;
  readonly rehearsal: RehearsalServer | null;
  readonly drives: DriveLister;
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  readonly changed: () => void;
  /** Told how each batch ended. */
  readonly ended: (problem: Failure | null) => void;
}

/** One opened home with everything the window can do in it: the real one, or the rehearsal's. */
export interface Workspace {
  readonly opened: OpenedEngine;
  readonly engine: Engine;
  readonly ledger: LedgerReads;
  readonly licenses: LicenseStore;
  readonly policies: PolicyStore;
  readonly job: Document<JobDefaults>;
  readonly folders: Document<readonly string[]>;
  readonly sticks: Sticks;
  readonly batches: Batches;
  readonly throughput: Throughput;
  readonly verification: Verification;
  readonly comparison: Comparison;
  readonly rehearsal: RehearsalServer | null;
  /** How the server is reached. @throws StationError SECRET_MISSING, API_URL_INVALID */
  api(acceptSigningKey?: boolean): ApiAccess;
  /** The defaults as one order. @throws StationError USAGE, LICENSE_KEY_MISSING, SECRET_MISSING */
  order(onConflict: OnConflict): Job;
  /** Looks for what was plugged in or pulled, and reads what is new. */
  pollDrives(): Promise<void>;
  close(): Promise<void>;
}

export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { home, opened, clock, random, rehearsal, changed } = options;
  const { engine, ledger } = opened;
  const licenses = openLicenses(home, engine.keys.secrets);
  const policies = openPolicies(home, random);
  const job = openJob(home);
  const folders = openFolders(home);
  const throughput = createThroughput();
  const sticks = createSticks({
    look: (path) => look(engine, ledger, path),
    slots: () => options.settings().slots,
    changed,
  });
  const ended = (stick: Stick, run: BatchRun, problem: Failure | null) => {
    stick.problem = problem ?? partlyFailed(run);
    noteLicenses(licenses, run, clock);
    options.ended(problem);
    // One that is worked on at an armed bench is being let go of, and must not be touched again.
    if (sticks.list().includes(stick)) void sticks.refresh(stick);
  };
  const batches = createBatches({
    engine,
    ledger,
    clock,
    sticks: sticks.list,
    changed,
    settled: (kind) => throughput.record(kind, clock.now()),
    ended,
  });
  const verification = createVerification(opened.checkLedger, clock, changed);
  // What opening left unseen: all that lies before the newest entries, or all that is wrong besides the first.
  if (opened.isPartlyChecked || engine.readOnly !== null) verification.start();
  const comparison = createComparison(clock, changed);
  for (const folder of folders.get()) void sticks.read(sticks.addFolder(folder));

  return {
    opened,
    engine,
    ledger,
    licenses,
    policies,
    job,
    folders,
    sticks,
    batches,
    throughput,
    verification,
    comparison,
    rehearsal,
    api: (acceptSigningKey = false) => apiAccess(engine, options.settings(), rehearsal, acceptSigningKey),
    order: (onConflict) =>
      orderOf({ job: job.get(), licenses, policies, settings: options.settings(), rehearsal }, onConflict),
    pollDrives: async () => {
      const fresh = sticks.setDrives(await options.drives.list());
      await Promise.all(fresh.map(sticks.read));
    },
    close: async () => {
      await batches.stopAll();
      comparison.stop();
      await comparison.ended;
      await verification.ended;
      await engine.close();
      await rehearsal?.close();
    },
  };
}

/** Where a rehearsal keeps everything, so that it never mixes with the real ledger. */
export function rehearsalHome(home: string): string {
  return join(home, "rehearsal");
}

function apiAccess(
  engine: Engine,
  settings: Settings,
  rehearsal: RehearsalServer | null,
  acceptSigningKey: boolean,
): ApiAccess {
  const common = {
    concurrency: settings.concurrency,
    pinnedKeys: new Map<string, Uint8Array>(),
    acceptSigningKey: acceptSigningKey ? (true as const) : null,
  };
  if (rehearsal !== null) return { ...common, url: rehearsal.url, apiKey: rehearsal.apiKey, proxy: null, caPem: null };
  const apiKey = engine.keys.secrets.get(apiKeyName);
  if (apiKey === null)
    throw new StationError(
      "SECRET_MISSING",
      "No API key is set. Enter the one of your licensing account in the settings.",
    );
  if (settings.apiUrl === "")
    throw new StationError(
      "API_URL_INVALID",
      "No API address is set. Enter the licensing server's address in the settings.",
    );
  return { ...common, url: settings.apiUrl, apiKey, proxy: orNull(settings.proxy), caPem: orNull(settings.caPem) };
}

function orderOf(
  parts: {
    readonly job: JobDefaults;
    readonly licenses: LicenseStore;
    readonly policies: PolicyStore;
    readonly settings: Settings;
    readonly rehearsal: RehearsalServer | null;
  },
  onConflict: OnConflict,
): Job {
  const { product, pool, policyId, workOrder } = parts.job;
  const policy = policyId === null ? null : parts.policies.byId(policyId);
  if (product === "")
    throw new StationError("USAGE", "No product is chosen. Choose one under licences and policies.", {
      details: { place: "product" },
    });
  if (policy === null)
    throw new StationError("USAGE", "No policy is chosen. Choose one under licences and policies.", {
      details: { place: "policyId" },
    });
  return {
    product,
    licenseKeys: parts.licenses.keysOf(product, pool),
    policy: { ttlDays: policy.ttlDays, graceDays: policy.graceDays },
    operator: orNull(parts.settings.operator),
    workOrder: orNull(workOrder),
    onConflict,
    rehearsal: parts.rehearsal !== null,
  };
}

async function look(engine: Engine, ledger: LedgerReads, path: string): Promise<StickSummary> {
  const { intake, space, unfinished } = await engine.look(path);
  const { freeBytes, totalBytes, fileSystem } = space;
  return {
    requests: intake.requests.length,
    alreadyProvisioned: intake.requests.filter(({ fingerprintSha256 }) => ledger.issuedBefore(fingerprintSha256))
      .length,
    refused: intake.rejected.length,
    conflicts: intake.conflicts.length,
    freeBytes,
    sizeBytes: totalBytes,
    fileSystem,
    unfinished: unfinished[0]?.id ?? null,
  };
}

/** A finished batch in which some devices failed still needs somebody. */
function partlyFailed(run: BatchRun): Failure | null {
  if (run.phase !== "finished" || run.state === null) return null;
  const devices = [...run.state.devices.values()];
  const failed = devices.filter(({ status }) => status === "failed");
  const first = failed[0]?.failure;
  if (first === undefined || first === null) return null;
  return { code: first.code, message: `${failed.length} of ${devices.length} devices failed. ${first.message}` };
}

/** What activations told about their licences in passing. */
function noteLicenses(licenses: LicenseStore, run: BatchRun, clock: Clock): void {
  const newest = new Map<string, { seats: number; limit: number | null; expiresAt: string | null }>();
  for (const { activation } of run.state?.devices.values() ?? []) {
    if (activation === null) continue;
    const known = newest.get(activation.license_sha256);
    if (known !== undefined && known.seats >= activation.active_seats) continue;
    newest.set(activation.license_sha256, {
      seats: activation.active_seats,
      limit: activation.seat_limit,
      expiresAt: activation.license_expires_at,
    });
  }
  for (const [sha256, { seats, limit, expiresAt }] of newest) {
    licenses.note(sha256, {
      state: "active",
      seatLimit: limit,
      activeSeats: seats,
      expiresAt,
      checkedAt: clock.now().toISOString(),
    });
  }
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text;
}
