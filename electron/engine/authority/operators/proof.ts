import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Account } from "./accounts.ts";
import { lockedUntil } from "./lock-out.ts";
import type { OperatorKey, OperatorKeys } from "./ports.ts";

export interface Proven {
  readonly account: Account;
  readonly key: OperatorKey;
}

/** Whether badge and PIN belong together. @throws StationError OPERATOR_UNKNOWN, OPERATOR_LOCKED_OUT, OPERATOR_TAMPERED */
export type Prove = (badge: string, pin: string) => Promise<Proven>;

/**
 * One guess at a time, each counted before the next begins, so that guesses side by side gain nothing. A badge that
 * nobody has costs the same time and is locked out alike, as far as this process remembers.
 */
export function createProof(parts: {
  readonly accountOf: (badgeSha256: string) => Account | null;
  readonly keys: OperatorKeys;
  readonly clock: Clock;
  /** Makes a wrong PIN of a known account durable. */
  readonly refuse: (account: Account, failures: number, until: Date | null) => void;
}): Prove {
  const { accountOf, keys, clock } = parts;
  const strangers = new Map<string, { readonly failures: number; readonly lockedUntil: Date | null }>();
  let last: Promise<unknown> = Promise.resolve();

  const prove: Prove = async (badge, pin) => {
    const badgeSha256 = badgeHash(badge);
    const found = accountOf(badgeSha256);
    const account = found?.active === true ? found : null;
    const known = account ?? strangers.get(badgeSha256) ?? { failures: 0, lockedUntil: null };
    if (known.lockedUntil !== null && clock.now() < known.lockedUntil) throw lockedOut(known.lockedUntil);
    const key = account === null ? await keys.pretend(pin) : await keys.open(account.publicKey, pin);
    if (account !== null && key != null) {
      // The sealed badge is bound to the key; the ledger's must be the same.
      if (badgeHash(keys.badge(account.publicKey)) === account.badgeSha256) return { account, key };
      throw new StationError("OPERATOR_TAMPERED", "This account's sealed badge is not the one that the ledger names.");
    }
    const failures = known.failures + 1;
    const until = lockedUntil(failures, clock.now());
    if (account !== null) parts.refuse(account, failures, until);
    else {
      if (strangers.size >= mostStrangers) strangers.clear();
      strangers.set(badgeSha256, { failures, lockedUntil: until });
    }
    throw until === null ? unknown() : lockedOut(until);
  };
  return (badge, pin) => {
    const mine = last.then(() => prove(badge, pin));
    last = mine.catch(() => {});
    return mine;
  };
}

export function badgeHash(badge: string): string {
  return sha256Hex(utf8(badge.normalize("NFKC")));
}

const mostStrangers = 10_000;

function unknown(): StationError {
  return new StationError(
    "OPERATOR_UNKNOWN",
    "Badge and PIN do not belong together. Try again; an administrator can set a new PIN.",
  );
}

function lockedOut(until: Date): StationError {
  return new StationError(
    "OPERATOR_LOCKED_OUT",
    `Too many wrong PINs. This badge can be tried again after ${until.toISOString()}; an administrator can set a new PIN.`,
    { details: { until: until.toISOString() } },
  );
}
