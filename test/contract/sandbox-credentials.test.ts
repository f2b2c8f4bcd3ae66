import { verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  act,
  actInPath,
  ask,
  certificateOf,
  control,
  noon,
  openMachineFile,
  publicKeyOf,
  sandboxFor,
  unseededSandbox,
} from "./sandbox-client.ts";

const fingerprint = "field-device-0001";
const config = {
  products: [{ slug: "field-kit", name: "Field kit" }],
  licenses: [
    {
      key: "FIELD-KIT-0001",
      product: "field-kit",
      plan_key: "pro",
      seat_limit: 5,
      starts_at: "2026-01-01T00:00:00Z",
      expires_at: "2030-01-01T00:00:00Z",
      entitlements: [
        { key: "pro" },
        { key: "beta", expires_at: "2029-01-01T00:00:00Z", below_version: "9", metadata: { a: 1 } },
        { key: "gone", expires_at: "2020-01-01T00:00:00Z" },
      ],
      metadata: { tier: "studio", "😀": "astral", "\uffff": "bmp", note: 'quote " slash / é\n' },
    },
  ],
};
const iat = noon / 1000;

describe("machine file", () => {
  test("answers with exact member sets and a file that opens by the contract alone", async () => {
    const sandbox = await sandboxFor({ config });
    const seat = await act(sandbox, "activate", {
      fingerprint,
      device_name: "Pump 7",
      metadata: { platform: "linux", line: 3 },
    });
    const reply = await act(sandbox, "machine-file", {
      fingerprint,
      ttl: 90,
      grace_period: 7,
      include: ["license"],
      fingerprint_components: { board: "b-1" },
      telemetry: { sdk_version: "0.6.3", cpu_cores: 4 },
    });
    expect(reply.status).toBe(201);
    const certificate = certificateOf(reply);
    expect(reply.body).toEqual({
      data: {
        type: "machine-files",
        attributes: {
          certificate,
          algorithm: "aes-256-gcm+ed25519",
          ttl: 90 * 86_400,
          issued: "2026-08-16T12:00:00Z",
          expiry: "2026-11-14T12:00:00Z",
        },
        relationships: {
          license: { data: { type: "licenses", id: sandbox.licenseKey } },
          machine: { data: { type: "machines", id: fingerprint } },
        },
      },
    });
    const file = openMachineFile(certificate, sandbox.licenseKey, fingerprint, sandbox.publicKey);
    expect([file.lines[0], file.lines.at(-1)]).toEqual(["-----BEGIN MACHINE FILE-----", "-----END MACHINE FILE-----"]);
    expect(file.inner.slice(0, -1).every((line) => line.length === 64)).toBe(true);
    expect(file.inner.at(-1)?.length).toBeLessThanOrEqual(64);
    expect(Object.keys(file.envelope).sort()).toEqual(["alg", "enc", "kid", "sig"]);
    expect([file.signed, file.nonce.length, file.tag.length]).toEqual([true, 12, 16]);
    expect(file.envelope).toMatchObject({ alg: "aes-256-gcm+ed25519", kid: sandbox.keyId });
    expect(file.envelope["sig"]).toHaveLength(86);
    const payload = file.open();
    const license = { type: "licenses", id: sandbox.licenseKey };
    expect(JSON.parse(payload)).toEqual({
      meta: {
        schema_version: 2,
        iat,
        nbf: iat,
        exp: iat + 90 * 86_400,
        ttl: 90 * 86_400,
        issued: "2026-08-16T12:00:00Z",
        expiry: "2026-11-14T12:00:00Z",
        grace_period: 7 * 86_400,
        lic: sandbox.licenseKey,
        license_exp: Date.UTC(2030, 0, 1) / 1000,
        kid: sandbox.keyId,
        sdk_version: "0.6.3",
      },
      data: {
        type: "machines",
        id: (seat.body as { id: string }).id,
        attributes: {
          fingerprint,
          fingerprint_components: { board: "b-1" },
          name: "Pump 7",
          platform: "linux",
          created: "2026-08-16T12:00:00Z",
          metadata: { platform: "linux", line: 3 },
        },
        relationships: { license: { data: license }, product: { data: { type: "products", id: "field-kit" } } },
      },
      included: [
        {
          ...license,
          attributes: {
            key: sandbox.licenseKey,
            status: "active",
            mode: "hardware_locked",
            plan_key: "pro",
            product_slug: "field-kit",
            seat_limit: 5,
            starts_at: "2026-01-01T00:00:00Z",
            ends_at: "2030-01-01T00:00:00Z",
            entitlements: [
              { key: "pro", expires_at: null },
              { key: "beta", expires_at: "2029-01-01T00:00:00Z" },
            ],
            metadata: config.licenses[0]?.metadata,
          },
        },
      ],
    });
    expect(payload.startsWith('{"data":{"attributes":{"created":')).toBe(true);
  });

  test("of a bare request lives 30 days without grace and leaves out what has no value", async () => {
    const sandbox = await sandboxFor({
      config: { products: [{ slug: "p", name: "P" }], licenses: [{ key: "PERPETUAL", product: "p" }] },
    });
    await act(sandbox, "activate", { fingerprint });
    const reply = await actInPath(sandbox, "machine-file", { device_id: fingerprint });
    const payload = JSON.parse(
      openMachineFile(certificateOf(reply), "PERPETUAL", fingerprint, sandbox.publicKey).open(),
    ) as Record<string, Record<string, unknown>>;
    expect(Object.keys(payload)).toEqual(["data", "meta"]);
    expect(payload["meta"]).not.toHaveProperty("license_exp");
    expect(payload["meta"]).toMatchObject({ ttl: 30 * 86_400, grace_period: 0 });
    expect(payload["data"]?.["attributes"]).toEqual({ fingerprint, created: "2026-08-16T12:00:00Z" });
  });

  test("takes no seat, and a longer life than allowed is cut to the allowance", async () => {
    const sandbox = await sandboxFor({ config: { ...config, machine_file_days: 100 } });
    await act(sandbox, "activate", { fingerprint });
    const reply = await act(sandbox, "machine-file", { fingerprint, ttl: 36_600 });
    expect(reply.body).toMatchObject({ data: { attributes: { ttl: 100 * 86_400, expiry: "2026-11-24T12:00:00Z" } } });
    expect(sandbox.activations()).toHaveLength(1);
  });

  test("without a seat is refused in the endpoint's own shape", async () => {
    const sandbox = await sandboxFor();
    expect(await act(sandbox, "machine-file", { fingerprint })).toMatchObject({ status: 422 });
    expect((await act(sandbox, "machine-file", { fingerprint })).body).toEqual({
      errors: [
        {
          status: "422",
          code: "DEVICE_NOT_ACTIVATED",
          title: "Unprocessable Entity",
          detail: "The device has no seat on this license.",
          meta: {},
        },
      ],
    });
  });

  test.each([{ ttl: 0 }, { ttl: 36_601 }, { ttl: 1.5 }, { ttl: "30" }, { grace_period: -1 }, { grace_period: 31 }])(
    "refuses %o",
    async (members) => {
      const sandbox = await sandboxFor();
      await act(sandbox, "activate", { fingerprint });
      expect(await act(sandbox, "machine-file", { fingerprint, ...members })).toMatchObject({
        status: 400,
        body: { errors: [{ status: "400", code: "invalid_parameter", meta: { parameter: Object.keys(members)[0] } }] },
      });
    },
  );

  test("with a seed the same request gives the same bytes, without one never", async () => {
    const [a, b] = [await sandboxFor({ seed: "same" }), await sandboxFor({ seed: "same" })];
    const [c, d] = [await unseededSandbox(), await unseededSandbox()];
    const fileOf = async (sandbox: typeof a) => {
      await act(sandbox, "activate", { fingerprint });
      return certificateOf(await act(sandbox, "machine-file", { fingerprint }));
    };
    expect(await fileOf(a)).toBe(await fileOf(b));
    expect(await fileOf(c)).not.toBe(await fileOf(d));
    expect(await fileOf(c)).not.toBe(await fileOf(c));
  });
});

describe("offline token", () => {
  const expectedToken = (kid: string) => ({
    schema_version: 1,
    license_key: "FIELD-KIT-0001",
    product_slug: "field-kit",
    plan_key: "pro",
    mode: "hardware_locked",
    fingerprint,
    iat,
    nbf: iat,
    exp: iat + 45 * 86_400,
    kid,
    entitlements: [
      { key: "pro", expires_at: null },
      { key: "beta", expires_at: Date.UTC(2029, 0, 1) / 1000 },
    ],
    seat_limit: 5,
    license_expires_at: Date.UTC(2030, 0, 1) / 1000,
    metadata: config.licenses[0]?.metadata,
  });

  test("is the same under both names and in both families, and verifies over its canonical text", async () => {
    const sandbox = await sandboxFor({ config });
    await act(sandbox, "activate", { fingerprint });
    const reply = await act(sandbox, "offline-token", { fingerprint, ttl_days: 45 });
    const body = reply.body as { canonical: string; signature: { value: string }; token: object };
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      object: "offline_token",
      token: expectedToken(sandbox.keyId),
      signature: { algorithm: "Ed25519", key_id: sandbox.keyId, value: body.signature.value },
      canonical: body.canonical,
    });
    expect(JSON.parse(body.canonical)).toEqual(body.token);
    expect(body.signature.value).toHaveLength(88);
    const signature = Buffer.from(body.signature.value, "base64");
    expect(verify(null, Buffer.from(body.canonical), publicKeyOf(sandbox.publicKey), signature)).toBe(true);
    // By code point U+FFFF stands before U+1F600; by UTF-16 unit it would not.
    expect(body.canonical).toContain(
      '"metadata":{"note":"quote \\" slash / é\\n","tier":"studio","\uffff":"bmp","😀":"astral"}',
    );
    for (const other of [
      await act(sandbox, "offline_token", { device_id: fingerprint, ttl_days: 45 }),
      await actInPath(sandbox, "offline_token", { device_id: fingerprint, ttl_days: 45 }),
      await actInPath(sandbox, "offline-token", { device_fingerprint: fingerprint, ttl_days: 45 }),
    ]) {
      expect(other.body).toEqual(reply.body);
    }
  });

  test("leaves out limits that a license does not have", async () => {
    const sandbox = await sandboxFor({
      config: { products: [{ slug: "p", name: "P" }], licenses: [{ key: "PERPETUAL", product: "p" }] },
    });
    await act(sandbox, "activate", { fingerprint });
    const { token } = (await act(sandbox, "offline-token", { fingerprint })).body as { token: object };
    expect(Object.keys(token).sort()).toEqual(
      "entitlements exp fingerprint iat kid license_key mode nbf plan_key product_slug schema_version".split(" "),
    );
    expect(token).toMatchObject({ exp: iat + 30 * 86_400 });
  });

  test("asked without a device is bound to the only seat, else refused", async () => {
    const sandbox = await sandboxFor();
    const refused = { status: 422, body: { error: { code: "device_not_activated" } } };
    expect(await actInPath(sandbox, "offline_token", { ttl_days: 900 })).toMatchObject(refused);
    await act(sandbox, "activate", { fingerprint });
    expect((await actInPath(sandbox, "offline_token", { ttl_days: 900 })).body).toMatchObject({
      token: { fingerprint, exp: iat + 90 * 86_400 },
    });
    await act(sandbox, "activate", { fingerprint: "a second device" });
    expect(await actInPath(sandbox, "offline_token", { ttl_days: 900 })).toMatchObject(refused);
  });
});

describe("signing keys", () => {
  test("are told without an API key, with these members only", async () => {
    const sandbox = await sandboxFor();
    const reply = await ask(sandbox, `/signing_keys/${sandbox.keyId}`, undefined, { key: null });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      object: "signing_key",
      key_id: sandbox.keyId,
      algorithm: "Ed25519",
      public_key: sandbox.publicKey,
      created_at: "2026-08-16T12:00:00Z",
      status: "active",
    });
    expect(sandbox.publicKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  test("rotate: the new one signs, the old one stays until it is withdrawn", async () => {
    const sandbox = await sandboxFor({ control: true, config: { ...config, signing_keys: 2 } });
    await act(sandbox, "activate", { fingerprint });
    const before = { kid: sandbox.keyId, key: sandbox.publicKey };
    const rotated = await control(sandbox, "rotate-key", {});
    expect(rotated.body).toEqual({ key_id: sandbox.keyId, public_key: sandbox.publicKey });
    expect(sandbox.keyId).not.toBe(before.kid);
    const certificate = certificateOf(await act(sandbox, "machine-file", { fingerprint }));
    const file = openMachineFile(certificate, sandbox.licenseKey, fingerprint, sandbox.publicKey);
    expect([file.kid, file.signed]).toEqual([sandbox.keyId, true]);
    expect((await ask(sandbox, `/signing_keys/${before.kid}`)).body).toMatchObject({ public_key: before.key });
    await control(sandbox, "rotate-key", { withdraw_old: true });
    expect(await ask(sandbox, `/signing_keys/${before.kid}`)).toMatchObject({
      status: 404,
      body: { error: { code: "signing_key_not_found" } },
    });
  });
});
