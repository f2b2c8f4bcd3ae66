import { StationError } from "#shared/domain/errors.ts";
import { cancelled, type HttpReply } from "./exchange.ts";
import { isRoutingMiss, readRefusal } from "./refusals.ts";

/** Where the licence key travels: in the body (newer servers), or in the path, where logs along the way may keep it. */
export type PathFamily = "body" | "path";

/** Calls that both families know. */
export interface FamilyCalls {
  /** Makes the call in the family the server knows, and finds out which that is by the first call of all. */
  call(make: (family: PathFamily) => Promise<HttpReply>, signal?: AbortSignal): Promise<HttpReply>;
}

export function createFamilyCalls(known: PathFamily | null, onKnown: (family: PathFamily) => void): FamilyCalls {
  let family = known;
  let probe: Promise<unknown> | null = null;

  return {
    call: async (make, signal) => {
      if (family !== null) return tryBoth(make, family);
      if (probe !== null) {
        await settled(probe, signal);
        return tryBoth(make, family ?? "body");
      }
      const first = tryBoth(make, "body");
      probe = first;
      return first;
    },
  };

  async function tryBoth(make: (family: PathFamily) => Promise<HttpReply>, first: PathFamily): Promise<HttpReply> {
    const reply = await make(first);
    if (!isRoutingMiss(reply)) {
      learn(first, reply);
      return reply;
    }
    const second = first === "body" ? "path" : "body";
    const other = await make(second);
    if (!isRoutingMiss(other)) {
      learn(second, other);
      return other;
    }
    throw notAnApi();
  }

  function learn(found: PathFamily, reply: HttpReply): void {
    // A refused key or a fault may come from something in front of the routes, and says nothing about them.
    const isFromRoute =
      reply.status < 300 || (reply.status < 500 && reply.status !== 401 && readRefusal(reply).code !== null);
    const isGuard = reply.status === 403 || reply.status === 429;
    if (!isFromRoute || isGuard || family === found) return;
    family = found;
    onKnown(found);
  }
}

export function notAnApi(): StationError {
  return new StationError(
    "API_REFUSED",
    "The address does not answer as this licensing API does. Check the API address and the server's version.",
    { details: { status: 404, server_code: null } },
  );
}

/** Waits for the probe's end, well or badly, but no longer than the signal lets us. */
async function settled(probe: Promise<unknown>, signal?: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(cancelled(signal as AbortSignal));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([promise, probe.catch(() => {})]);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
