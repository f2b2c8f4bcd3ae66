import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type LoggedSeat, loggedSeats } from "./logged-seats.ts";

/** A seat as the licensing server tells it, in an answer of its API or a CSV from its dashboard. */
export interface ServerSeat {
  readonly activationId: string | null;
  readonly fingerprint: string;
  readonly deviceName: string | null;
}

/** Where server and ledger do not say the same. */
export interface Difference {
  /**
   * `seat-unlogged`: a seat on the server that the ledger knows nothing of, taken by somebody else or before it began.
   * `seat-gone`: the ledger's newest activation is gone from the server, released or on another licence's list.
   * `name-differs`, `activation-differs`: `server` and `ledger` say what.
   * `seats-uncounted`: the server counts `server` seats, of which the ledger's devices hold `ledger`.
   */
  readonly kind: "seat-unlogged" | "seat-gone" | "name-differs" | "activation-differs" | "seats-uncounted";
  /** Null where the server tells only how many. */
  readonly fingerprintSha256: string | null;
  readonly deviceName: string | null;
  readonly server: string | null;
  readonly ledger: string | null;
}

export interface Reconciliation {
  /** Seats that the server told of, and devices that were asked about. */
  readonly seats: number;
  readonly agreeing: number;
  /** Devices of which the server would not say whether they hold a seat. */
  readonly unanswered: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares a list of seats with what the ledger recorded. The ledger is read once; memory grows with its devices.
 * @param licenseSha256 lower-case hex, of the licence key; null: the list is of all licences the ledger knows
 */
export async function reconcile(
  ledger: Ledger,
  seats: readonly ServerSeat[],
  licenseSha256: string | null,
): Promise<Reconciliation> {
  return compareSeats(await loggedSeats(ledger, licenseSha256), seats);
}

export function compareSeats(logged: ReadonlyMap<string, LoggedSeat>, seats: readonly ServerSeat[]): Reconciliation {
  const differences: Difference[] = [];
  let agreeing = 0;
  const seen = new Set<string>();
  for (const { fingerprint, activationId, deviceName } of seats) {
    const fingerprintSha256 = sha256Hex(utf8(fingerprint));
    seen.add(fingerprintSha256);
    const own = logged.get(fingerprintSha256);
    if (own === undefined) {
      differences.push({ kind: "seat-unlogged", fingerprintSha256, deviceName, server: activationId, ledger: null });
      continue;
    }
    const before = differences.length;
    const about = { fingerprintSha256, deviceName: own.deviceName };
    if (activationId !== null && activationId !== own.activationId)
      differences.push({ ...about, kind: "activation-differs", server: activationId, ledger: own.activationId });
    if (deviceName !== null && own.deviceName !== null && deviceName !== own.deviceName)
      differences.push({ ...about, kind: "name-differs", server: deviceName, ledger: own.deviceName });
    if (differences.length === before) agreeing += 1;
  }
  for (const [fingerprintSha256, { activationId, deviceName }] of logged) {
    if (seen.has(fingerprintSha256)) continue;
    differences.push({ kind: "seat-gone", fingerprintSha256, deviceName, server: null, ledger: activationId });
  }
  return { seats: seats.length, agreeing, unanswered: 0, differences };
}
