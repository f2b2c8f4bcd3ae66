import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import type { LicensingOptions } from "../../electron/engine/licensing/client.ts";
import { createDispatcher } from "../../electron/engine/licensing/dispatcher.ts";
import {
  activation,
  type Answer,
  apiKey,
  errorBody,
  fingerprint,
  json,
  licenseKey,
  licensingServer,
  machineFile,
} from "./licensing-server.ts";

const toActivate = { licenseKey, fingerprint, deviceName: null };
const toIssue = { licenseKey, fingerprint, ttlDays: 1, graceDays: 0, fingerprintComponents: null };

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});
const start = async (answer: Answer, options: Partial<LicensingOptions> = {}) => {
  const started = await licensingServer(answer, options);
  stops.push(started.stop);
  return started;
};
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => ({ code: "none" }),
    (error: StationError) => error,
  );

describe("faults that pass", () => {
  test.each<[string, Answer]>([
    ["reset before an answer", (_, response) => void response.socket?.resetAndDestroy()],
    [
      "reset within the body",
      (_, response) =>
        void response.writeHead(200, { "content-length": "999" }).write("{", () => response.socket?.resetAndDestroy()),
    ],
    [
      "a body cut short",
      (_, response) =>
        void response.writeHead(200, { "content-length": "999" }).write("{}", () => response.socket?.end()),
    ],
    [
      "a chunked body cut short",
      (_, response) => void response.writeHead(200).write("{}", () => response.socket?.end()),
    ],
    ["408", (_, response) => json(response, 408, {})],
    ["500", (_, response) => json(response, 500, errorBody("server_error"))],
    ["502 with HTML", (_, response) => void response.writeHead(502).end("<html>Bad Gateway</html>")],
    ["503", (_, response) => json(response, 503, errorBody("unavailable"))],
    ["429", (_, response) => json(response, 429, errorBody("rate_limited"))],
  ])("%s: tried again, and the seat is not doubled", async (_title, fault) => {
    const { client, seen } = await start((request, response, count) =>
      count === 1 ? fault(request, response, count) : json(response, 200, activation),
    );
    expect(await client.activate(toActivate)).toMatchObject({ activationId: "act-1" });
    expect(seen).toHaveLength(2);
    expect(seen[1]?.body).toEqual(seen[0]?.body);
  });

  test("the answer was lost after the work was done: asked again, the same activation comes back", async () => {
    const held = new Map<string, string>();
    const { client } = await start((request, response, count) => {
      const device = String(request.body?.["fingerprint"]);
      if (!held.has(device)) held.set(device, `act-${held.size + 1}`);
      if (count === 1) response.socket?.destroy();
      else json(response, 201, { ...activation, id: held.get(device) });
    });
    expect(await client.activate(toActivate)).toMatchObject({ activationId: "act-1" });
    expect(held.size).toBe(1);
  });

  test("six tries in all, with longer and longer pauses of random length", async () => {
    const { client, seen, clock } = await start((_, response) => void response.socket?.destroy());
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_UNREACHABLE" });
    expect(seen).toHaveLength(6);
    expect(clock.slept).toHaveLength(5);
    clock.slept.forEach((ms, i) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThan(500 * 2 ** i);
    });
    expect(new Set(clock.slept).size).toBe(5);
  });

  test.each([
    ["seconds", "7"],
    // The clock starts at midnight.
    ["a date", "Fri, 02 Jan 2026 00:00:07 GMT"],
  ])("503 with Retry-After in %s is waited for", async (_title, value) => {
    const { client, clock } = await start((_, response, count) =>
      count === 1 ? json(response, 503, {}, { "retry-after": value }) : json(response, 200, activation),
    );
    await client.activate(toActivate);
    expect(clock.slept).toEqual([7000]);
  });

  test("429 costs no try: twenty of them and a good answer", async () => {
    const { client, seen, clock } = await start((_, response, count) =>
      count <= 20
        ? json(response, 429, errorBody("rate_limited"), { "retry-after": "2" })
        : json(response, 200, activation),
    );
    expect(await client.activate(toActivate)).toMatchObject({ activationId: "act-1" });
    expect(seen).toHaveLength(21);
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(40_000);
  });

  test("a server that says not to wait at all is still not asked in a tight loop", async () => {
    const { client, clock } = await start((_, response, count) =>
      count <= 3 ? json(response, 429, {}, { "retry-after": "0" }) : json(response, 200, activation),
    );
    await client.activate(toActivate);
    expect(clock.slept).toEqual([100, 100, 100]);
  });

  test("429 without end is given up after a quarter of an hour", async () => {
    const { client, clock } = await start((_, response) =>
      json(response, 429, errorBody("rate_limited"), { "retry-after": "60" }),
    );
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_RATE_LIMITED" });
    expect(clock.monotonicMs()).toBe(15 * 60_000);
  });

  test("a wait longer than that is not begun, by anyone who waits", async () => {
    const { client, clock, seen } = await start((_, response) => json(response, 429, {}, { "retry-after": "3600" }), {
      concurrency: 1,
    });
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(client.issueMachineFile(toIssue))));
    expect(failures.map(({ code }) => code)).toEqual(["API_RATE_LIMITED", "API_RATE_LIMITED", "API_RATE_LIMITED"]);
    expect(clock.slept).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  test("while one is told to wait, all wait, and then they go on in order", async () => {
    let refused = false;
    const { client, seen, clock } = await start(
      (request, response) => {
        if (!refused) json(response, 429, {}, { "retry-after": "20" });
        else
          json(response, 201, {
            data: {
              ...machineFile.data,
              relationships: {
                ...machineFile.data.relationships,
                machine: { data: { type: "machines", id: request.body?.["fingerprint"] } },
              },
            },
          });
        refused = true;
      },
      { concurrency: 1 },
    );
    await Promise.all(
      ["fp-000001", "fp-000002", "fp-000003"].map((each) => client.issueMachineFile({ ...toIssue, fingerprint: each })),
    );
    expect(seen.map(({ body }) => body?.["fingerprint"])).toEqual(["fp-000001", "fp-000001", "fp-000002", "fp-000003"]);
    expect(clock.slept).toEqual([20_000]);
  });
});

describe("faults that stay", () => {
  test.each<[string, Answer, string]>([
    [
      "redirect",
      (_, response) => void response.writeHead(307, { location: "http://127.0.0.1:1/" }).end("{}"),
      "API_REDIRECT",
    ],
    ["501", (_, response) => json(response, 501, {}), "API_FAILED"],
    ["400", (_, response) => json(response, 400, errorBody("invalid_request")), "API_REFUSED"],
    [
      "a body over the cap, told beforehand",
      (_, response) => void response.end(Buffer.alloc(4_194_305, 32)),
      "API_TOO_LARGE",
    ],
    [
      "a body over the cap, in pieces",
      (_, response) => {
        response.write(Buffer.alloc(4_194_304, 32));
        response.end(" ");
      },
      "API_TOO_LARGE",
    ],
    [
      "an error body over the cap",
      (_, response) => void response.writeHead(500).end(Buffer.alloc(4_194_305, 32)),
      "API_TOO_LARGE",
    ],
  ])("%s: not tried again", async (_title, answer, code) => {
    const { client, seen } = await start(answer);
    expect(await failureOf(client.issueMachineFile(toIssue))).toMatchObject({ code });
    expect(seen).toHaveLength(1);
  });

  test("a body of exactly the cap is read", async () => {
    const text = JSON.stringify(machineFile).padEnd(4_194_304, " ");
    const { client } = await start((_, response) => void response.end(text));
    expect(await client.issueMachineFile(toIssue)).toMatchObject({ ttlSeconds: 86_400 });
  });

  test("nobody listens", async () => {
    const { client, stop } = await licensingServer((_, response) => json(response, 200, {}));
    await stop();
    expect(await failureOf(client.health())).toMatchObject({ code: "API_UNREACHABLE" });
  });

  test.each<[string, Answer]>([
    ["no answer", () => {}],
    ["a body that never ends", (_, response) => void response.writeHead(200).write("{")],
  ])("%s within the time limit", async (_title, answer) => {
    const { client, seen, clock } = await start((request, response, count) => {
      void answer(request, response, count);
      // Only when this try is under way.
      setImmediate(() => clock.expire());
    });
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_TIMEOUT" });
    expect(seen).toHaveLength(6);
  });
});

describe("stopping", () => {
  test("a call under way, a call that waits its turn, and one not begun are stopped at once", async () => {
    const stop = new AbortController();
    const { client } = await start(() => stop.abort(), { concurrency: 1 });
    const calls = [client.issueMachineFile(toIssue, stop.signal), client.issueMachineFile(toIssue, stop.signal)].map(
      failureOf,
    );
    expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(["CANCELLED", "CANCELLED"]);
    expect(await failureOf(client.health(stop.signal))).toMatchObject({ code: "CANCELLED" });
    expect(client.pace()).toEqual({ perSecond: null, inFlight: 0, waiting: 0 });
  });

  test("our own reason is what the caller gets", async () => {
    const stop = new AbortController();
    const { client } = await start(() => stop.abort(new StationError("STICK_GONE", "Gone.")));
    expect(await failureOf(client.health(stop.signal))).toMatchObject({ code: "STICK_GONE" });
  });

  test("those that wait for the first call's path family are stopped too", async () => {
    const stop = new AbortController();
    const { client } = await start(() => stop.abort());
    const first = failureOf(client.activate(toActivate));
    expect(await failureOf(client.activate(toActivate, stop.signal))).toMatchObject({ code: "CANCELLED" });
    stops.push(async () => void (await first));
    await stops.shift()?.();
  });
});

test("without refusals, calls fly side by side and nothing is slowed", async () => {
  let inFlight = 0;
  let most = 0;
  const { client, clock } = await start(
    async (_, response) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      json(response, 201, machineFile);
    },
    { concurrency: 16 },
  );
  await Promise.all(Array.from({ length: 500 }, () => client.issueMachineFile(toIssue)));
  expect(clock.slept).toEqual([]);
  expect(most).toBeGreaterThan(4);
  expect(most).toBeLessThanOrEqual(16);
});

describe("proxies and certificates", () => {
  /** Forwards plain requests and tunnels, and keeps what it was asked for. */
  const startProxy = async () => {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end(
        JSON.stringify({ object: "health", status: "healthy", api_version: "via", timestamp: "2026-01-02T00:00:00Z" }),
      );
    });
    proxy.on("connect", (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      const [host = "", port] = (request.url ?? "").split(":");
      const target = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        target.pipe(socket).pipe(target);
      });
      target.on("error", () => socket.destroy());
      socket.on("error", () => target.destroy());
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    stops.push(async () => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { asked, url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  };
  const health: Answer = (_, response) =>
    json(response, 200, {
      object: "health",
      status: "healthy",
      api_version: "direct",
      timestamp: "2026-01-02T00:00:00Z",
    });

  test("this machine is reached directly whatever the environment says, and through a proxy that was set", async () => {
    const { asked, url } = await startProxy();
    const env = { HTTP_PROXY: url, HTTPS_PROXY: url };
    const direct = await start(health, { dispatcher: createDispatcher({ env }) });
    expect((await direct.client.health()).apiVersion).toBe("direct");
    expect(asked).toEqual([]);
    const proxied = await start(health, { dispatcher: createDispatcher({ env: {}, proxy: url }) });
    expect((await proxied.client.health()).apiVersion).toBe("via");
    expect(asked).toEqual([`http://127.0.0.1:${proxied.port}/api/v1/health`]);
  });

  test("the environment's proxy is used for other machines, but for those it leaves out", async () => {
    const { asked, url } = await startProxy();
    const ask = async (env: Record<string, string>) => {
      const dispatcher = createDispatcher({ env });
      const { client } = await start(health, { dispatcher, baseUrl: "https://licences.invalid/api/v1" });
      const stop = new AbortController();
      const call = failureOf(client.health(stop.signal));
      expect(await call).toMatchObject({ code: "API_UNREACHABLE" });
      await dispatcher.close();
    };
    await ask({ https_proxy: url });
    expect(new Set(asked)).toEqual(new Set(["CONNECT licences.invalid:443"]));
    asked.length = 0;
    await ask({ HTTPS_PROXY: url.replace("http://", ""), NO_PROXY: "example.org, .invalid" });
    expect(asked).toEqual([]);
  });

  test.each(["socks5://127.0.0.1:1", "http://se cret/", "::"])("proxy %j is refused without repeating it", (proxy) => {
    expect(() => createDispatcher({ env: {}, proxy })).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.not.stringContaining(proxy) }),
    );
  });

  test.skipIf(spawnSync("openssl", ["version"]).status !== 0)(
    "an own CA is believed when its file is given (needs openssl)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "station-ca-"));
      const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const request = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ];
      const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
      expect(spawnSync("openssl", [...request, ...names, "-keyout", keyFile, "-out", certFile]).status).toBe(0);
      const [key, cert] = [readFileSync(keyFile), readFileSync(certFile, "utf8")];
      rmSync(folder, { recursive: true });
      const server = createSecureServer({ key, cert }, (_, response) => response.end(JSON.stringify(machineFile)));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      stops.push(async () => {
        server.closeAllConnections();
        server.close();
      });
      const ask = async (caFile: string | null) => {
        const dispatcher = createDispatcher({ env: {}, caFile });
        const baseUrl = `https://localhost:${(server.address() as AddressInfo).port}/api/v1`;
        const { client, clock } = await start(() => {}, { dispatcher, baseUrl });
        const outcome = await failureOf(client.issueMachineFile(toIssue));
        await dispatcher.destroy();
        return { code: outcome.code, pauses: clock.slept.length };
      };
      // Another try would meet the same certificate.
      expect(await ask(null)).toEqual({ code: "API_UNREACHABLE", pauses: 0 });
      expect(await ask(cert)).toEqual({ code: "none", pauses: 0 });
    },
  );

  test("a CA file that is none is refused", () => {
    expect(() => createDispatcher({ env: {}, caFile: "-----BEGIN NOTHING-----" })).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
  });
});

test("the API key is sent to the server and found nowhere else", async () => {
  const { client, seen } = await start((_, response) =>
    json(response, 403, errorBody("forbidden", `key ${apiKey} and ${licenseKey}`)),
  );
  const failure = await failureOf(client.activate(toActivate));
  expect(failure).toMatchObject({ code: "API_FORBIDDEN", details: { status: 403, server_code: "forbidden" } });
  expect(JSON.stringify([failure, (failure as StationError).message])).not.toContain(apiKey);
  expect((failure as StationError).message).not.toContain(licenseKey);
  expect(seen[0]?.headers.authorization).toBe(`Bearer ${apiKey}`);
});
