import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { canonicalJson } from "../../electron/sandbox/canonical-json.ts";
import { parseConfig } from "../../electron/sandbox/config.ts";
import { machineFilePayload } from "../../electron/sandbox/machine-file.ts";
import { must } from "#shared/formats/encoding.ts";
import { openMachineFile } from "./sandbox-client.ts";

const path = new URL("../../../shared/conformance/licenseseat/machine_file_fixtures.json", import.meta.url);

interface Fixtures {
  readonly public_key: string;
  readonly license_key: string;
  readonly fingerprint: string;
  readonly product_slug: string;
  readonly activation_id: string;
  readonly key_id: string;
  readonly cases: { readonly valid: { readonly response: { readonly data: { attributes: { certificate: string } } } } };
}

test.skipIf(!existsSync(path))("the payload is byte for byte what the genuine server made of the same facts", () => {
  const genuine = JSON.parse(readFileSync(path, "utf8")) as Fixtures;
  const { license_key, fingerprint, product_slug } = genuine;
  const { certificate } = genuine.cases.valid.response.data.attributes;
  const file = openMachineFile(certificate, license_key, fingerprint, genuine.public_key);
  expect(file.signed).toBe(true);
  const { licenses } = parseConfig({
    products: [{ slug: product_slug, name: "Any" }],
    licenses: [
      {
        key: license_key,
        product: product_slug,
        plan_key: "pro",
        seat_limit: 5,
        starts_at: "2026-01-01T00:00:00Z",
        expires_at: "2099-01-01T00:00:00Z",
        entitlements: [
          { key: "pro" },
          { key: "beta-features", expires_at: "2099-01-01T00:00:00Z" },
          { key: "over-at-issue", expires_at: "2026-08-16T12:00:00Z" },
        ],
        metadata: { tier: "studio", unicode: "Olá 👋" },
      },
    ],
  });
  const payload = machineFilePayload({
    seat: {
      activationId: genuine.activation_id,
      licenseKey: license_key,
      fingerprint,
      deviceName: "Fixture Studio Mac",
      metadata: { platform: "macos", device_name: "Fixture Studio Mac" },
      activatedAt: Date.UTC(2026, 5, 1, 9, 30) / 1000,
      deactivatedAt: null,
      turn: 0,
    },
    license: must(licenses[0], "the licence"),
    keyId: genuine.key_id,
    issuedAt: Date.UTC(2026, 7, 16, 12) / 1000,
    ttlSeconds: 3650 * 86_400,
    graceSeconds: 3 * 86_400,
    sdkVersion: "swift-0.4.2",
    platform: "macos",
    fingerprintComponents: { platform_uuid: "fixture-uuid", platform: "macos" },
    includeLicense: true,
  });
  expect(canonicalJson(payload)).toBe(file.open());
  expect(file.lines.length).toBe(certificate.split("\n").length);
});
