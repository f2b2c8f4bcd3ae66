import type { z } from "zod";
import type { Policy } from "#shared/domain/policy.ts";
import type { RequestConflict } from "#shared/domain/request.ts";
import type { conflictRow, preflight } from "#shared/ipc/preflight-contract.ts";
import type { Engine } from "./engine-face.ts";

type Found = Awaited<ReturnType<Engine["preflight"]>>;

/** What is known before a seat is spent, as the window shows it. */
export function preflightView(
  stickId: string,
  { report, intake }: Found,
  { ttlDays, graceDays }: Policy,
): z.infer<typeof preflight> {
  const { devices, licenses, room, problem } = report;
  return {
    stickId,
    found: intake.requests.length,
    files: intake.files,
    duplicates: intake.requests.reduce((sum, { sources }) => sum + sources.length - 1, 0),
    rejected: intake.rejected.map(({ path, line, code, message }) => ({ path, line, code, message })),
    conflicts: intake.conflicts.map(conflictOf),
    renewals: devices.filter(({ renewal }) => renewal).length,
    onServer: problem === null ? devices.filter(({ onServer }) => onServer === true).length : null,
    seatsNeeded: report.seatsNeeded,
    seatsLeft: report.seatsLeft,
    licenses: licenses.map(({ last4, license, problem }) => ({
      last4,
      state: license?.status ?? "unknown",
      seatLimit: license?.seatLimit ?? null,
      activeSeats: license?.activeSeats ?? null,
      expiresAt: license?.expiresAt ?? null,
      problem: problem === null ? null : { code: problem.code, message: problem.message },
    })),
    policy: {
      ttlDays,
      graceDays,
      effectiveDays: report.effectiveDays,
      warnings: report.policyWarnings.map(({ kind }) => kind),
    },
    bytesNeeded: room.neededBytes,
    bytesFree: room.freeBytes,
    estimatedSeconds: report.estimatedSeconds,
    allowance: report.allowance,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
  };
}

function conflictOf(conflict: RequestConflict): z.infer<typeof conflictRow> {
  const { kind, paths } = conflict;
  if (kind === "two-names")
    return { kind, subject: conflict.fingerprintSha256, values: [...conflict.names], paths: [...paths] };
  if (kind === "one-name")
    return { kind, subject: conflict.name, values: [...conflict.fingerprintSha256s], paths: [...paths] };
  return { kind, subject: conflict.fingerprintSha256, values: [], paths: [...paths] };
}
