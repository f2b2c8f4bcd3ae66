import type { z } from "zod";
import { errorMeanings, type ErrorCode } from "#shared/domain/errors.ts";
import type { deviceRow } from "#shared/ipc/batch-contract.ts";
import type { rejectedRow } from "#shared/ipc/preflight-contract.ts";
import type { BatchState, DeviceState, DeviceStatus } from "../batch/batch-state.ts";

export type DeviceRow = z.infer<typeof deviceRow>;
export type RejectedRow = z.infer<typeof rejectedRow>;

export interface RowWindow {
  readonly offset: number;
  readonly limit: number;
  /** Empty: every status. */
  readonly status: readonly DeviceStatus[];
  /** Part of a name, serial or fingerprint, whatever the case; empty: every device. */
  readonly query: string;
}

/** Asked only for rows that are shown: a past batch has to look it up. */
export type IsRenewal = (device: DeviceState) => boolean;

/** The part of a batch's devices that a table shows, in the order in which they were asked for. */
export function rowsOf(
  state: BatchState,
  window: RowWindow,
  isRenewal: IsRenewal,
): { readonly total: number; readonly rows: DeviceRow[] } {
  const wanted = new Set(window.status);
  const query = window.query.trim().toLowerCase();
  const rows: DeviceRow[] = [];
  let total = 0;
  const offer = (status: DeviceStatus, texts: readonly (string | null)[], make: () => DeviceRow) => {
    if (wanted.size > 0 && !wanted.has(status)) return;
    if (query !== "" && !texts.some((text) => text?.toLowerCase().includes(query))) return;
    if (total >= window.offset && rows.length < window.limit) rows.push(make());
    total += 1;
  };
  for (const device of state.devices.values()) {
    const { fingerprint, fingerprint_sha256, device_name, serial } = device.intent;
    offer(device.status, [device_name, serial, fingerprint, fingerprint_sha256], () => deviceRowOf(device, isRenewal));
  }
  for (const skipped of state.skipped) {
    const { fingerprint_sha256, device_name } = skipped;
    offer("skipped", [device_name, fingerprint_sha256], () => skippedRowOf(skipped));
  }
  return { total, rows };
}

/** Every device of a batch, for a report. */
export function allRowsOf(state: BatchState, isRenewal: IsRenewal): readonly DeviceRow[] {
  return rowsOf(state, { offset: 0, limit: Number.POSITIVE_INFINITY, status: [], query: "" }, isRenewal).rows;
}

export function rejectedRowsOf(state: BatchState): RejectedRow[] {
  return state.rejected.map(({ path, line, code }) => ({
    path,
    line,
    code: knownCode(code),
    message: meaningOf(code),
  }));
}

function deviceRowOf(device: DeviceState, isRenewal: IsRenewal): DeviceRow {
  const { intent, status, activation, issued, failure, file } = device;
  return {
    fingerprintSha256: intent.fingerprint_sha256,
    fingerprint: intent.fingerprint,
    name: intent.device_name,
    serial: intent.serial,
    status,
    renewal: isRenewal(device),
    file,
    activationId: activation?.activation_id ?? null,
    expiresAt: issued?.body.expires_at ?? null,
    error: failure === null ? null : { code: failure.code, message: failure.message },
  };
}

/** The ledger keeps no fingerprint in clear of a device that was left out. */
function skippedRowOf({ fingerprint_sha256, device_name, code }: BatchState["skipped"][number]): DeviceRow {
  return {
    fingerprintSha256: fingerprint_sha256,
    fingerprint: "",
    name: device_name,
    serial: null,
    status: "skipped",
    renewal: false,
    file: null,
    activationId: null,
    expiresAt: null,
    error: { code: knownCode(code), message: meaningOf(code) },
  };
}

function knownCode(code: string): ErrorCode {
  return Object.hasOwn(errorMeanings, code) ? (code as ErrorCode) : "INTERNAL";
}

/** The ledger keeps codes alone; the window has longer words for each. */
function meaningOf(code: string): string {
  const meaning = errorMeanings[knownCode(code)];
  return `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`;
}
