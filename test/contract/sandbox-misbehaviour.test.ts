import { describe, expect, test } from "vitest";
import type { MisbehaviourRule } from "../../electron/sandbox/misbehaviour.ts";
import type { RunningSandbox } from "../../electron/sandbox/sandbox.ts";
import { act, ask, certificateOf, noon, openMachineFile, publicKeyOf, sandboxFor } from "./sandbox-client.ts";

const fingerprint = "field-device-0001";

/** The answer as bytes; null when the connection broke before it was whole. */
async function fetchRaw(sandbox: RunningSandbox, action: string, members: object = { fingerprint }) {
  try {
    const response = await fetch(`${sandbox.url}/products/${sandbox.product}/licenses/${action}`, {
      method: "POST",
      redirect: "manual",
      headers: { authorization: `Bearer ${sandbox.apiKey}` },
      body: JSON.stringify({ license_key: sandbox.licenseKey, ...members }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    return null;
  }
}

const sandboxWith = (rule: MisbehaviourRule) => sandboxFor({ misbehave: [rule] });

describe("instead of the work", () => {
  test.each([
    [{ fault: "drop-before" }, undefined],
    [{ fault: "status" }, 500],
    [{ fault: "status", status: 503, code: "unavailable" }, 503],
    [{ fault: "rate-limited", retry_after: 7 }, 429],
    [{ fault: "redirect" }, 307],
    [{ fault: "html" }, 502],
  ] as const)("%o leaves no seat behind, and its turn over, all is well", async (rule, status) => {
    const sandbox = await sandboxWith({ ...rule, times: 1 });
    expect((await fetchRaw(sandbox, "activate"))?.status).toBe(status);
    expect(sandbox.activations()).toEqual([]);
    expect((await fetchRaw(sandbox, "activate"))?.status).toBe(201);
  });

  test("a fault's answer has the endpoint's error shape and Retry-After", async () => {
    const sandbox = await sandboxWith({ fault: "status", status: 503, code: "unavailable", retry_after: 3 });
    const plain = await act(sandbox, "activate", { fingerprint });
    expect(plain.headers.get("retry-after")).toBe("3");
    expect(plain.body).toEqual({
      error: { code: "unavailable", message: "The sandbox was told to answer so.", details: {} },
    });
    expect((await act(sandbox, "machine-file", { fingerprint })).body).toMatchObject({
      errors: [{ status: "503", code: "unavailable" }],
    });
  });

  test("a redirect points to the same address or where it is told", async () => {
    const sandbox = await sandboxFor({
      misbehave: [
        { fault: "redirect", times: 1 },
        { fault: "redirect", location: "http://127.0.0.1:9/x" },
      ],
    });
    expect((await fetchRaw(sandbox, "activate"))?.headers.get("location")).toBe(
      `/api/v1/products/${sandbox.product}/licenses/activate`,
    );
    expect((await fetchRaw(sandbox, "activate"))?.headers.get("location")).toBe("http://127.0.0.1:9/x");
  });
});

describe("after the work", () => {
  test.each([
    "drop-after",
    "status-after",
    "truncated-body",
    "malformed-json",
    "duplicate-member",
    "empty-body",
  ] as const)("%s: the seat is taken, and asking again gives it back", async (fault) => {
    const sandbox = await sandboxWith({ fault, times: 1 });
    const spoiled = await fetchRaw(sandbox, "activate");
    const [taken] = sandbox.activations();
    expect(taken?.fingerprint).toBe(fingerprint);
    const again = await act(sandbox, "activate", { fingerprint });
    expect(again).toMatchObject({ status: 200, body: { id: taken?.activation_id } });
    expect(spoiled?.text).not.toBe(JSON.stringify(again.body));
  });

  test("what the spoiled bodies look like", async () => {
    const bodyFor = async (fault: MisbehaviourRule["fault"]) => {
      const sandbox = await sandboxWith({ fault });
      return (await fetchRaw(sandbox, "activate"))?.text;
    };
    expect(await bodyFor("truncated-body")).toBe(undefined);
    expect(await bodyFor("empty-body")).toBe("");
    expect(await bodyFor("duplicate-member")).toMatch(/^\{"object":null,"object":"activation",/);
    const half = (await bodyFor("malformed-json")) ?? "";
    expect(half).toMatch(/^\{"object":"activation",/);
    expect(() => JSON.parse(half)).toThrow();
  });

  test("oversize-body is good JSON of the size asked for", async () => {
    const sandbox = await sandboxWith({ fault: "oversize-body", bytes: 3_000_000 });
    const text = (await fetchRaw(sandbox, "activate"))?.text ?? "";
    expect(text).toHaveLength(3_000_000);
    expect(JSON.parse(text)).toMatchObject({ object: "activation" });
  });

  test("slow-body arrives whole, in its time", async () => {
    const sandbox = await sandboxWith({ fault: "slow-body", ms: 150 });
    const start = performance.now();
    expect(JSON.parse((await fetchRaw(sandbox, "activate"))?.text ?? "")).toMatchObject({ object: "activation" });
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  test.each([
    ["wrong-fingerprint", { device_id: "another-device-0000" }],
    ["wrong-license", { license_key: "ANOTHER-LICENSE-0000", license: { key: "ANOTHER-LICENSE-0000" } }],
    ["wrong-product", { license: { product: { slug: "another-product" } } }],
  ] as const)("%s in an activation", async (fault, expected) => {
    const sandbox = await sandboxWith({ fault });
    expect((await act(sandbox, "activate", { fingerprint })).body).toMatchObject(expected);
    expect(sandbox.activations()).toMatchObject([{ fingerprint, license_key: sandbox.licenseKey }]);
  });

  test("wrong-fingerprint around a machine file that is right inside", async () => {
    const sandbox = await sandboxWith({ match: { action: "machine-file" }, fault: "wrong-fingerprint" });
    await act(sandbox, "activate", { fingerprint });
    const reply = await act(sandbox, "machine-file", { fingerprint });
    expect(reply.body).toMatchObject({ data: { relationships: { machine: { data: { id: "another-device-0000" } } } } });
    expect(openMachineFile(certificateOf(reply), sandbox.licenseKey, fingerprint, sandbox.publicKey).open()).toContain(
      fingerprint,
    );
  });
});

describe("in the work", () => {
  const openedWith = async (fault: MisbehaviourRule["fault"], licenseKey?: string, device = fingerprint) => {
    const sandbox = await sandboxWith({ match: { action: "machine-file" }, fault });
    await act(sandbox, "activate", { fingerprint });
    const reply = await act(sandbox, "machine-file", { fingerprint, ttl: 10, grace_period: 2 });
    expect(reply.body).toMatchObject({
      data: {
        relationships: {
          license: { data: { id: sandbox.licenseKey } },
          machine: { data: { id: fingerprint } },
        },
      },
    });
    return {
      sandbox,
      file: openMachineFile(certificateOf(reply), licenseKey ?? sandbox.licenseKey, device, sandbox.publicKey),
    };
  };

  test("seats-exhausted midway stops new devices only", async () => {
    const sandbox = await sandboxWith({ match: { action: "activate", from: 3 }, fault: "seats-exhausted" });
    const statuses = [];
    for (const device of ["device-a", "device-b", "device-c", "device-a", "device-d"]) {
      statuses.push((await act(sandbox, "activate", { fingerprint: device })).status);
    }
    expect(statuses).toEqual([201, 201, 422, 200, 422]);
    expect(sandbox.activations()).toHaveLength(2);
  });

  test("other-key: the right key id, a signature of a foreign key", async () => {
    const { sandbox, file } = await openedWith("other-key");
    expect([file.kid, file.signed]).toEqual([sandbox.keyId, false]);
    expect(file.open()).toContain(fingerprint);
  });

  test("other-key on signing keys: the right key id, a foreign key", async () => {
    const sandbox = await sandboxWith({ fault: "other-key" });
    const { body } = await ask(sandbox, `/signing_keys/${sandbox.keyId}`);
    expect(body).toMatchObject({ key_id: sandbox.keyId });
    const { public_key } = body as { public_key: string };
    expect(public_key).not.toBe(sandbox.publicKey);
    expect(publicKeyOf(public_key).asymmetricKeyType).toBe("ed25519");
  });

  test("unknown-key: an id that is not served", async () => {
    const { sandbox, file } = await openedWith("unknown-key");
    expect(file.signed).toBe(false);
    expect((await ask(sandbox, `/signing_keys/${file.kid}`)).status).toBe(404);
  });

  test.each([
    ["file-wrong-fingerprint", undefined, "another-device-0000"],
    ["file-wrong-license", "ANOTHER-LICENSE-0000", fingerprint],
  ] as const)("%s opens only with the other one", async (fault, licenseKey, device) => {
    expect((await openedWith(fault)).file.open).toThrow();
    const { file } = await openedWith(fault, licenseKey, device);
    expect(file.signed).toBe(true);
    expect(JSON.parse(file.open())).toMatchObject({ data: { attributes: { fingerprint: device } } });
  });

  test("file-wrong-product, file-wrong-activation and file-expired open, and are wrong inside", async () => {
    expect((await openedWith("file-wrong-product")).file.open()).toContain('"id":"another-product","type":"products"');
    const { sandbox, file } = await openedWith("file-wrong-activation");
    expect(file.open()).not.toContain(sandbox.activations()[0]?.activation_id);
    const { meta } = JSON.parse((await openedWith("file-expired")).file.open()) as {
      meta: { iat: number; exp: number; grace_period: number };
    };
    expect(meta.exp - meta.iat).toBe(10 * 86_400);
    expect(meta.exp + meta.grace_period).toBeLessThan(noon / 1000);
  });

  test("file-tampered: signed, but it does not open", async () => {
    const { file } = await openedWith("file-tampered");
    expect(file.signed).toBe(true);
    expect(file.open).toThrow();
  });

  test("tokens suffer the same", async () => {
    const tokenWith = async (fault: MisbehaviourRule["fault"]) => {
      const sandbox = await sandboxWith({ match: { action: "offline-token" }, fault });
      await act(sandbox, "activate", { fingerprint });
      return (await act(sandbox, "offline-token", { fingerprint })).body as { token: { kid: string; exp: number } };
    };
    expect((await tokenWith("file-wrong-fingerprint")).token).toMatchObject({ fingerprint: "another-device-0000" });
    expect((await tokenWith("unknown-key")).token.kid).toMatch(/^impostor-/);
    expect((await tokenWith("file-expired")).token.exp).toBeLessThan(noon / 1000);
  });
});

describe("when it strikes", () => {
  const strikes = async (sandbox: RunningSandbox, count: number) => {
    const struck: number[] = [];
    for (let i = 1; i <= count; i++)
      if ((await act(sandbox, "validate", { fingerprint })).status === 500) struck.push(i);
    return struck;
  };

  test.each([
    [{ nth: 3 }, undefined, [3]],
    [{ every: 3 }, undefined, [3, 6, 9]],
    [{ from: 8 }, undefined, [8, 9, 10]],
    [{ from: 4 }, 3, [4, 5, 6]],
    [{ from: 4, every: 4 }, undefined, [4, 8]],
    [{ action: ["validate"] as ["validate"], nth: 1 }, undefined, [1]],
    [{ action: "activate" as const }, undefined, []],
    [{ fingerprint: "somebody-else" }, undefined, []],
    [{ probability: 0 }, undefined, []],
    [{ probability: 1 }, 2, [1, 2]],
  ])("%o, %s times", async (match, times, expected) => {
    const sandbox = await sandboxWith({ match, fault: "status", ...(times === undefined ? {} : { times }) });
    expect(await strikes(sandbox, 10)).toEqual(expected);
  });

  test("the first rule that strikes wins, and every rule counts every request", async () => {
    const sandbox = await sandboxFor({
      misbehave: [
        { match: { nth: 2 }, fault: "status", status: 503 },
        { match: { every: 2 }, fault: "status", status: 502 },
      ],
    });
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await act(sandbox, "validate", {})).status);
    expect(statuses).toEqual([200, 503, 200, 502]);
  });

  test("probabilities follow from the seed", async () => {
    const rule: MisbehaviourRule = { match: { probability: 0.5 }, fault: "status" };
    const [a, b] = [await sandboxWith(rule), await sandboxWith(rule)];
    const struck = await strikes(a, 24);
    expect(await strikes(b, 24)).toEqual(struck);
    expect(struck.length).toBeGreaterThan(4);
    expect(struck.length).toBeLessThan(20);
  });

  test("rules can be replaced and taken away while it runs", async () => {
    const sandbox = await sandboxWith({ fault: "status" });
    expect(await strikes(sandbox, 2)).toEqual([1, 2]);
    sandbox.misbehave([]);
    expect(await strikes(sandbox, 2)).toEqual([]);
    expect(() => sandbox.misbehave([{ fault: "no-such-fault" as "html" }])).toThrow(/rules are wrong at 0.fault/);
  });
});

test("latency and jitter hold back each request without holding back the others", async () => {
  const sandbox = await sandboxFor({ latencyMs: 80, jitterMs: 20 });
  const start = performance.now();
  await Promise.all(Array.from({ length: 40 }, () => act(sandbox, "validate", {})));
  const elapsed = performance.now() - start;
  expect(elapsed).toBeGreaterThan(75);
  expect(elapsed).toBeLessThan(40 * 80);
});

test("a latency fault adds its own time", async () => {
  const sandbox = await sandboxWith({ match: { nth: 2 }, fault: "latency", ms: 120 });
  await act(sandbox, "validate", {});
  const start = performance.now();
  expect((await act(sandbox, "validate", {})).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(110);
});

test("closing does not wait for answers that are held back", async () => {
  const sandbox = await sandboxFor({ latencyMs: 600_000 });
  const pending = fetchRaw(sandbox, "activate");
  await sandbox.close();
  expect(await pending).toBe(null);
  expect(sandbox.activations()).toEqual([]);
});
