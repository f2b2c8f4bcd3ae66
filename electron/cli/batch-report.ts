import type { Failure } from "#shared/domain/errors.ts";
import type { DeviceRequest, Rejection } from "#shared/domain/request.ts";
import { chooseRequests } from "../engine/batch/choose-requests.ts";
import type { Job } from "../engine/batch/job.ts";
import type { IntakeReport } from "../engine/intake/read-requests.ts";
import type { BatchOutcome } from "../engine/batch/run-batch.ts";
import { type ExitCode, exitCodeOf } from "./exit-codes.ts";

/** FORMATS section 6; what `--json` prints for `provision` and `resume`. */
export interface BatchJson {
  readonly batch: string | null;
  readonly devices: readonly DeviceJson[];
  readonly rejected: readonly {
    readonly path: string;
    readonly line: number | null;
    readonly code: string;
    readonly message: string;
  }[];
  readonly delivery: DeliveryJson | null;
  /** Why the run stopped, if it did. */
  readonly error: Failure | null;
}

export interface DeviceJson {
  readonly fingerprint: string;
  readonly device_name: string | null;
  readonly status: string;
  /** Relative to the stick's root. */
  readonly file: string | null;
  readonly activation_id: string | null;
  readonly expires_at: string | null;
  readonly renewal: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface DeliveryJson {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly read_back: string;
  readonly manifest_sha256: string;
  readonly sums_sha256: string;
}

export function batchJson(
  outcome: BatchOutcome,
  rejected: readonly Rejection[],
  skipped: readonly DeviceJson[],
): BatchJson {
  const { state, problem } = outcome;
  const devices = [...state.devices.values()].map(({ intent, status, file, activation, issued, failure, renewal }) => ({
    fingerprint: intent.fingerprint,
    device_name: intent.device_name,
    status,
    file,
    activation_id: issued?.body.activation_id ?? activation?.activation_id ?? null,
    expires_at: issued?.body.expires_at ?? null,
    renewal,
    error: failure === null ? null : { code: failure.code, message: failure.message },
  }));
  return {
    batch: state.id,
    devices: [...devices, ...skipped],
    rejected: rejected.map(rejectedJson),
    delivery: deliveryJson(outcome),
    error: problem,
  };
}

export function rejectedJson({ path, line, code, message }: Rejection) {
  return { path, line, code, message };
}

export function nothingJson(error: Failure | null, rejected: readonly Rejection[] = []): BatchJson {
  return { batch: null, devices: [], rejected: rejected.map(rejectedJson), delivery: null, error };
}

/** Rejected requests count as devices that failed: somebody waits for each of them. */
export function batchExit(json: BatchJson): ExitCode {
  if (json.error !== null) return exitCodeOf(json.error.code);
  return json.rejected.length > 0 || json.devices.some(({ error }) => error !== null) ? 1 : 0;
}

/** The end of a run, for people. */
export function batchText(json: BatchJson, stick: string): string {
  const count = (status: string) => json.devices.filter((device) => device.status === status).length;
  const lines: string[] = [];
  const failed = json.devices.filter(({ error }) => error !== null);
  for (const { device_name, fingerprint, error } of failed.slice(0, 20))
    lines.push(`  ${device_name ?? shortFingerprint(fingerprint)}: ${error?.message} [${error?.code}]`);
  if (failed.length > 20) lines.push(`  and ${failed.length - 20} more; --json lists them all`);
  for (const { path, line, message, code } of json.rejected.slice(0, 20))
    lines.push(`  ${path}${line === null ? "" : `, line ${line}`}: ${message} [${code}]`);
  if (json.rejected.length > 20) lines.push(`  and ${json.rejected.length - 20} more; --json lists them all`);
  const { delivery, error } = json;
  const total = json.devices.length;
  const waiting = total - count("delivered") - count("failed") - count("skipped") - count("issued");
  const summary = [
    `${count("delivered")} delivered`,
    `${failed.length} failed or left out`,
    `${json.rejected.length} requests refused`,
    ...(count("issued") > 0 ? [`${count("issued")} issued, not yet on the stick`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ];
  lines.push(summary.join(", "));
  if (delivery !== null) {
    const way =
      delivery.read_back === "direct"
        ? "read back past the cache"
        : "read back through the cache, which this file system does not let us pass";
    lines.push(`${delivery.files} files in ${stick}/${delivery.folder}, ${way}.`);
  }
  if (error !== null) lines.push(`Stopped: ${error.message} [${error.code}]`);
  if (error !== null && json.batch !== null) lines.push(`Nothing is lost. To go on: station resume --stick ${stick}`);
  return lines.join("\n");
}

function deliveryJson({ state }: BatchOutcome): DeliveryJson | null {
  if (state.committed === null) return null;
  const { folder, files, bytes, read_back, manifest_sha256, sums_sha256 } = state.committed;
  return { folder, files, bytes, read_back, manifest_sha256, sums_sha256 };
}

function shortFingerprint(fingerprint: string): string {
  return fingerprint.length <= 12 ? fingerprint : `${fingerprint.slice(0, 4)}…${fingerprint.slice(-4)}`;
}

/**
 * Devices left out before the batch began are reported beside those that were worked on.
 * @param refused what the station's licence left out, by fingerprint SHA-256
 */
export function skippedJson(
  intake: IntakeReport,
  job: Pick<Job, "product" | "onConflict">,
  refused: ReadonlyMap<string, Failure> = new Map(),
): readonly DeviceJson[] {
  const { devices, skipped } = chooseRequests(intake, job);
  const left = devices.flatMap((request) => {
    const failure = refused.get(request.fingerprintSha256);
    return failure === undefined ? [] : [skippedDevice(request, failure)];
  });
  return [...skipped.map(({ request, code, message }) => skippedDevice(request, { code, message })), ...left];
}

function skippedDevice({ fingerprint, deviceName }: DeviceRequest, { code, message }: Failure): DeviceJson {
  return {
    fingerprint,
    device_name: deviceName,
    status: "skipped",
    file: null,
    activation_id: null,
    expires_at: null,
    renewal: false,
    error: { code, message },
  };
}
