import { afterEach, expect, test } from "vitest";
import { verifyMachineFile } from "../../electron/engine/credentials/verify-machine-file.ts";
import { verifyOfflineToken } from "../../electron/engine/credentials/verify-offline-token.ts";
import { createLicensingClient } from "../../electron/engine/licensing/client.ts";
import { createDispatcher } from "../../electron/engine/licensing/dispatcher.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { systemRandom } from "../../electron/engine/platform/random.ts";
import { type RunningSandbox, type SandboxOptions, startSandbox } from "../../electron/sandbox/sandbox.ts";

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});
const start = async (options: SandboxOptions = {}) => {
  const sandbox: RunningSandbox = await startSandbox({ seed: "licensing", ...options });
  const dispatcher = createDispatcher({ env: {} });
  stops.push(
    () => dispatcher.destroy(),
    () => sandbox.close(),
  );
  const { url, product, apiKey } = sandbox;
  const common = { product, dispatcher, clock: systemClock, random: systemRandom, userAgent: "licence-station/test" };
  return { sandbox, client: createLicensingClient({ ...common, baseUrl: url, apiKey }) };
};
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error) => error.code,
  );

test("the whole way of one device: activate, issue, verify as the device will, deactivate", async () => {
  const { sandbox, client } = await start();
  const device = { licenseKey: sandbox.licenseKey, fingerprint: "sandbox-device-0001" };
  expect((await client.health()).serverTime.getTime()).toBeLessThan(Date.now() + 60_000);
  expect(await client.validate(device)).toMatchObject({
    valid: false,
    code: "device_not_activated",
    activationId: null,
  });
  const activation = await client.activate({ ...device, deviceName: "Meter 1" });
  expect((await client.activate({ ...device, deviceName: "Meter 1" })).activationId).toBe(activation.activationId);
  expect(await client.validate(device)).toMatchObject({ valid: true, activationId: activation.activationId });
  const components = { cpu: "abc" };
  const file = await client.issueMachineFile({
    ...device,
    ttlDays: 30,
    graceDays: 7,
    fingerprintComponents: components,
  });
  const { publicKey, keyId } = await client.signingKey(sandbox.keyId);
  expect(Buffer.from(publicKey).toString("base64")).toBe(sandbox.publicKey);
  const trust = { ...device, publicKey, keyId, productSlug: sandbox.product, now: new Date() };
  const claims = await verifyMachineFile({
    ...trust,
    certificate: file.certificate,
    activationId: activation.activationId,
  });
  expect(claims).toMatchObject({
    deviceName: "Meter 1",
    ttlSeconds: file.ttlSeconds,
    graceSeconds: 7 * 86_400,
    fingerprintComponents: components,
  });
  const { answer } = await client.issueOfflineToken({ ...device, ttlDays: 30 });
  expect((await verifyOfflineToken({ ...trust, answer })).fingerprint).toBe(device.fingerprint);
  expect(await client.deactivate(device)).toEqual({ activationId: activation.activationId });
  expect(await client.deactivate(device)).toEqual({ activationId: null });
  expect(sandbox.activations()).toEqual([]);
});

test("what the sandbox refuses is told by its code", async () => {
  const { sandbox, client } = await start({ seats: 1 });
  const { licenseKey } = sandbox;
  const seat = (fingerprint: string, key = licenseKey) =>
    client.activate({ licenseKey: key, fingerprint, deviceName: null });
  await seat("sandbox-device-0001");
  expect(await codeOf(seat("sandbox-device-0002"))).toBe("SEAT_LIMIT_EXCEEDED");
  expect(await codeOf(seat("sandbox-device-0003", "NO-SUCH-KEY"))).toBe("LICENSE_NOT_FOUND");
  const issue = {
    licenseKey,
    fingerprint: "sandbox-device-0002",
    ttlDays: 1,
    graceDays: 0,
    fingerprintComponents: null,
  };
  expect(await codeOf(client.issueMachineFile(issue))).toBe("DEVICE_NOT_ACTIVATED");
  expect(await codeOf(client.signingKey("no-such-kid"))).toBe("SIGNING_KEY_UNKNOWN");
  expect(sandbox.activations()).toHaveLength(1);
});
