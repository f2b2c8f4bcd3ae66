import { describe, expect, test } from "vitest";
import { act, actInPath, ask, noon, sandboxFor } from "./sandbox-client.ts";

const fingerprint = "field-device-0001";

const licenseOf = (key: string, activeSeats: number) => ({
  object: "license",
  key,
  status: "active",
  starts_at: null,
  expires_at: "2031-01-01T00:00:00Z",
  mode: "hardware_locked",
  plan_key: "pro",
  seat_limit: 100_000,
  active_seats: activeSeats,
  active_entitlements: [{ key: "pro", expires_at: null }],
  metadata: null,
  product: { slug: "rehearsal-product", name: "Rehearsal product" },
});

const activationOf = (key: string, id: string) => ({
  object: "activation",
  id,
  device_id: fingerprint,
  device_name: "Pump 7",
  license_key: key,
  activated_at: "2026-08-16T12:00:00Z",
  deactivated_at: null,
  ip_address: "127.0.0.1",
  metadata: { line: 3 },
});

const device = { fingerprint, device_name: "Pump 7", metadata: { line: 3 } };
const idOf = (reply: { body: unknown }) => (reply.body as { id: string }).id;

test("health is open to all and says it is a rehearsal", async () => {
  const sandbox = await sandboxFor();
  const reply = await ask(sandbox, "/health", undefined, { key: null });
  expect(reply.status).toBe(200);
  expect(reply.headers.get("x-licence-sandbox")).toBe("rehearsal");
  expect(reply.body).toEqual({
    object: "health",
    status: "healthy",
    api_version: "1.0.0-rehearsal",
    timestamp: "2026-08-16T12:00:00Z",
  });
});

describe("activate", () => {
  test("takes a seat and answers 201 with the activation and its license", async () => {
    const sandbox = await sandboxFor();
    const reply = await act(sandbox, "activate", device);
    expect(reply.status).toBe(201);
    expect(idOf(reply)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(reply.body).toEqual({
      ...activationOf(sandbox.licenseKey, idOf(reply)),
      license: licenseOf(sandbox.licenseKey, 1),
    });
    expect(sandbox.activations()).toEqual([
      {
        license_key: sandbox.licenseKey,
        fingerprint,
        activation_id: idOf(reply),
        activated_at: "2026-08-16T12:00:00Z",
      },
    ]);
  });

  test("again gives the same activation with 200 and takes no seat, in either family and under any alias", async () => {
    const sandbox = await sandboxFor({ seats: 1 });
    const first = await act(sandbox, "activate", device);
    for (const again of [
      await act(sandbox, "activate", device),
      await actInPath(sandbox, "activate", { device_id: fingerprint }),
      await act(sandbox, "activate", { device_fingerprint: fingerprint, device_id: fingerprint, fingerprint }),
    ]) {
      expect(again.status).toBe(200);
      expect(again.body).toEqual(first.body);
    }
    expect(sandbox.activations()).toHaveLength(1);
  });

  test("a device name in the metadata serves when there is no other", async () => {
    const sandbox = await sandboxFor();
    const reply = await act(sandbox, "activate", { fingerprint, metadata: { device_name: "Valve" } });
    expect(reply.body).toMatchObject({ device_name: "Valve", metadata: { device_name: "Valve" } });
  });

  test("200 at once never take more seats than there are", async () => {
    const sandbox = await sandboxFor({ seats: 37, jitterMs: 5 });
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, i) => act(sandbox, "activate", { fingerprint: `parallel-device-${i}` })),
    );
    const counted = Map.groupBy(replies, ({ status }) => status);
    expect([counted.get(201)?.length, counted.get(422)?.length]).toEqual([37, 163]);
    expect(sandbox.activations()).toHaveLength(37);
    expect(counted.get(422)?.[0]?.body).toEqual({
      error: {
        code: "seat_limit_exceeded",
        message: "The license has no free seat.",
        details: { seat_limit: 37, active_seats: 37 },
      },
    });
  });

  test("a full license still gives a device its own seat back", async () => {
    const sandbox = await sandboxFor({ seats: 1 });
    await act(sandbox, "activate", device);
    expect((await act(sandbox, "activate", { fingerprint: "another-one" })).status).toBe(422);
    expect((await act(sandbox, "activate", device)).status).toBe(200);
  });

  test.each([
    ["seven bytes", "1234567", 400],
    ["eight bytes", "12345678", 201],
    ["four characters of eight bytes", "éééé", 201],
    ["255 bytes", "x".repeat(255), 201],
    ["256 bytes", "x".repeat(256), 400],
    ["a control character", "1234567\u0001", 400],
    ["blanks around it", " 12345678", 400],
  ])("a fingerprint of %s", async (_title, fingerprint, status) => {
    const sandbox = await sandboxFor();
    expect((await act(sandbox, "activate", { fingerprint })).status).toBe(status);
  });
});

describe("validate", () => {
  test("of a device with a seat is valid, without code or message", async () => {
    const sandbox = await sandboxFor();
    const activation = await act(sandbox, "activate", device);
    const expected = {
      object: "validation_result",
      valid: true,
      license: licenseOf(sandbox.licenseKey, 1),
      activation: activationOf(sandbox.licenseKey, idOf(activation)),
    };
    expect((await act(sandbox, "validate", { fingerprint })).body).toEqual(expected);
    expect((await actInPath(sandbox, "validate", { device_id: fingerprint })).body).toEqual(expected);
  });

  test.each([{ fingerprint: "never-seen-device" }, { device_id: null }, {}])(
    "without a seat is answered, not refused: %o",
    async (members) => {
      const sandbox = await sandboxFor();
      const reply = await act(sandbox, "validate", members);
      expect(reply.status).toBe(200);
      expect(reply.body).toEqual({
        object: "validation_result",
        valid: false,
        code: "device_not_activated",
        message: "The device has no seat on this license.",
        license: licenseOf(sandbox.licenseKey, 0),
      });
    },
  );

  test("warns of a license that ends within 30 days", async () => {
    const sandbox = await sandboxFor({
      config: {
        products: [{ slug: "p", name: "P" }],
        licenses: [{ key: "SOON", product: "p", expires_at: "2026-09-15T14:00:00+02:00" }],
      },
    });
    await act(sandbox, "activate", { fingerprint });
    expect((await act(sandbox, "validate", { fingerprint })).body).toMatchObject({
      valid: true,
      warnings: [{ code: "license_expiring_soon", message: "The license ends at 2026-09-15T12:00:00Z." }],
    });
  });

  test.each([
    ["2.9.9", true],
    ["3.0.0-beta", false],
    ["3.0", false],
    ["what", true],
    [undefined, true],
  ])("application version %s under the ceiling 3.0.0 is covered: %s", async (app_version, valid) => {
    const sandbox = await sandboxFor({
      config: {
        products: [{ slug: "p", name: "P" }],
        licenses: [{ key: "CEILING", product: "p", entitlements: [{ key: "updates", below_version: "3.0.0" }] }],
      },
    });
    await act(sandbox, "activate", { fingerprint });
    const reply = await act(sandbox, "validate", { fingerprint, telemetry: { app_version } });
    expect(reply.body).toMatchObject(valid ? { valid } : { valid, code: "version_not_entitled" });
  });
});

describe("deactivate", () => {
  test("frees the seat once, in either family", async () => {
    const sandbox = await sandboxFor({ seats: 1 });
    const first = await act(sandbox, "activate", device);
    const reply = await actInPath(sandbox, "deactivate", { device_id: fingerprint });
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      object: "deactivation",
      activation_id: idOf(first),
      deactivated_at: "2026-08-16T12:00:00Z",
    });
    expect(sandbox.activations()).toEqual([]);
    expect(await act(sandbox, "deactivate", { fingerprint })).toMatchObject({
      status: 422,
      body: { error: { code: "already_deactivated" } },
    });
    expect((await act(sandbox, "activate", { fingerprint: "another-one" })).status).toBe(201);
  });

  test("and activate again is a new activation", async () => {
    const sandbox = await sandboxFor();
    const first = await act(sandbox, "activate", device);
    await act(sandbox, "deactivate", { fingerprint });
    const second = await act(sandbox, "activate", device);
    expect(second.status).toBe(201);
    expect(idOf(second)).not.toBe(idOf(first));
  });

  test("of a device that never had a seat", async () => {
    const sandbox = await sandboxFor();
    expect(await act(sandbox, "deactivate", { fingerprint })).toMatchObject({
      status: 404,
      body: { error: { code: "activation_not_found" } },
    });
  });
});

test("heartbeat tells when it was received, in either family", async () => {
  const sandbox = await sandboxFor();
  await act(sandbox, "activate", device);
  const expected = {
    object: "heartbeat",
    received_at: "2026-08-16T12:00:00Z",
    license: licenseOf(sandbox.licenseKey, 1),
  };
  expect((await act(sandbox, "heartbeat", { fingerprint })).body).toEqual(expected);
  expect((await actInPath(sandbox, "heartbeat", { device_id: fingerprint })).body).toEqual(expected);
});

describe("life cycle", () => {
  const day = 86_400_000;
  const at = (offset: number) => new Date(noon + offset).toISOString();
  test.each([
    ["pending", { status: "pending" }, "pending", "license_not_active"],
    ["suspended", { status: "suspended" }, "suspended", "license_suspended"],
    ["revoked", { status: "revoked" }, "revoked", "license_revoked"],
    ["expired by record", { status: "expired" }, "expired", "license_expired"],
    ["past its end", { expires_at: at(0) }, "expired", "license_expired"],
    ["not started", { starts_at: at(day) }, "active", "license_not_started"],
  ] as const)("a license that is %s", async (_title, state, shownStatus, code) => {
    const sandbox = await sandboxFor({
      config: { products: [{ slug: "p", name: "P" }], licenses: [{ key: "DEAD", product: "p", ...state }] },
    });
    expect((await act(sandbox, "validate", { fingerprint })).body).toMatchObject({
      valid: false,
      code,
      license: { key: "DEAD", status: shownStatus },
    });
    for (const action of ["activate", "heartbeat", "offline-token"]) {
      expect(await act(sandbox, action, { fingerprint })).toMatchObject({ status: 422, body: { error: { code } } });
    }
    expect(await act(sandbox, "machine-file", { fingerprint })).toMatchObject({
      status: 422,
      body: { errors: [{ status: "422", code }] },
    });
    expect(sandbox.activations()).toEqual([]);
  });

  test("only entitlements of today are listed", async () => {
    const sandbox = await sandboxFor({
      config: {
        products: [{ slug: "p", name: "P" }],
        licenses: [
          {
            key: "PARTLY",
            product: "p",
            entitlements: [
              { key: "over", expires_at: at(0) },
              { key: "open", expires_at: at(day), metadata: { n: 1 } },
              { key: "updates", below_version: "4.0" },
            ],
          },
        ],
      },
    });
    expect((await act(sandbox, "validate", {})).body).toMatchObject({
      license: {
        seat_limit: null,
        active_entitlements: [
          { key: "open", expires_at: "2026-08-17T12:00:00Z", metadata: { n: 1 } },
          { key: "updates", expires_at: null, below_version: "4.0" },
        ],
      },
    });
  });
});
