import type { AskIssuer } from "./authority/issuer-client.ts";
import { parseBaseUrl } from "./licensing/base-url.ts";
import { createExchange } from "./licensing/exchange.ts";
import { createDispatcher } from "./licensing/index.ts";
import type { Clock } from "./platform/clock.ts";

export interface IssuerAccess {
  /** https, or http to this machine. */
  readonly url: string;
  readonly proxy: string | null;
  readonly caPem: string | null;
}

const timeoutMs = 30_000;

/** Runs `work` with a connection to an issuer, the way the licensing server is reached. @throws StationError API_URL_INVALID, USAGE */
export async function withIssuer<T>(
  { url, proxy, caPem }: IssuerAccess,
  {
    env,
    clock,
    version,
  }: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly clock: Clock;
    readonly version: string;
  },
  work: (ask: AskIssuer) => Promise<T>,
): Promise<T> {
  const { origin, prefix } = parseBaseUrl(url);
  const dispatcher = createDispatcher({ proxy, caFile: caPem, env, connections: 1 });
  try {
    const exchange = createExchange(dispatcher, origin, clock, timeoutMs);
    const headers = {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": `licence-station/${version}`,
    };
    return await work((path, body, signal) => exchange({ method: "POST", path: prefix + path, headers, body }, signal));
  } finally {
    await dispatcher.close();
  }
}
