import type { AskedLicense, AskSeat } from "./audit/reconcile-server.ts";
import type { ApiAccess } from "./batch/job.ts";
import type { LicensingClient } from "./licensing/client.ts";
import { createDispatcher, createLicensingClient } from "./licensing/index.ts";
import { systemClock } from "./platform/clock.ts";
import { systemRandom } from "./platform/random.ts";

/** Asks the licensing server about seats, at the pace that it allows; one client a product. */
export function seatAsker(
  api: ApiAccess,
  { env, version }: { readonly env: Readonly<Record<string, string | undefined>>; readonly version: string },
): { readonly ask: AskSeat; close(): Promise<void> } {
  const dispatcher = createDispatcher({ proxy: api.proxy, caFile: api.caPem, env, connections: api.concurrency });
  const clients = new Map<string, LicensingClient>();
  const clientOf = (product: string): LicensingClient => {
    const known = clients.get(product);
    if (known !== undefined) return known;
    const client = createLicensingClient({
      baseUrl: api.url,
      product,
      apiKey: api.apiKey,
      dispatcher,
      clock: systemClock,
      random: systemRandom,
      concurrency: api.concurrency,
      userAgent: `licence-station/${version}`,
    });
    clients.set(product, client);
    return client;
  };
  return {
    ask: ({ product, licenseKey }: AskedLicense, fingerprint, signal) =>
      clientOf(product).validate({ licenseKey, fingerprint }, signal),
    close: () => dispatcher.close(),
  };
}
