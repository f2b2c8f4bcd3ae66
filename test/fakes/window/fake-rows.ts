import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { CallOutput } from "#shared/ipc/contract.ts";

type DeviceRow = CallOutput<"batch.rows">["rows"][number];

const places = ["press", "mixer", "gate", "pump", "camera", "oven", "crane", "scale", "robot", "valve"] as const;

/** Fingerprint and names of the n-th made-up device of a batch; always the same. */
export function fakeDevice(batch: string, index: number) {
  const digest = sha256Hex(utf8(`${batch} ${index}`));
  const place = places[index % places.length] ?? "press";
  return {
    fingerprint: `fp-${digest.slice(0, 40)}`,
    fingerprintSha256: sha256Hex(utf8(`fp-${digest.slice(0, 40)}`)),
    name: index % 23 === 22 ? null : `line-${(index % 7) + 1}-${place}-${String(index + 1).padStart(4, "0")}`,
    serial: `SN${digest.slice(0, 8).toUpperCase()}`,
    activationId: `act-${digest.slice(8, 20)}`,
    file: `line-${(index % 7) + 1}-${place}-${String(index + 1).padStart(4, "0")}-${digest.slice(0, 8)}.lic`,
  };
}

/** Every 97th device finds no seat, every 151st waits too long for the server. */
export function fakeFailure(index: number): DeviceRow["error"] {
  if (index % 97 === 96) return { code: "SEAT_LIMIT_EXCEEDED", message: "The licence has no free seat." };
  if (index % 151 === 150) return { code: "API_TIMEOUT", message: "The licensing server did not answer in time." };
  return null;
}

/** How the n-th device stands once `reached` devices were taken up and `isDelivered` says whether the stick is done. */
export function fakeRow(batch: string, index: number, reached: number, isDelivered: boolean): DeviceRow {
  const { activationId, file, ...device } = fakeDevice(batch, index);
  const none = { file: null, activationId: null, expiresAt: null, error: null, renewal: index % 11 === 10 };
  if (index >= reached + 4) return { ...device, ...none, status: "waiting" };
  if (index >= reached) return { ...device, ...none, status: index % 2 === 0 ? "activating" : "issuing" };
  const error = fakeFailure(index);
  if (error !== null) return { ...device, ...none, status: "failed", error };
  return {
    ...device,
    ...none,
    status: isDelivered ? "delivered" : "issued",
    file,
    activationId,
    expiresAt: "2027-05-21T09:12:00Z",
  };
}
