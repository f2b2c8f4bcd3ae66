import { toFailure } from "#shared/domain/errors.ts";
import type { PolicyWarning } from "#shared/domain/policy.ts";
import { conflictText } from "../engine/batch/choose-requests.ts";
import type { ApiAccess, Job } from "../engine/batch/job.ts";
import type { Preflight } from "../engine/batch/preflight.ts";
import type { IntakeReport } from "../engine/intake/read-requests.ts";
import type { Station } from "../engine/station.ts";
import { nothingJson, rejectedJson, skippedJson } from "./batch-report.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/** `station provision --dry-run`: everything that can be known before a seat is spent. */
export async function dryRun(
  station: Station,
  stick: string,
  job: Job,
  api: ApiAccess,
  isJson: boolean,
  io: Io,
): Promise<ExitCode> {
  try {
    const { report, intake } = await station.preflight(stick, job, api, io.signal);
    if (isJson) io.stdout(JSON.stringify(dryRunJson(report, intake, job)));
    io.stderr(dryRunText(report, intake));
    return dryRunExit(report, intake, job);
  } catch (error) {
    const failure = toFailure(error);
    if (isJson) io.stdout(JSON.stringify({ ...nothingJson(failure), dry_run: true }));
    io.stderr(`${failure.message} [${failure.code}]`);
    return exitCodeOf(failure.code);
  }
}

function dryRunExit(report: Preflight, intake: IntakeReport, job: Job): ExitCode {
  if (report.problem !== null) return exitCodeOf(report.problem.code);
  if (!report.room.fits) return 4;
  if (report.devices.length > 0 && report.allowance.wouldGet === 0) return 3;
  if (report.devices.length === 0 || (intake.conflicts.length > 0 && job.onConflict === "refuse")) return 3;
  const isShort =
    (report.seatsLeft !== null && report.seatsNeeded > report.seatsLeft) ||
    report.allowance.wouldGet < report.devices.length;
  const hasProblem =
    intake.rejected.length > 0 ||
    report.chosen.skipped.length > 0 ||
    report.devices.some(({ problem }) => problem !== null);
  return isShort || hasProblem ? 1 : 0;
}

function dryRunJson(report: Preflight, intake: IntakeReport, job: Job) {
  const devices = report.devices.map(({ request, file, renewal, onServer, activationId, problem }) => ({
    fingerprint: request.fingerprint,
    device_name: request.deviceName,
    status: "planned",
    file,
    activation_id: activationId,
    expires_at: null,
    renewal,
    on_server: onServer,
    error: problem === null ? null : { code: problem.code, message: problem.message },
  }));
  return {
    batch: null,
    dry_run: true,
    devices: [...devices, ...skippedJson(intake, job)],
    rejected: intake.rejected.map(rejectedJson),
    delivery: null,
    error: report.problem,
    requests: { files: intake.files, devices: intake.requests.length, duplicates: duplicatesIn(intake) },
    conflicts: intake.conflicts,
    notes: intake.notes,
    licenses: report.licenses.map(({ last4, sha256, license, problem }) => ({
      last4,
      sha256,
      status: license?.status ?? null,
      seat_limit: license?.seatLimit ?? null,
      active_seats: license?.activeSeats ?? null,
      expires_at: license?.expiresAt ?? null,
      error: problem,
    })),
    seats: { needed: report.seatsNeeded, left: report.seatsLeft },
    policy: {
      ttl_days: job.policy.ttlDays,
      grace_days: job.policy.graceDays,
      effective_days: report.effectiveDays,
      warnings: report.policyWarnings,
    },
    space: { needed_bytes: report.room.neededBytes, free_bytes: report.room.freeBytes, fits: report.room.fits },
    allowance: {
      limit: report.allowance.limit,
      left: report.allowance.left,
      would_get: Math.min(report.allowance.wouldGet, report.devices.length),
      problem: report.allowance.problem,
    },
    estimated_seconds: report.estimatedSeconds,
  };
}

/** Requests that ask once more for a device that was asked for before. */
function duplicatesIn(intake: IntakeReport): number {
  return intake.requests.reduce((sum, { sources }) => sum + sources.length - 1, 0);
}

function dryRunText(report: Preflight, intake: IntakeReport): string {
  const known = report.devices.filter(({ renewal }) => renewal).length;
  const lines = [
    `${intake.requests.length} devices asked for in ${intake.files} request files; ${duplicatesIn(intake)} asked for more than once; ${intake.rejected.length} requests refused; ${intake.conflicts.length} contradictions`,
    ...intake.rejected
      .slice(0, 20)
      .map(
        ({ path, line, message, code }) => `  ${path}${line === null ? "" : `, line ${line}`}: ${message} [${code}]`,
      ),
    ...intake.conflicts.slice(0, 20).map((conflict) => `  ${conflictText(conflict)}`),
    `${report.seatsNeeded} seats needed, ${report.seatsLeft ?? "unknown or unlimited"} left; ${known} devices already have a file from this station`,
    ...report.licenses.map(
      ({ last4, license, problem }) =>
        `  licence …${last4}: ${license === null ? (problem?.message ?? "not asked") : `${license.status}, ends ${license.expiresAt ?? "never"}`}`,
    ),
    ...report.policyWarnings.map((warning) => `  ${policyText(warning)}`),
    ...allowanceText(report),
    `${report.room.neededBytes} bytes needed on the stick, ${report.room.freeBytes} free`,
    `about ${Math.max(1, Math.ceil(report.estimatedSeconds))} s of calls. Nothing was spent or written.`,
  ];
  if (report.problem !== null) lines.push(`${report.problem.message} [${report.problem.code}]`);
  return lines.join("\n");
}

/** Nothing where the licence lets all of it be done. */
function allowanceText({ allowance, devices }: Preflight): readonly string[] {
  const { wouldGet, problem } = allowance;
  if (problem === null || wouldGet === devices.length) return [];
  return [`the station's licence lets ${wouldGet} of ${devices.length} be provisioned now: ${problem.message}`];
}

function policyText(warning: PolicyWarning): string {
  if (warning.kind === "slow-revocation")
    return `A file that lives ${warning.ttlDays} days cannot be taken back sooner: revocation and changed entitlements reach the device only with the next file.`;
  if (warning.kind === "no-grace") return "Without grace days a device stops at the very second its file expires.";
  return `The licence ends first (${warning.licenseExpiresAt}): files will be good for ${warning.effectiveDays} days, whatever the TTL says.`;
}
