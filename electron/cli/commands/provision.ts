import { defaultPolicy } from "#shared/domain/policy.ts";
import { toFailure } from "#shared/domain/errors.ts";
import type { Job, OnConflict } from "../../engine/batch/job.ts";
import type { IntakeReport } from "../../engine/intake/read-requests.ts";
import { apiAccess, apiOptions } from "../api-access.ts";
import { type Args, readArgs, usage } from "../args.ts";
import { batchExit, batchJson, batchText, nothingJson, skippedJson } from "../batch-report.ts";
import { dryRun } from "../dry-run.ts";
import { type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { licenseKeysFrom } from "../license-keys.ts";
import { homeOptions, withStation } from "../open-station.ts";
import { terminalHooks } from "../progress.ts";
import { signIn } from "../sign-in.ts";

/** What a job is made of ({@link jobFrom}). */
export const jobOptions = {
  product: { type: "string" },
  license: { type: "string", multiple: true },
  "license-file": { type: "string" },
  "ttl-days": { type: "string" },
  "grace-days": { type: "string" },
  operator: { type: "string" },
  "work-order": { type: "string" },
  "on-conflict": { type: "string" },
} as const;
const options = {
  ...homeOptions,
  ...apiOptions,
  ...jobOptions,
  stick: { type: "string" },
  "dry-run": { type: "boolean" },
} as const;

/** `station provision`: the main job. */
export async function provisionCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const stick = args.need("stick");
  const job = jobFrom(args);
  const api = apiAccess(args, io);
  const isJson = args.flag("json");
  return withStation(args, io, async (station) => {
    if (args.flag("dry-run")) {
      await signIn(station.operators, args, io, "batch.preflight");
      return dryRun(station, stick, job, api, isJson, io);
    }
    const found: IntakeReport[] = [];
    const read = (intake: IntakeReport): void => {
      found.push(intake);
      for (const { path, message } of intake.notes.slice(0, 20)) io.stderr(`  note: ${path}: ${message}`);
    };
    try {
      await signIn(station.operators, args, io, "batch.start");
      const result = await station.provision(stick, job, api, { ...terminalHooks(io), read });
      for (const batch of result.finishedFirst) io.stderr(`Batch ${batch}, cut off earlier, was finished first.`);
      const json = batchJson(
        result.outcome,
        result.intake.rejected,
        skippedJson(result.intake, job, result.outcome.refused),
      );
      if (isJson) io.stdout(JSON.stringify({ ...json, finished_first: result.finishedFirst }));
      io.stderr(batchText(json, stick));
      return batchExit(json);
    } catch (error) {
      const failure = toFailure(error);
      const [intake] = found;
      const json = { ...nothingJson(failure, intake?.rejected ?? []), conflicts: intake?.conflicts ?? [] };
      if (isJson) io.stdout(JSON.stringify(json));
      io.stderr(`${failure.message} [${failure.code}]`);
      const { subject, reference } = failure.details ?? {};
      if (failure.code === "APPROVAL_NEEDED") {
        io.stderr(`Ask with: station approve ask --subject ${subject} --reference ${reference} --reason TEXT`);
      }
      return exitCodeOf(failure.code);
    }
  });
}

export function jobFrom(args: Args): Job {
  const onConflict = args.text("on-conflict") ?? "refuse";
  if (!isOnConflict(onConflict)) throw usage("--on-conflict takes refuse, skip or accept.");
  return {
    product: productOf(args),
    licenseKeys: licenseKeysFrom(args),
    policy: {
      ttlDays: args.integer("ttl-days", 1, 36_600) ?? defaultPolicy.ttlDays,
      graceDays: args.integer("grace-days", 0, 30) ?? defaultPolicy.graceDays,
    },
    operator: args.text("operator"),
    workOrder: args.text("work-order"),
    onConflict,
    rehearsal: false,
  };
}

function productOf(args: Args): string {
  const product = args.need("product");
  if (!/^[a-z0-9](?:-?[a-z0-9])*$/.test(product) || product.length > 100)
    throw usage("--product takes a slug of a-z, 0-9 and single hyphens.");
  return product;
}

function isOnConflict(text: string): text is OnConflict {
  return text === "refuse" || text === "skip" || text === "accept";
}
