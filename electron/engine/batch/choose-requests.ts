import type { ErrorCode } from "#shared/domain/errors.ts";
import { StationError } from "#shared/domain/errors.ts";
import type { DeviceRequest, RequestConflict } from "#shared/domain/request.ts";
import type { IntakeReport } from "../intake/read-requests.ts";
import type { Job } from "./job.ts";

export interface ChosenRequests {
  readonly devices: readonly DeviceRequest[];
  readonly skipped: readonly { readonly request: DeviceRequest; readonly code: ErrorCode; readonly message: string }[];
}

/** Which of the requests a batch will work on, given what the operator decided about contradictions. Pure; never throws. */
export function chooseRequests(intake: IntakeReport, job: Pick<Job, "product" | "onConflict">): ChosenRequests {
  const contested = new Set(intake.conflicts.flatMap(fingerprintsOf));
  const devices: DeviceRequest[] = [];
  const skipped: ChosenRequests["skipped"][number][] = [];
  for (const request of intake.requests) {
    if (request.product !== null && request.product !== job.product) {
      skipped.push({
        request,
        code: "PRODUCT_UNEXPECTED",
        message: `The request is for product "${request.product}", this batch for "${job.product}". Provision it in a batch of its own.`,
      });
    } else if (contested.has(request.fingerprintSha256) && job.onConflict !== "accept") {
      skipped.push({
        request,
        code: "CONFLICT_SKIPPED",
        message: "Its requests contradict each other. Correct them on the stick and provision it again.",
      });
    } else devices.push(request);
  }
  return { devices, skipped };
}

/** @throws StationError CONFLICT_UNDECIDED, NO_REQUESTS: before anything is spent */
export function requireDecided(intake: IntakeReport, chosen: ChosenRequests, job: Pick<Job, "onConflict">): void {
  if (intake.conflicts.length > 0 && job.onConflict === "refuse") {
    throw new StationError(
      "CONFLICT_UNDECIDED",
      `${intake.conflicts.length} requests contradict each other (${intake.conflicts.map(conflictText).slice(0, 3).join("; ")}). Nothing was spent. Correct them, or decide with --on-conflict skip or --on-conflict accept.`,
      { details: { conflicts: intake.conflicts.length } },
    );
  }
  if (chosen.devices.length > 0) return;
  const refused = intake.rejected.length + chosen.skipped.length;
  const why = refused > 0 ? `${refused} were found and none can be used` : "none was found";
  throw new StationError(
    "NO_REQUESTS",
    `There is no request to provision: ${why}. Export a fingerprint from each device onto this stick and try again.`,
  );
}

/** The contradiction in a few words, for people. */
export function conflictText(conflict: RequestConflict): string {
  if (conflict.kind === "two-names")
    return `one device is named ${conflict.names.map((name) => `"${name}"`).join(" and ")}`;
  if (conflict.kind === "one-name") return `"${conflict.name}" names ${conflict.fingerprintSha256s.length} devices`;
  return "one device comes with two licence keys";
}

function fingerprintsOf(conflict: RequestConflict): readonly string[] {
  return conflict.kind === "one-name" ? conflict.fingerprintSha256s : [conflict.fingerprintSha256];
}
