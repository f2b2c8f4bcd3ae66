import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { act, ask, noon, sandboxFor } from "./sandbox-client.ts";

const fingerprint = "field-device-0001";
const licenseActions = ["activate", "validate", "deactivate", "heartbeat", "machine-file", "offline-token"];
const codeOf = ({ body }: { body: unknown }) => {
  const { error, errors } = body as { error?: { code: string }; errors?: { code: string }[] };
  return error?.code ?? errors?.[0]?.code;
};

test("an error of an ordinary endpoint has exactly this shape", async () => {
  const sandbox = await sandboxFor();
  expect((await act(sandbox, "activate", { fingerprint, license_key: "UNKNOWN" })).body).toEqual({
    error: { code: "license_not_found", message: "No license has this key.", details: {} },
  });
});

describe("API keys", () => {
  const config = {
    api_keys: [
      { key: "pk_test_seats", scopes: ["licenses" as const] },
      { key: "pk_test_all" },
      { key: "pk_none", scopes: [] },
    ],
    products: [{ slug: "p", name: "P" }],
    licenses: [{ key: "ONE", product: "p" }],
  };

  test.each(licenseActions)("%s needs a known key with the right scope", async (action) => {
    const sandbox = await sandboxFor({ config });
    expect(sandbox.apiKey).toBe("pk_test_all");
    const outcome = async (key: string | null) => {
      const reply = await act(sandbox, action, { fingerprint }, { key });
      return [reply.status, codeOf(reply)];
    };
    expect(await outcome(null)).toEqual([401, "unauthorized"]);
    expect(await outcome("pk_wrong")).toEqual([401, "invalid_api_key"]);
    expect(await outcome("pk_none")).toEqual([403, "forbidden"]);
    const credential = action === "machine-file" || action === "offline-token";
    expect((await outcome("pk_test_seats"))[0] === 403).toBe(credential);
  });

  test("a download token needs one too, listings and signing keys do not", async () => {
    const sandbox = await sandboxFor({ config });
    const path = "/products/p/releases/1.0.0/download_token";
    expect((await ask(sandbox, path, { license_key: "ONE" }, { key: null })).status).toBe(401);
    expect((await ask(sandbox, path, { license_key: "ONE" }, { key: "pk_test_seats" })).status).toBe(403);
    expect((await ask(sandbox, "/products/p/releases", undefined, { key: null })).status).toBe(200);
    expect((await ask(sandbox, `/signing_keys/${sandbox.keyId}`, undefined, { key: "pk_wrong" })).status).toBe(200);
  });

  test("another scheme than Bearer is no key", async () => {
    const sandbox = await sandboxFor({ config });
    const headers = { authorization: "Basic cGs6cGs=" };
    expect(codeOf(await act(sandbox, "validate", {}, { key: null, headers }))).toBe("unauthorized");
  });
});

describe("what is not there", () => {
  const config = {
    products: [
      { slug: "p", name: "P" },
      { slug: "q", name: "Q" },
    ],
    licenses: [{ key: "OF-P", product: "p" }],
  };

  test.each(licenseActions)("%s tells license, product and mismatch apart", async (action) => {
    const sandbox = await sandboxFor({ config });
    const outcome = async (slug: string, license_key: string) => {
      const reply = await ask(sandbox, `/products/${slug}/licenses/${action}`, { license_key, fingerprint });
      return [reply.status, codeOf(reply)];
    };
    expect(await outcome("p", "UNKNOWN")).toEqual([404, "license_not_found"]);
    expect(await outcome("r", "OF-P")).toEqual([404, "product_not_found"]);
    expect(await outcome("q", "OF-P")).toEqual([422, "product_mismatch"]);
  });

  test.each([
    "/products/p/licenses/activate/more/still",
    "/products/p/licenses/destroy",
    "/products/p/licenses",
    "/products//licenses/activate",
    "/products/p/licenses/%zz/activate",
    "/nothing",
    "/health/",
  ])("an unknown address %s has no licence code", async (path) => {
    const sandbox = await sandboxFor({ config });
    const reply = await ask(sandbox, path, {});
    expect([reply.status, codeOf(reply)]).toEqual([404, "not_found"]);
  });

  test("another method is told which one is right", async () => {
    const sandbox = await sandboxFor({ config });
    const reply = await ask(sandbox, "/products/p/licenses/activate");
    expect([reply.status, codeOf(reply), reply.headers.get("allow")]).toEqual([405, "method_not_allowed", "POST"]);
  });

  test.each(["body", "path"] as const)("a server of the %s family alone does not know the other", async (served) => {
    const sandbox = await sandboxFor({ config: { ...config, families: [served] } });
    const inBody = await ask(sandbox, "/products/p/licenses/activate", { license_key: "OF-P", fingerprint });
    const inPath = await ask(sandbox, "/products/p/licenses/OF-P/activate", { fingerprint });
    expect([inBody.status, inPath.status]).toEqual(served === "body" ? [201, 404] : [404, 201]);
  });
});

describe("bodies", () => {
  test.each([
    ["not JSON", "{", "invalid_request"],
    ["empty", "", "invalid_request"],
    ["an array", "[]", "invalid_request"],
    ["two values", "{}{}", "invalid_request"],
    ["a repeated member", '{"fingerprint":"aaaaaaaa","fingerprint":"aaaaaaaa"}', "invalid_request"],
    ["too deep", `{"metadata":${'{"a":'.repeat(30)}1${"}".repeat(30)}}`, "invalid_request"],
    ["no license key", '{"fingerprint":"aaaaaaaa"}', "parameter_missing"],
    ["no fingerprint", '{"license_key":"KEY"}', "parameter_missing"],
    [
      "aliases that disagree",
      '{"license_key":"KEY","fingerprint":"aaaaaaaa","device_id":"bbbbbbbb"}',
      "invalid_parameter",
    ],
    ["a number as fingerprint", '{"license_key":"KEY","fingerprint":12345678}', "invalid_parameter"],
    [
      "a name that is too long",
      `{"license_key":"KEY","fingerprint":"aaaaaaaa","device_name":"${"x".repeat(256)}"}`,
      "invalid_parameter",
    ],
    ["metadata that is a list", '{"license_key":"KEY","fingerprint":"aaaaaaaa","metadata":[]}', "invalid_parameter"],
    ["a license key with blanks", '{"license_key":" KEY","fingerprint":"aaaaaaaa"}', "invalid_parameter"],
  ])("%s is refused as 400", async (_title, text, code) => {
    const sandbox = await sandboxFor({
      config: { products: [{ slug: "p", name: "P" }], licenses: [{ key: "KEY", product: "p" }] },
    });
    const reply = await ask(sandbox, "/products/p/licenses/activate", undefined, { method: "POST", text });
    expect([reply.status, codeOf(reply)]).toEqual([400, code]);
    expect(sandbox.activations()).toEqual([]);
  });

  test("a key in the path and another in the body is refused", async () => {
    const sandbox = await sandboxFor();
    const path = `/products/${sandbox.product}/licenses/${sandbox.licenseKey}/activate`;
    expect((await ask(sandbox, path, { fingerprint, license_key: sandbox.licenseKey })).status).toBe(201);
    expect((await ask(sandbox, path, { fingerprint, license_key: "OTHER" })).status).toBe(400);
  });

  test("a body up to 1 MiB is read, one byte more is not", async () => {
    const sandbox = await sandboxFor();
    const start = `{"license_key":"${sandbox.licenseKey}","fingerprint":"${fingerprint}"`;
    const path = `/products/${sandbox.product}/licenses/activate`;
    const fits = `${start}${" ".repeat(1024 * 1024 - start.length - 1)}}`;
    expect((await ask(sandbox, path, undefined, { text: fits })).status).toBe(201);
    const reply = await ask(sandbox, path, undefined, { text: `${fits} ` });
    expect([reply.status, codeOf(reply)]).toEqual([413, "invalid_request"]);
  });

  test("unknown members, nulls and any telemetry are ignored", async () => {
    const sandbox = await sandboxFor();
    const members = { fingerprint, device_name: null, metadata: null, device_id: null, who: [{}], telemetry: "none" };
    expect((await act(sandbox, "activate", members)).status).toBe(201);
  });

  test("Content-Type twice is accepted, and what is not HTTP is told so in JSON", async () => {
    const sandbox = await sandboxFor();
    const body = JSON.stringify({ license_key: sandbox.licenseKey, fingerprint });
    const twice = [
      `POST /api/v1/products/${sandbox.product}/licenses/activate HTTP/1.1`,
      "Host: localhost",
      `Authorization: bearer ${sandbox.apiKey}`,
      "Content-Type: application/json",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: close",
    ].join("\r\n");
    expect(await raw(sandbox.url, `${twice}\r\n\r\n${body}`)).toMatch(/^HTTP\/1.1 201 /);
    const answer = await raw(sandbox.url, "nonsense\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*x-licence-sandbox: rehearsal[\s\S]*"code":"invalid_request"/);
  });
});

test("a client that goes away in the middle of its body leaves the server standing and takes nothing", async () => {
  const sandbox = await sandboxFor();
  const start = [
    `POST /api/v1/products/${sandbox.product}/licenses/activate HTTP/1.1`,
    "Host: localhost",
    `Authorization: Bearer ${sandbox.apiKey}`,
    "Content-Length: 500",
  ].join("\r\n");
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(sandbox.url).port), "127.0.0.1", () => {
      socket.write(`${start}\r\n\r\n{"license_key"`, () => socket.resetAndDestroy());
    });
    socket.on("close", () => resolve());
  });
  expect((await ask(sandbox, "/health")).status).toBe(200);
  expect(sandbox.activations()).toEqual([]);
});

describe("rate limit", () => {
  test("refuses with Retry-After in whole seconds, and refused requests do not count", async () => {
    let now = noon;
    const sandbox = await sandboxFor({ rateLimitPerMinute: 2, clock: () => new Date(now) });
    const outcome = async () => {
      const reply = await act(sandbox, "validate", {});
      const header = (name: string) => reply.headers.get(name);
      return [reply.status, header("x-ratelimit-remaining"), header("retry-after")];
    };
    expect(await outcome()).toEqual([200, "1", null]);
    now += 10_400;
    expect(await outcome()).toEqual([200, "0", null]);
    expect(await outcome()).toEqual([429, "0", "50"]);
    now += 49_599;
    const refused = await act(sandbox, "machine-file", { fingerprint });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(refused.headers.get("x-ratelimit-limit")).toBe("2");
    expect(refused.headers.get("x-ratelimit-reset")).toBe(String((noon + 60_000) / 1000));
    expect(refused.body).toEqual({
      errors: [
        {
          status: "429",
          code: "rate_limited",
          title: "Too Many Requests",
          detail: "Too many requests; try again later.",
          meta: { retry_after: 1 },
        },
      ],
    });
    expect((await ask(sandbox, "/health")).status).toBe(200);
    now += 1;
    expect(await outcome()).toEqual([200, "1", null]);
  });

  test("callers without a known key do not use up the allowance of one with", async () => {
    const sandbox = await sandboxFor({ rateLimitPerMinute: 1 });
    const status = async (key: string | null) => (await act(sandbox, "validate", {}, { key })).status;
    expect([await status(null), await status("pk_x"), await status(sandbox.apiKey)]).toEqual([401, 429, 200]);
  });
});

test("a web page may preflight and read the answers", async () => {
  const sandbox = await sandboxFor();
  const path = `/products/${sandbox.product}/licenses/activate`;
  const preflight = await ask(sandbox, path, undefined, { method: "OPTIONS", key: null });
  expect(preflight.status).toBe(200);
  expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
  const reply = await act(sandbox, "activate", { fingerprint });
  expect(reply.headers.get("access-control-allow-origin")).toBe("*");
});

describe("releases", () => {
  const config = {
    products: [
      {
        slug: "p",
        name: "P",
        releases: [
          { version: "1.0.0", published_at: "2026-01-01T00:00:00Z" },
          { version: "2.0.0", platform: "linux" as const, published_at: "2026-02-01T00:00:00Z" },
          {
            version: "3.0.0",
            channel: "beta" as const,
            platform: "macos" as const,
            published_at: "2026-03-01T00:00:00Z",
          },
          { version: "4.0.0", published_at: "2027-01-01T00:00:00Z" },
        ],
      },
    ],
    licenses: [{ key: "ONE", product: "p", entitlements: [{ key: "updates", below_version: "2.0" }] }],
  };
  const versions = (body: unknown) => (body as { data: { version: string }[] }).data.map(({ version }) => version);

  test("are listed newest first, filtered and paged", async () => {
    const sandbox = await sandboxFor({ config });
    const page = await ask(sandbox, "/products/p/releases?limit=2");
    expect(page.body).toEqual({
      object: "list",
      data: [
        {
          object: "release",
          version: "3.0.0",
          channel: "beta",
          platform: "macos",
          product_slug: "p",
          published_at: "2026-03-01T00:00:00Z",
        },
        {
          object: "release",
          version: "2.0.0",
          channel: "stable",
          platform: "linux",
          product_slug: "p",
          published_at: "2026-02-01T00:00:00Z",
        },
      ],
      has_more: true,
      next_cursor: "2",
    });
    expect(versions((await ask(sandbox, "/products/p/releases?limit=2&cursor=2")).body)).toEqual(["1.0.0"]);
    expect(versions((await ask(sandbox, "/products/p/releases?platform=linux")).body)).toEqual(["2.0.0", "1.0.0"]);
    expect((await ask(sandbox, "/products/p/releases/latest?channel=stable&platform=windows")).body).toMatchObject({
      object: "release",
      version: "1.0.0",
    });
  });

  test("refuse filters and versions that do not exist", async () => {
    const sandbox = await sandboxFor({ config });
    const outcome = async (path: string, body?: object) => {
      const reply = await ask(sandbox, `/products/${path}`, body);
      return [reply.status, codeOf(reply)];
    };
    expect(await outcome("p/releases?channel=nightly")).toEqual([400, "invalid_parameter"]);
    expect(await outcome("p/releases?limit=101")).toEqual([400, "invalid_parameter"]);
    expect(await outcome("p/releases/latest?channel=alpha")).toEqual([404, "release_not_found"]);
    expect(await outcome("z/releases")).toEqual([404, "product_not_found"]);
    const key = { license_key: "ONE" };
    expect(await outcome("p/releases/9.9.9/download_token", key)).toEqual([404, "release_not_found"]);
    expect(await outcome("p/releases/4.0.0/download_token", key)).toEqual([404, "release_not_found"]);
    expect(await outcome("p/releases/2.0.0/download_token", key)).toEqual([422, "version_not_entitled"]);
  });

  test("give a download token of one hour", async () => {
    const sandbox = await sandboxFor({ config });
    const reply = await ask(sandbox, "/products/p/releases/1.0.0/download_token", { license_key: "ONE" });
    const { token } = reply.body as { token: string };
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(reply.body).toEqual({ object: "download_token", token, expires_at: "2026-08-16T13:00:00Z" });
  });
});

function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (answer += chunk));
    socket.on("end", () => {
      socket.destroy();
      resolve(answer);
    });
    socket.on("error", reject);
  });
}
