import type { Ledger } from "../ledger/ledger.ts";
import type { Clock } from "../platform/clock.ts";

// Below one round trip to a server; a transaction with its sync costs more than a dozen calls.
const gatherMs = 20;

/**
 * Appends like {@link Ledger.appendSoon}, but those that come within a few milliseconds of the first go into the ledger
 * together, in the order they came, as one transaction. For what is learned, never for what must be durable before an effect.
 */
export function gatheredAppend(ledger: Ledger, clock: Clock): Ledger["appendSoon"] {
  let together: Promise<void> | null = null;
  const release = (): void => {
    together = null;
  };
  return async (bodies, attachments) => {
    await (together ??= clock.sleep(gatherMs).then(release));
    return ledger.appendSoon(bodies, attachments);
  };
}
