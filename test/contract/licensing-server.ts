import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent } from "undici";
import { createLicensingClient, type LicensingOptions } from "../../electron/engine/licensing/client.ts";
import type { Clock } from "../../electron/engine/platform/clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

export const product = "field-meter";
export const licenseKey = "KEY-AAAA-BBBB-1234";
export const fingerprint = "fp-0123456789abcdef";
export const apiKey = "pk_test_0123456789";
const requestTimeoutMs = 30_000;

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Record<string, unknown> | null;
}

export type Answer = (seen: Seen, response: ServerResponse, count: number) => void | Promise<void>;

/** A real server on loopback that does what the test says, and a client on it whose time does not pass by itself. */
export async function licensingServer(answer: Answer, options: Partial<LicensingOptions> = {}) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const { method = "", url: path = "", headers } = request;
      const one: Seen = { method, path, headers, body: text === "" ? null : JSON.parse(text) };
      seen.push(one);
      void answer(one, response, seen.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const dispatcher = new Agent({ connections: 64 });
  const clock = skippingClock();
  const client = createLicensingClient({
    baseUrl: `http://127.0.0.1:${port}/api/v1/`,
    product,
    apiKey,
    dispatcher,
    clock,
    random: seededRandom("licensing"),
    requestTimeoutMs,
    userAgent: "licence-station/test",
    ...options,
  });
  const stop = async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { client, seen, clock, port, server, stop };
}

export interface SkippingClock extends Clock {
  /** Every pause that was asked for, but for the time limits of requests. */
  readonly slept: number[];
  /** Lets the time limits of all requests under way pass. */
  expire(): void;
}

function skippingClock(): SkippingClock {
  let elapsedMs = 0;
  const slept: number[] = [];
  const limits = new Set<() => void>();
  return {
    slept,
    now: () => new Date(Date.UTC(2026, 0, 2) + elapsedMs),
    monotonicMs: () => elapsedMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
        } else if (ms === requestTimeoutMs) {
          limits.add(resolve);
          signal?.addEventListener("abort", () => {
            limits.delete(resolve);
            reject(signal.reason);
          });
        } else {
          slept.push(ms);
          elapsedMs += ms;
          resolve();
        }
      }),
    expire: () => {
      elapsedMs += requestTimeoutMs;
      for (const resolve of limits) resolve();
    },
  };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function errorBody(code: string, message = "No."): object {
  return { error: { code, message } };
}

export const license = {
  object: "license",
  key: licenseKey,
  status: "active",
  starts_at: null,
  expires_at: "2030-01-01T00:00:00Z",
  mode: "hardware_locked",
  plan_key: "pro",
  seat_limit: 5,
  active_seats: 1,
  active_entitlements: [{ key: "updates", expires_at: null, below_version: "3.0" }],
  metadata: { any: [1, { thing: null }] },
  product: { slug: product, name: "Field Meter" },
  a_later_member: true,
};

export const activation = {
  object: "activation",
  id: "act-1",
  device_id: fingerprint,
  device_name: "Meter 1",
  license_key: licenseKey,
  activated_at: "2026-01-02T01:00:00+01:00",
  deactivated_at: null,
  ip_address: null,
  metadata: null,
  license,
};

export const machineFile = {
  data: {
    type: "machine-files",
    attributes: {
      certificate: "-----BEGIN MACHINE FILE-----\nAAAA\n-----END MACHINE FILE-----",
      algorithm: "aes-256-gcm+ed25519",
      ttl: 86_400,
      issued: "2026-01-02T00:00:00Z",
      expiry: "2026-01-03T00:00:00Z",
    },
    relationships: {
      license: { data: { type: "licenses", id: licenseKey } },
      machine: { data: { type: "machines", id: fingerprint } },
    },
  },
};

export const licenseState = {
  status: "active",
  startsAt: null,
  expiresAt: "2030-01-01T00:00:00Z",
  mode: "hardware_locked",
  planKey: "pro",
  seatLimit: 5,
  activeSeats: 1,
  productSlug: product,
  productName: "Field Meter",
};
