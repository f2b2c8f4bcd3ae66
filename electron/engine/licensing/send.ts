import { StationError } from "#shared/domain/errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { cancelled, type Exchange, type HttpReply, type HttpRequest } from "./exchange.ts";
import type { Gate } from "./gate.ts";
import { rateHints } from "./rate-hints.ts";

/** One call with all its tries. Resolves with whatever reply is not worth another try. */
export type Send = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpReply>;

/** Every call of the contract may be repeated safely: activating twice gives the same activation. */
export interface SendOptions {
  readonly exchange: Exchange;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long one call puts up with refusals for rate, from its first one on. */
export const patienceMs = 15 * 60_000;
const tries = 6;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;

export function createSend({ exchange, gate, clock, random }: SendOptions): Send {
  return async (request, signal) => {
    let firstRefusalAt: number | null = null;
    let refusals = 0;
    let faults = 0;
    for (;;) {
      const ticket = await gate.enter(firstRefusalAt !== null, signal);
      let reply: HttpReply | null = null;
      try {
        reply = await exchange(request, signal);
      } catch (error) {
        gate.lost(ticket);
        if (!(error instanceof StationError) || !isPassing(error) || ++faults >= tries) throw error;
      }
      const hints = rateHints(reply?.headers ?? {}, clock.now());
      if (reply?.status === 429) {
        gate.refused(ticket, Math.max(shortestWaitMs, hints.waitMs ?? backoff(refusals++)));
        firstRefusalAt ??= clock.monotonicMs();
        if (clock.monotonicMs() - firstRefusalAt >= patienceMs) return reply;
        continue;
      }
      if (reply !== null) {
        gate.passed(ticket, hints.remaining);
        if (!isFault(reply.status) || ++faults >= tries) return reply;
        if ((hints.waitMs ?? 0) > patienceMs) return reply;
      }
      const asked = reply?.status === 503 ? (hints.waitMs ?? 0) : 0;
      await pause(Math.max(asked, backoff(faults - 1)), signal);
    }
  };

  /** Exponential with full jitter. */
  function backoff(before: number): number {
    const [a = 0, b = 0] = random.bytes(2);
    return ((a * 256 + b) / 65_536) * Math.min(longestBackoffMs, firstBackoffMs * 2 ** before);
  }

  async function pause(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      throw signal?.aborted ? cancelled(signal) : error;
    }
  }
}

// Without it a server that answers `Retry-After: 0` would be asked in a tight loop.
const shortestWaitMs = 100;

/** Worth another try: nothing about the call itself is known to be wrong. */
function isPassing(error: StationError): boolean {
  const isTransport = error.code === "API_UNREACHABLE" || error.code === "API_TIMEOUT";
  return isTransport && error.details?.["certificate"] !== true;
}

function isFault(status: number): boolean {
  return status === 408 || (status >= 500 && status <= 599 && status !== 501);
}
