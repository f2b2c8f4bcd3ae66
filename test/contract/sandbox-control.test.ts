import { describe, expect, test } from "vitest";
import { act, ask, control, sandboxFor } from "./sandbox-client.ts";

const fingerprint = "field-device-0001";

test.each(["activations", "misbehave", "licenses", "rotate-key", "reset"])(
  "%s is not there by default",
  async (name) => {
    const sandbox = await sandboxFor();
    const reply = await control(sandbox, name, name === "activations" ? undefined : {});
    expect(reply).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
  },
);

test("activations are listed exactly, in the order they were taken", async () => {
  const sandbox = await sandboxFor({ control: true });
  expect((await control(sandbox, "activations")).body).toEqual([]);
  for (const device of ["device-b", "device-a", "device-c"]) await act(sandbox, "activate", { fingerprint: device });
  await act(sandbox, "deactivate", { fingerprint: "device-b" });
  const again = await act(sandbox, "activate", { fingerprint: "device-b" });
  const { body, headers } = await control(sandbox, "activations");
  expect(headers.get("x-licence-sandbox")).toBe("rehearsal");
  expect(body).toEqual(sandbox.activations());
  expect((body as { fingerprint: string }[]).map(({ fingerprint }) => fingerprint)).toEqual([
    "device-a",
    "device-c",
    "device-b",
  ]);
  expect((body as object[])[2]).toEqual({
    license_key: sandbox.licenseKey,
    fingerprint: "device-b",
    activation_id: (again.body as { id: string }).id,
    activated_at: "2026-08-16T12:00:00Z",
  });
});

describe("misbehave", () => {
  test("changes what is given and keeps the rest", async () => {
    const sandbox = await sandboxFor({ control: true, latencyMs: 1 });
    const rules = [{ match: { action: "activate", nth: 1 }, fault: "drop-after" }];
    expect((await control(sandbox, "misbehave", { rules })).body).toEqual({
      latency_ms: 1,
      jitter_ms: 0,
      rate_limit_per_minute: null,
      rules: 1,
    });
    await expect(act(sandbox, "activate", { fingerprint })).rejects.toThrow();
    expect((await control(sandbox, "misbehave", { latency_ms: 0, rate_limit_per_minute: 1 })).body).toEqual({
      latency_ms: 0,
      jitter_ms: 0,
      rate_limit_per_minute: 1,
      rules: 1,
    });
    expect((await act(sandbox, "activate", { fingerprint })).status).toBe(200);
    expect((await act(sandbox, "activate", { fingerprint })).status).toBe(429);
    await control(sandbox, "misbehave", { rate_limit_per_minute: null });
    expect((await act(sandbox, "activate", { fingerprint })).status).toBe(200);
  });

  test.each([{ rules: [{ fault: "nothing" }] }, { rules: {} }, { latency_ms: -1 }, { speed: 1 }])(
    "refuses %o and changes nothing",
    async (body) => {
      const sandbox = await sandboxFor({ control: true, misbehave: [{ fault: "status" }] });
      expect(await control(sandbox, "misbehave", body)).toMatchObject({
        status: 400,
        body: { error: { code: "invalid_parameter" } },
      });
      expect((await control(sandbox, "misbehave", {})).body).toMatchObject({ latency_ms: 0, rules: 1 });
    },
  );
});

test("licenses change status, seats and end", async () => {
  const sandbox = await sandboxFor({ control: true });
  const license_key = sandbox.licenseKey;
  await act(sandbox, "activate", { fingerprint });
  expect((await control(sandbox, "licenses", { license_key, seat_limit: 1 })).body).toEqual({
    license_key,
    status: "active",
    seat_limit: 1,
    active_seats: 1,
    starts_at: null,
    expires_at: "2031-01-01T00:00:00Z",
  });
  expect((await act(sandbox, "activate", { fingerprint: "one-too-many" })).status).toBe(422);
  await control(sandbox, "licenses", { license_key, status: "suspended" });
  expect((await act(sandbox, "validate", { fingerprint })).body).toMatchObject({ code: "license_suspended" });
  await control(sandbox, "licenses", { license_key, status: "active", expires_at: "2026-08-16T12:00:00Z" });
  expect((await act(sandbox, "validate", { fingerprint })).body).toMatchObject({ code: "license_expired" });
  await control(sandbox, "licenses", { license_key, expires_at: null, starts_at: "2026-08-16T12:00:01Z" });
  expect((await act(sandbox, "validate", { fingerprint })).body).toMatchObject({ code: "license_not_started" });
  expect(await control(sandbox, "licenses", { license_key: "UNKNOWN", seat_limit: 1 })).toMatchObject({
    status: 404,
    body: { error: { code: "license_not_found" } },
  });
  expect((await control(sandbox, "licenses", { license_key, seat_limit: 0 })).status).toBe(400);
});

test("reset brings back the first start", async () => {
  const sandbox = await sandboxFor({ control: true });
  const start = [sandbox.keyId, await act(sandbox, "activate", { fingerprint })] as const;
  await control(sandbox, "rotate-key", {});
  await control(sandbox, "licenses", { license_key: sandbox.licenseKey, status: "revoked" });
  await control(sandbox, "misbehave", { rules: [{ fault: "status" }], rate_limit_per_minute: 1 });
  expect((await control(sandbox, "reset", {})).body).toEqual({ reset: true });
  expect([sandbox.keyId, sandbox.activations()]).toEqual([start[0], []]);
  expect((await act(sandbox, "activate", { fingerprint })).body).toEqual(start[1].body);
});

test("control refuses web pages, foreign hosts' names, wrong methods and unknown names", async () => {
  const sandbox = await sandboxFor({ control: true });
  const forbidden = { status: 403, body: { error: { code: "forbidden" } } };
  expect(await control(sandbox, "reset", {}, { headers: { origin: "https://example.org" } })).toMatchObject(forbidden);
  expect((await control(sandbox, "reset")).status).toBe(405);
  expect((await control(sandbox, "activations", {})).status).toBe(405);
  expect((await control(sandbox, "anything", {})).status).toBe(404);
  expect((await ask(sandbox, "/../../_control", {})).status).toBe(404);
});
