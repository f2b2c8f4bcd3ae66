import { createHash } from "node:crypto";
import { StationError } from "#shared/domain/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { csvRecords } from "./server-csv.ts";

/** A seat as the licensing server tells it, in an answer of its API or a CSV from its dashboard. */
export interface ServerSeat {
  readonly activationId: string | null;
  readonly fingerprint: string;
  readonly deviceName: string | null;
}

/** Where server and ledger do not say the same. */
type Difference =
  /** A seat on the server that the ledger knows nothing of: taken by somebody else, or before this ledger began. */
  | { readonly kind: "seat-unlogged"; readonly fingerprintSha256: string; readonly deviceName: string | null }
  /** The ledger's newest activation of the device is gone from the server: released, or another licence's list. */
  | {
      readonly kind: "seat-gone";
      readonly fingerprintSha256: string;
      readonly deviceName: string | null;
      readonly activationId: string;
    }
  | {
      readonly kind: "name-differs";
      readonly fingerprintSha256: string;
      readonly server: string;
      readonly ledger: string;
    }
  | {
      readonly kind: "activation-differs";
      readonly fingerprintSha256: string;
      readonly server: string;
      readonly ledger: string;
    };

export interface Reconciliation {
  readonly seats: number;
  readonly agreeing: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares the seats of one licence with what the ledger recorded for it. The ledger is read once; memory grows with
 * the licence's devices.
 * @param licenseSha256 lower-case hex, of the licence key; null: the list is of all licences the ledger knows
 */
export function reconcile(ledger: Ledger, seats: readonly ServerSeat[], licenseSha256: string | null): Reconciliation {
  const logged = loggedSeats(ledger, licenseSha256);
  const differences: Difference[] = [];
  let agreeing = 0;
  const seen = new Set<string>();
  for (const { fingerprint, activationId, deviceName } of seats) {
    const fingerprintSha256 = createHash("sha256").update(fingerprint).digest("hex");
    seen.add(fingerprintSha256);
    const own = logged.get(fingerprintSha256);
    if (own === undefined) {
      differences.push({ kind: "seat-unlogged", fingerprintSha256, deviceName });
      continue;
    }
    const before = differences.length;
    if (activationId !== null && activationId !== own.activationId) {
      differences.push({
        kind: "activation-differs",
        fingerprintSha256,
        server: activationId,
        ledger: own.activationId,
      });
    }
    if (deviceName !== null && own.deviceName !== null && deviceName !== own.deviceName) {
      differences.push({ kind: "name-differs", fingerprintSha256, server: deviceName, ledger: own.deviceName });
    }
    if (differences.length === before) agreeing += 1;
  }
  for (const [fingerprintSha256, { activationId, deviceName }] of logged) {
    if (!seen.has(fingerprintSha256))
      differences.push({ kind: "seat-gone", fingerprintSha256, deviceName, activationId });
  }
  return { seats: seats.length, agreeing, differences };
}

/**
 * Seats out of a CSV with a header row: a `fingerprint` (or `device_fingerprint`) column, and `activation_id` (or `id`)
 * and `device_name` (or `name`) where it has them.
 * @throws StationError USAGE when it is no such list
 */
export function seatsFromCsv(text: string): readonly ServerSeat[] {
  const [header = [], ...rows] = csvRecords(text);
  const column = (...names: readonly string[]): number =>
    header.findIndex((name) => names.includes(name.trim().toLowerCase()));
  const at = {
    fingerprint: column("fingerprint", "device_fingerprint"),
    activationId: column("activation_id", "id"),
    deviceName: column("device_name", "name"),
  };
  if (at.fingerprint < 0) {
    throw new StationError(
      "USAGE",
      "The list has no column named fingerprint. Export the activations with their fingerprints.",
    );
  }
  return rows.map((row) => {
    const cell = (index: number): string | null => (index < 0 ? null : row[index] || null);
    return {
      fingerprint: cell(at.fingerprint) ?? "",
      activationId: cell(at.activationId),
      deviceName: cell(at.deviceName),
    };
  });
}

interface LoggedSeat {
  readonly activationId: string;
  readonly deviceName: string | null;
}

/** The newest activation of each device, with the name under which it was asked for. */
function loggedSeats(ledger: Ledger, licenseSha256: string | null): ReadonlyMap<string, LoggedSeat> {
  const names = new Map<string, string | null>();
  const seats = new Map<string, LoggedSeat>();
  for (const { entry } of ledger.entries()) {
    const isOfLicense = "license_sha256" in entry && (licenseSha256 === null || entry.license_sha256 === licenseSha256);
    if (!isOfLicense) continue;
    if (entry.type === "activation.intended") names.set(entry.fingerprint_sha256, entry.device_name);
    if (entry.type !== "activation.recorded") continue;
    const { fingerprint_sha256, activation_id } = entry;
    seats.set(fingerprint_sha256, { activationId: activation_id, deviceName: names.get(fingerprint_sha256) ?? null });
  }
  return seats;
}
