import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must } from "#shared/formats/encoding.ts";
import { JsonNumber, type JsonObject, type JsonValue, parseStrictJson } from "#shared/formats/strict-json.ts";
import { readMachineFileEnvelope } from "../../electron/engine/credentials/envelope.ts";
import { verifyMachineFile } from "../../electron/engine/credentials/verify-machine-file.ts";
import { verifyOfflineToken } from "../../electron/engine/credentials/verify-offline-token.ts";

// Made by the licensing server's own code; held outside the repository.
const folder = join(import.meta.dirname, "..", "..", "..", "shared", "conformance", "licenseseat");
const isThere = existsSync(folder);
const title = isThere ? "genuine artefacts" : "genuine artefacts (skipped: ../shared/conformance is not there)";
const now = new Date("2026-11-15T00:00:00Z");

describe.skipIf(!isThere)(title, () => {
  const load = (name: string) => readFileSync(join(folder, name), "utf8");
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
  const checkOf = (verification: Promise<unknown>) =>
    verification.then(
      () => "accepted",
      (error) => `${error.code} ${error.details?.check}`,
    );

  test.each([
    ["valid", "accepted"],
    ["expired", "CREDENTIAL_EXPIRED TOKEN_EXPIRED"],
    ["tampered_signature", "CREDENTIAL_SIGNATURE SIGNATURE_INVALID"],
    ["tampered_ciphertext_resigned", "CREDENTIAL_DECRYPTION DECRYPTION_FAILED"],
    ["wrong_key", "CREDENTIAL_SIGNATURE SIGNATURE_INVALID"],
  ])("machine file %s: %s", async (name, verdict) => {
    const fixture = JSON.parse(load("machine_file_fixtures.json"));
    const certificate: string = fixture.cases[name].response.data.attributes.certificate;
    const input = {
      certificate,
      licenseKey: fixture.license_key,
      fingerprint: fixture.fingerprint,
      publicKey: bytes(fixture.public_key),
      keyId: fixture.key_id,
      productSlug: fixture.product_slug,
      activationId: fixture.activation_id,
      now,
    };
    expect(readMachineFileEnvelope(certificate).keyId).toBe(fixture.key_id);
    expect(await checkOf(verifyMachineFile(input))).toBe(verdict);
    if (name !== "valid") return;
    expect(await checkOf(verifyMachineFile({ ...input, publicKey: bytes(fixture.wrong_public_key) }))).toBe(
      "CREDENTIAL_SIGNATURE SIGNATURE_INVALID",
    );
    expect(await verifyMachineFile(input)).toMatchObject({
      issuedAt: new Date(fixture.issued_at_unix * 1000),
      expiresAt: new Date(fixture.expires_at_unix * 1000),
      graceSeconds: fixture.grace_period_seconds,
      license: { key: fixture.license_key, status: "active", productSlug: fixture.product_slug },
    });
  });

  test("the compatibility artefacts are accepted, and refused for anyone else", async () => {
    const fixture = JSON.parse(load("ruby_compat.json"));
    const input = {
      licenseKey: fixture.license_key as string,
      fingerprint: fixture.fingerprint as string,
      publicKey: bytes(fixture.public_key),
      keyId: fixture.key_id as string,
      productSlug: fixture.product_slug as string,
      now,
    };
    const certificate: string = fixture.machine_file.certificate;
    const claims = await verifyMachineFile({ ...input, certificate, activationId: fixture.activation_id });
    expect(claims.activationId).toBe(fixture.activation_id);
    expect(await checkOf(verifyMachineFile({ ...input, certificate, licenseKey: "RUBY-FIXTURE-LICENSF" }))).toBe(
      "CREDENTIAL_DECRYPTION DECRYPTION_FAILED",
    );
    const answer = rawMember(load("ruby_compat.json"), "offline_token");
    expect((await verifyOfflineToken({ ...input, answer })).entitlements).toEqual([
      { key: "pro-feature", expiresAt: new Date(3_471_292_800_000) },
      { key: "perpetual-feature", expiresAt: null },
    ]);
    expect(await checkOf(verifyOfflineToken({ ...input, answer, fingerprint: "another-installation" }))).toBe(
      "CREDENTIAL_FINGERPRINT_MISMATCH FINGERPRINT_MISMATCH",
    );
  });

  test("the awkward token is accepted, its numbers kept as written", async () => {
    const text = load("ruby_signed_offline_token.json");
    const answer = rawMember(text, "offline_token");
    const input = {
      answer,
      licenseKey: "CROSS-LANGUAGE-LICENSE",
      fingerprint: "test-device",
      publicKey: bytes(JSON.parse(text).public_key),
      productSlug: "hustl",
      now,
    };
    const { metadata } = await verifyOfflineToken(input);
    expect(metadata?.["int64_max"]).toEqual(new JsonNumber("9223372036854775807"));
    for (const [from, to] of [
      ["9223372036854775807,", "9223372036854775806,"],
      ['"one":1.0', '"one":1'],
      ["-0.0", "0.0"],
    ] as const) {
      const changed = answer.replace(from, to);
      expect(changed).not.toBe(answer);
      expect(await checkOf(verifyOfflineToken({ ...input, answer: changed })), to).toBe(
        "CREDENTIAL_CLAIMS TOKEN_PAYLOAD_MISMATCH",
      );
    }
  });
});

/** One member written out again with every number's own text. */
function rawMember(text: string, name: string): string {
  const root = parseStrictJson(text, { rawNumbers: true }) as JsonObject;
  return write(must(root[name], name));
}

function write(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${write(item)}`)
    .join(",")}}`;
}
