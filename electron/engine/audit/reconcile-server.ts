import { sha256Hex } from "#shared/crypto/sha256.ts";
import type { Validation } from "#shared/domain/activation.ts";
import { StationError } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type LoggedSeat, loggedSeats } from "./logged-seats.ts";
import { compareSeats, type Difference, type Reconciliation, type ServerSeat } from "./reconcile.ts";

export interface AskedLicense {
  readonly product: string;
  /** A secret. */
  readonly licenseKey: string;
}

/** One device's seat as the server tells it; asking takes none. @throws StationError API_*, LICENSE_*, PRODUCT_* */
export type AskSeat = (license: AskedLicense, fingerprint: string, signal: AbortSignal) => Promise<Validation>;

export interface ServerQuestion {
  readonly ask: AskSeat;
  /** Questions under way at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Devices asked about, of how many; first with none, once the ledger has told how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Asks the server about every device that the ledger gave a seat of these licences. The API names no device that is not
 * asked about, so of seats that the ledger does not know it tells how many, not whose.
 */
export async function reconcileServer(
  ledger: Ledger,
  licenses: readonly AskedLicense[],
  question: ServerQuestion,
): Promise<Reconciliation> {
  const asked: { readonly license: AskedLicense; readonly logged: ReadonlyMap<string, LoggedSeat> }[] = [];
  for (const license of licenses)
    asked.push({ license, logged: await loggedSeats(ledger, sha256Hex(utf8(license.licenseKey))) });
  const total = asked.reduce((devices, { logged }) => devices + logged.size, 0);
  let done = 0;
  const answered = () => question.onProgress?.(++done, total);
  question.onProgress?.(done, total);
  const parts: Reconciliation[] = [];
  for (const { license, logged } of asked) parts.push(await reconcileLicense(logged, license, question, answered));
  const sum = (of: (part: Reconciliation) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    seats: sum(({ seats }) => seats),
    agreeing: sum(({ agreeing }) => agreeing),
    unanswered: sum(({ unanswered }) => unanswered),
    differences: parts.flatMap(({ differences }) => differences),
  };
}

async function reconcileLicense(
  logged: ReadonlyMap<string, LoggedSeat>,
  license: AskedLicense,
  { ask, concurrency, signal }: ServerQuestion,
  answered: () => void,
): Promise<Reconciliation> {
  const told: ServerSeat[] = [];
  const silent = new Set<string>();
  let active: number | null = null;
  const waiting = logged.entries();
  // When one question fails, nobody waits for the others.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const work = async (): Promise<void> => {
    for (const [fingerprintSha256, { fingerprint }] of waiting) {
      either.throwIfAborted();
      const answer = fingerprint === null ? null : await seatOf(ask, license, fingerprint, either);
      if (answer !== null && answer !== "none") active = Math.max(active ?? 0, answer.license.activeSeats);
      if (answer === null || fingerprint === null || isSilent(answer)) silent.add(fingerprintSha256);
      else if (answer !== "none" && answer.activationId !== null)
        told.push({ fingerprint, activationId: answer.activationId, deviceName: answer.deviceName });
      answered();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, Math.max(1, logged.size)) }, work));
  } catch (error) {
    // However the question under way broke off: unlike a batch, nothing is left to resume.
    if (!signal.aborted) throw error;
    throw new StationError("CANCELLED", "The comparison was stopped. Nothing was changed by it.");
  } finally {
    stop.abort();
  }
  const asked = new Map([...logged].filter(([fingerprintSha256]) => !silent.has(fingerprintSha256)));
  const compared = compareSeats(asked, told);
  return {
    ...compared,
    seats: active ?? compared.seats,
    unanswered: silent.size,
    differences: [...compared.differences, ...uncounted(active, told.length, silent.size)],
  };
}

async function seatOf(
  ask: AskSeat,
  license: AskedLicense,
  fingerprint: string,
  signal: AbortSignal,
): Promise<Validation | "none"> {
  try {
    return await ask(license, fingerprint, signal);
  } catch (error) {
    // Servers may say so with a refusal instead of an answer.
    if (error instanceof StationError && error.code === "DEVICE_NOT_ACTIVATED") return "none";
    throw error;
  }
}

/** A licence that is not active is refused as a whole, which says nothing about the device's seat. */
function isSilent(answer: Validation | "none"): boolean {
  return answer !== "none" && answer.activationId === null && !noSeatCodes.has(answer.code ?? "");
}

const noSeatCodes: ReadonlySet<string> = new Set([
  "device_not_activated",
  "not_activated",
  "activation_not_found",
  "already_deactivated",
]);

function uncounted(active: number | null, held: number, silent: number): readonly Difference[] {
  if (active === null || silent > 0 || active <= held) return [];
  const about = { fingerprintSha256: null, deviceName: null };
  return [{ ...about, kind: "seats-uncounted", server: String(active), ledger: String(held) }];
}
