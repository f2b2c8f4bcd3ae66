import { afterEach, describe, expect, test } from "vitest";
import type { LicensingClient, LicensingOptions } from "../../electron/engine/licensing/client.ts";
import { createLicensingClient } from "../../electron/engine/licensing/client.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import {
  activation,
  type Answer,
  apiKey,
  errorBody,
  fingerprint,
  json,
  license,
  licenseKey,
  licenseState,
  licensingServer,
  machineFile,
  product,
} from "./licensing-server.ts";

const device = { licenseKey, fingerprint };
const toActivate = { ...device, deviceName: null };
const toIssue = { ...device, ttlDays: 1, graceDays: 0, fingerprintComponents: null };

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
const failureOf = async (call: Promise<unknown>) => {
  try {
    return { code: "none", value: await call };
  } catch (error) {
    return error as { code: string; message: string; details?: Record<string, unknown> };
  }
};

describe("what is sent and what is made of the answer", () => {
  test("activate: key in the body, the device under every name, its name also where machine files take it from", async () => {
    const { client, seen } = await start((_, response) => json(response, 201, activation));
    expect(await client.activate({ ...device, deviceName: "Meter 1", metadata: { serial: "S1" } })).toEqual({
      activationId: "act-1",
      fingerprint,
      activatedAt: "2026-01-02T00:00:00Z",
      license: licenseState,
    });
    expect(seen).toMatchObject([
      {
        method: "POST",
        path: `/api/v1/products/${product}/licenses/activate`,
        headers: {
          authorization: `Bearer ${apiKey}`,
          "content-type": "application/json",
          "user-agent": "licence-station/test",
        },
      },
    ]);
    expect(seen[0]?.body).toEqual({
      license_key: licenseKey,
      fingerprint,
      device_id: fingerprint,
      device_fingerprint: fingerprint,
      device_name: "Meter 1",
      metadata: { device_name: "Meter 1", serial: "S1" },
    });
  });

  test("machine file: certificate exactly as received", async () => {
    const { client, seen } = await start((_, response) => json(response, 201, machineFile));
    const components = { cpu: "abc" };
    expect(await client.issueMachineFile({ ...toIssue, graceDays: 7, fingerprintComponents: components })).toEqual({
      certificate: machineFile.data.attributes.certificate,
      ttlSeconds: 86_400,
      issuedAt: "2026-01-02T00:00:00Z",
      expiresAt: "2026-01-03T00:00:00Z",
    });
    expect(seen[0]?.path).toBe(`/api/v1/products/${product}/licenses/machine-file`);
    expect(seen[0]?.body).toMatchObject({
      ttl: 1,
      grace_period: 7,
      include: ["license"],
      fingerprint_components: components,
    });
  });

  test("validate: a device without a seat is an answer, not an error", async () => {
    const { client } = await start((_, response) =>
      json(response, 200, {
        object: "validation_result",
        valid: false,
        code: "DEVICE_NOT_ACTIVATED",
        message: "No seat.",
        license,
        activation: null,
      }),
    );
    expect(await client.validate(device)).toEqual({
      valid: false,
      code: "device_not_activated",
      license: licenseState,
      activationId: null,
      deviceName: null,
    });
  });

  test("validate: a seat, and a licence that is dead", async () => {
    const { license: _license, ...nested } = activation;
    const { client } = await start((_, response, count) =>
      count === 1
        ? json(response, 200, { object: "validation_result", valid: true, license, activation: nested })
        : json(response, 200, {
            object: "validation_result",
            valid: false,
            code: "license_expired",
            message: "Over.",
            license: { ...license, status: "expired" },
            activation: { ...nested, deactivated_at: "2026-01-02T00:00:00Z" },
          }),
    );
    expect(await client.validate(device)).toMatchObject({ valid: true, code: null, activationId: "act-1" });
    expect(await client.validate(device)).toMatchObject({
      valid: false,
      code: "license_expired",
      license: { status: "expired" },
      activationId: null,
    });
  });

  test("offline token: the very text of the answer", async () => {
    const text = `{ "object":"offline_token","token":{"license_key":"${licenseKey}","product_slug":"${product}","fingerprint":"${fingerprint}","x":1.0},"signature":{},"canonical":"{}" }`;
    const { client, seen } = await start((_, response) => void response.end(text));
    expect(await client.issueOfflineToken({ ...device, ttlDays: 30 })).toEqual({ answer: text });
    expect(seen[0]).toMatchObject({
      path: `/api/v1/products/${product}/licenses/offline-token`,
      body: { ttl_days: 30 },
    });
  });

  test("deactivate: ended, or nothing to end", async () => {
    const { client } = await start((_, response, count) => {
      if (count === 1)
        json(response, 200, { object: "deactivation", activation_id: "act-1", deactivated_at: "2026-01-02T00:00:00Z" });
      else if (count === 2) json(response, 404, errorBody("activation_not_found"));
      else json(response, 410, {});
    });
    expect(await client.deactivate(device)).toEqual({ activationId: "act-1" });
    expect(await client.deactivate(device)).toEqual({ activationId: null });
    expect(await client.deactivate(device)).toEqual({ activationId: null });
  });

  test("health is asked without the key; signing keys are raw 32 bytes", async () => {
    const publicKey = Buffer.alloc(32, 7);
    const { client, seen } = await start((request, response) =>
      request.path.endsWith("/health")
        ? json(response, 200, {
            object: "health",
            status: "healthy",
            api_version: "v1",
            timestamp: "2026-01-02T00:00:00Z",
          })
        : json(response, 200, {
            object: "signing_key",
            key_id: "kid:1",
            algorithm: "Ed25519",
            public_key: publicKey.toString("base64"),
            status: "active",
          }),
    );
    expect(await client.health()).toEqual({ apiVersion: "v1", serverTime: new Date("2026-01-02T00:00:00Z") });
    expect(await client.signingKey("kid:1")).toEqual({ keyId: "kid:1", publicKey: new Uint8Array(publicKey) });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined, `Bearer ${apiKey}`]);
  });

  test("an old server that refuses a second activation is asked which one the device has", async () => {
    const { license: _license, ...nested } = activation;
    const { client } = await start((request, response) =>
      request.path.endsWith("/activate")
        ? json(response, 422, errorBody("device_already_activated"))
        : json(response, 200, { object: "validation_result", valid: true, license, activation: nested }),
    );
    expect(await client.activate(toActivate)).toMatchObject({
      activationId: "act-1",
      activatedAt: "2026-01-02T00:00:00Z",
    });
  });
});

describe("path families", () => {
  const oldServer: Answer = (request, response) => {
    if (!request.path.includes(`/licenses/${licenseKey}/`))
      response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>");
    else json(response, 201, activation);
  };

  test("key in the path only where the body form is not known; found out once and told", async () => {
    const told: string[] = [];
    const { client, seen } = await start(oldServer, { onPathFamily: (family) => told.push(family) });
    await Promise.all([client.activate(toActivate), client.activate(toActivate), client.activate(toActivate)]);
    expect(seen.map(({ path }) => path.split("/licenses/")[1])).toEqual([
      "activate",
      `${licenseKey}/activate`,
      `${licenseKey}/activate`,
      `${licenseKey}/activate`,
    ]);
    expect(seen[1]?.body).toEqual({ device_id: fingerprint });
    expect(told).toEqual(["path"]);
  });

  test("what was found out before is tried first, and corrected when the server has changed", async () => {
    const told: string[] = [];
    const { client, seen } = await start(oldServer, {
      pathFamily: "path",
      onPathFamily: (family) => told.push(family),
    });
    await client.activate(toActivate);
    expect(seen).toHaveLength(1);
    expect(told).toEqual([]);
    const stale = await start(oldServer, { pathFamily: "body", onPathFamily: (family) => told.push(family) });
    await stale.client.activate(toActivate);
    expect(stale.seen).toHaveLength(2);
    expect(told).toEqual(["path"]);
  });

  test("a 404 that names a licence is an answer, and the key stays out of paths", async () => {
    const told: string[] = [];
    const { client, seen } = await start((_, response) => json(response, 404, errorBody("license_not_found")), {
      onPathFamily: (family) => told.push(family),
    });
    expect(await failureOf(client.activate(toActivate))).toMatchObject({
      code: "LICENSE_NOT_FOUND",
      details: { status: 404, server_code: "license_not_found" },
    });
    expect(seen).toHaveLength(1);
    expect(told).toEqual(["body"]);
  });

  test("a refused API key says nothing about the family", async () => {
    const told: string[] = [];
    const { client } = await start((_, response) => json(response, 401, errorBody("invalid_api_key")), {
      onPathFamily: (family) => told.push(family),
    });
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_UNAUTHORIZED" });
    expect(told).toEqual([]);
  });

  test("keys are percent-encoded in paths", async () => {
    const odd = "KEY/ä ?#%";
    const { client, seen } = await start(
      (_, response) => json(response, 201, { ...activation, license_key: odd, license: { ...license, key: odd } }),
      { pathFamily: "path" },
    );
    await client.activate({ ...toActivate, licenseKey: odd });
    expect(seen[0]?.path).toBe(`/api/v1/products/${product}/licenses/${encodeURIComponent(odd)}/activate`);
  });

  test("an address that knows neither is refused, and so is a machine file from an old server", async () => {
    const { client } = await start((_, response) => void response.writeHead(404).end("nope"));
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_REFUSED" });
    expect(await failureOf(client.issueMachineFile(toIssue))).toMatchObject({ code: "API_REFUSED" });
  });
});

describe("answers about something else are never used", () => {
  const other = {
    license: { ...license, key: "OTHER" },
    product: { ...license, product: { slug: "other", name: "Other" } },
  };
  test.each([
    ["device", { ...activation, device_id: "fp-another-device" }],
    ["one of two device names", { ...activation, fingerprint: "fp-another-device" }],
    ["no device", { ...activation, device_id: undefined }],
    ["licence", { ...activation, license_key: "OTHER" }],
    ["nested licence", { ...activation, license: other.license }],
    ["product", { ...activation, license: other.product }],
    ["ended", { ...activation, deactivated_at: "2026-01-02T00:00:00Z" }],
  ])("activation: %s", async (_, body) => {
    const { client, seen } = await start((_request, response) => json(response, 201, body));
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_WRONG_IDENTITY" });
    expect(seen).toHaveLength(1);
  });

  const { relationships } = machineFile.data;
  test.each([
    ["licence", { ...relationships, license: { data: { type: "licenses", id: "OTHER" } } }],
    ["device", { ...relationships, machine: { data: { type: "machines", id: "fp-another-device" } } }],
    ["kind", { ...relationships, machine: { data: { type: "licenses", id: fingerprint } } }],
  ])("machine file: %s", async (_, changed) => {
    const { client } = await start((_request, response) =>
      json(response, 201, { data: { ...machineFile.data, relationships: changed } }),
    );
    expect(await failureOf(client.issueMachineFile(toIssue))).toMatchObject({ code: "API_WRONG_IDENTITY" });
  });

  test("signing key, offline token and validation", async () => {
    const { client } = await start((request, response) => {
      if (request.path.includes("signing_keys"))
        json(response, 200, {
          object: "signing_key",
          key_id: "b",
          algorithm: "Ed25519",
          public_key: Buffer.alloc(32).toString("base64"),
          status: "active",
        });
      else if (request.path.endsWith("offline-token"))
        json(response, 200, {
          object: "offline_token",
          token: { license_key: licenseKey, product_slug: product, fingerprint: "fp-another-device" },
          signature: {},
          canonical: "{}",
        });
      else json(response, 200, { object: "validation_result", valid: false, code: "x", license: other.license });
    });
    expect(await failureOf(client.signingKey("a"))).toMatchObject({ code: "API_WRONG_IDENTITY" });
    expect(await failureOf(client.issueOfflineToken({ ...device, ttlDays: 1 }))).toMatchObject({
      code: "API_WRONG_IDENTITY",
    });
    expect(await failureOf(client.validate(device))).toMatchObject({ code: "API_WRONG_IDENTITY" });
  });
});

describe("malformed answers", () => {
  const text = JSON.stringify(activation);
  test.each([
    ["empty", ""],
    ["no JSON", "<html></html>"],
    ["two values", `${text}{}`],
    ["a member twice", text.replace('"id":', '"id":"act-0","id":')],
    ["too deep", text.replace('"ip_address":null', `"ip_address":${"[".repeat(40)}${"]".repeat(40)}`)],
    ["not UTF-8", Buffer.from(text.replace("Meter 1", "\u00ff"), "latin1")],
    ["another kind of thing", text.replace('"activation"', '"license"')],
    ["status unknown", text.replace('"active"', '"Active"')],
    ["licence not active", text.replace('"status":"active"', '"status":"revoked"')],
    ["no seats told", text.replace('"active_seats":1', '"active_seats":"1"')],
    ["no such day", text.replace("2026-01-02T", "2026-02-30T")],
    ["an id of nothing", text.replace('"act-1"', '""')],
  ])("activate, %s: asked once more, then given up", async (_, body) => {
    const { client, seen } = await start((_request, response) => void response.end(body));
    expect(await failureOf(client.activate(toActivate))).toMatchObject({ code: "API_MALFORMED" });
    expect(seen).toHaveLength(2);
  });

  test("activate: the second answer counts when it can be read", async () => {
    const { client, seen } = await start((_, response, count) =>
      count === 1 ? void response.end("{") : json(response, 200, activation),
    );
    expect(await client.activate(toActivate)).toMatchObject({ activationId: "act-1" });
    expect(seen).toHaveLength(2);
  });

  const { attributes } = machineFile.data;
  test.each([
    ["algorithm", { ...attributes, algorithm: "aes-128-gcm+ed25519" }],
    ["times beside the TTL", { ...attributes, expiry: "2026-01-03T00:00:03Z" }],
    ["no certificate", { ...attributes, certificate: "" }],
  ])("machine file, %s: not asked again", async (_, changed) => {
    const { client, seen } = await start((_request, response) =>
      json(response, 201, { data: { ...machineFile.data, attributes: changed } }),
    );
    expect(await failureOf(client.issueMachineFile(toIssue))).toMatchObject({ code: "API_MALFORMED" });
    expect(seen).toHaveLength(1);
  });

  test.each([
    ["short", Buffer.alloc(31).toString("base64")],
    ["url-safe", Buffer.alloc(32, 255).toString("base64url")],
    ["SPKI", Buffer.alloc(44).toString("base64")],
  ])("signing key, %s", async (_, publicKey) => {
    const { client } = await start((_request, response) =>
      json(response, 200, {
        object: "signing_key",
        key_id: "a",
        algorithm: "Ed25519",
        public_key: publicKey,
        status: "active",
      }),
    );
    expect(await failureOf(client.signingKey("a"))).toMatchObject({ code: "API_MALFORMED" });
  });

  test("a retired signing key is not believed", async () => {
    const { client } = await start((_, response) =>
      json(response, 200, {
        object: "signing_key",
        key_id: "a",
        algorithm: "Ed25519",
        public_key: Buffer.alloc(32).toString("base64"),
        status: "retired",
      }),
    );
    expect(await failureOf(client.signingKey("a"))).toMatchObject({ code: "SIGNING_KEY_UNKNOWN" });
  });
});

describe("arguments", () => {
  const make = (options: Partial<LicensingOptions>): LicensingClient =>
    createLicensingClient({
      baseUrl: "https://api.example/v1",
      product,
      apiKey,
      dispatcher: null as never,
      clock: systemClock,
      random: systemRandom,
      userAgent: "t",
      ...options,
    });

  test.each([
    "http://api.example/v1",
    "ftp://127.0.0.1/",
    "api.example/v1",
    "https://user:pw@api.example/v1",
    "https://api.example/v1?x=1",
    "https://api.example/v1#x",
    "https://api.example/v1?",
    "http://127.0.0.1.example/v1",
    "http://0.0.0.0/",
    "",
  ])("address %j is refused", (baseUrl) => {
    expect(() => make({ baseUrl })).toThrow(expect.objectContaining({ code: "API_URL_INVALID" }));
  });

  test.each(["http://localhost:8080/api/v1/", "http://127.9.9.9/", "http://[::1]:1", "https://api.example/a/b///"])(
    "address %j is taken",
    (baseUrl) => {
      expect(make({ baseUrl }).pace()).toEqual({ perSecond: null, inFlight: 0, waiting: 0 });
    },
  );

  test.each(["", " pk_1", "pk 1", "pk\n1", "pk_é", "p".repeat(4097)])(
    "API key %j is refused before anything is sent",
    (key) => {
      expect(() => make({ apiKey: key })).toThrow(expect.objectContaining({ code: "API_UNAUTHORIZED" }));
    },
  );

  test.each(["", "Upper", "a--b", "-a", "a/b", "a".repeat(101)])("product %j is refused", (slug) => {
    expect(() => make({ product: slug })).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test("licence keys and fingerprints that no server could know are not sent", async () => {
    const client = make({});
    expect(await failureOf(client.activate({ ...toActivate, licenseKey: " KEY" }))).toMatchObject({
      code: "LICENSE_KEY_INVALID",
    });
    expect(await failureOf(client.issueMachineFile({ ...toIssue, fingerprint: "short" }))).toMatchObject({
      code: "FINGERPRINT_LENGTH",
    });
  });
});
