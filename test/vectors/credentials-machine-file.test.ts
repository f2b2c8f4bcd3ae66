import { describe, expect, test } from "vitest";
import { JsonNumber } from "#shared/formats/strict-json.ts";
import { checkMachineFileSignature } from "../../electron/engine/credentials/check-signature.ts";
import { readMachineFileEnvelope } from "../../electron/engine/credentials/envelope.ts";
import { type MachineFileInput, verifyMachineFile } from "../../electron/engine/credentials/verify-machine-file.ts";
import {
  activationId,
  armor,
  expiresAt,
  fingerprint,
  graceSeconds,
  issuedAt,
  keyId,
  licenseKey,
  machineFile,
  machinePayload,
  productSlug,
  publicKey,
} from "../fixtures/credential-maker.ts";

const at = (seconds: number) => new Date(seconds * 1000);
const inputs: Omit<MachineFileInput, "certificate"> = {
  licenseKey,
  fingerprint,
  publicKey,
  keyId,
  productSlug,
  activationId,
  now: at(issuedAt + 60),
};
const verify = (certificate: Uint8Array | string, changes: Partial<MachineFileInput> = {}) =>
  verifyMachineFile({ ...inputs, certificate, ...changes });
const verdict = (certificate: Uint8Array | string, changes: Partial<MachineFileInput> = {}) =>
  verify(certificate, changes).then(
    () => "accepted",
    (error) => `${error.code} ${error.details?.check ?? ""}`.trim(),
  );
type Payload = ReturnType<typeof machinePayload>;
const bent = (bend: (payload: Payload) => void) => {
  const payload = machinePayload();
  bend(payload);
  return payload;
};

test("what a good file says", async () => {
  expect(await verify(machineFile())).toEqual({
    keyId,
    licenseKey,
    productSlug,
    activationId,
    fingerprint,
    fingerprintComponents: Object.assign(Object.create(null), { cpu: "abc" }),
    deviceName: "Meter 1",
    platform: "",
    sdkVersion: null,
    createdAt: new Date("2025-12-31T23:59:59.500Z"),
    issuedAt: at(issuedAt),
    notBefore: at(issuedAt),
    expiresAt: at(expiresAt),
    ttlSeconds: expiresAt - issuedAt,
    graceSeconds,
    licenseExpiresAt: null,
    goodUntil: at(expiresAt + graceSeconds),
    metadata: Object.assign(Object.create(null), { site: "north", big: new JsonNumber("1") }),
    license: {
      key: licenseKey,
      status: "active",
      mode: "floating",
      planKey: "pro",
      productSlug,
      seatLimit: 5,
      startsAt: new Date("2025-12-01T00:00:00Z"),
      endsAt: null,
      entitlements: [{ key: "updates", expiresAt: new Date("2026-06-01T00:00:00Z") }],
      metadata: null,
    },
  });
});

test("the first end of all is the one that counts", async () => {
  const licenseEnd = bent(({ meta }) => Object.assign(meta, { license_exp: issuedAt + 100 }));
  expect((await verify(machineFile(licenseEnd))).goodUntil).toEqual(at(issuedAt + 100));
  expect((await verify(machineFile(), { maxOfflineDays: 2 })).goodUntil).toEqual(at(issuedAt + 2 * 86_400));
  const included = bent(({ included: [license] }) =>
    Object.assign(license.attributes, { ends_at: "2026-01-01T00:05:00Z" }),
  );
  expect((await verify(machineFile(included))).goodUntil).toEqual(at(issuedAt + 300));
});

describe("armor and envelope", () => {
  const good = machineFile();
  const lines = good.split("\n");
  const body = lines.slice(1, -1).join("");
  const framed = (...inner: string[]) => [lines[0], ...inner, lines.at(-1)].join("\n");

  test.each([
    ["as issued", good],
    ["a last newline", `${good}\n`],
    ["CRLF", good.replaceAll("\n", "\r\n")],
    ["blanks around lines", good.replaceAll("\n", " \n\t")],
    ["shorter lines", framed(...(body.match(/.{1,7}/g) ?? []))],
    ["bytes", new TextEncoder().encode(good)],
  ])("accepted: %s", async (_, certificate) => {
    expect(await verdict(certificate)).toBe("accepted");
    expect(readMachineFileEnvelope(certificate)).toMatchObject({ keyId, algorithm: "aes-256-gcm+ed25519" });
  });

  test.each([
    ["nothing", ""],
    ["no body", framed()],
    ["a blank line", framed("", ...lines.slice(1, -1))],
    ["a longer line", framed(body.slice(0, 65), ...(body.slice(65).match(/.{1,64}/g) ?? []))],
    ["another label", good.replaceAll("MACHINE FILE", "LICENSE FILE")],
    ["text before", `x\n${good}`],
    ["text after", `${good}\nx`],
    ["a byte order mark", `\ufeff${good}`],
    ["a blank within a line", framed(`${lines[1]?.slice(0, 8)} ${lines[1]?.slice(8)}`, ...lines.slice(2, -1))],
    ["url-safe letters", framed("-_8=", ...lines.slice(1, -1))],
    ["not UTF-8", new Uint8Array([...new TextEncoder().encode(good), 0xff])],
    ["twice", `${good}\n${good}`],
  ])("CREDENTIAL_FORMAT INVALID_MACHINE_FILE_FORMAT: %s", async (_, certificate) => {
    expect(await verdict(certificate)).toBe("CREDENTIAL_FORMAT INVALID_MACHINE_FILE_FORMAT");
  });

  test.each([
    ["no padding where there must be some", framed("AAA")],
    ["padding within", framed("AA==AAAA")],
    ["unused bits set", framed("AB==")],
  ])("CREDENTIAL_FORMAT INVALID_MACHINE_FILE_ENCODING: %s", async (_, certificate) => {
    expect(await verdict(certificate)).toBe("CREDENTIAL_FORMAT INVALID_MACHINE_FILE_ENCODING");
  });

  test("larger than a mebibyte", async () => {
    expect(await verdict(" ".repeat(1_048_577))).toBe("CREDENTIAL_TOO_LARGE MACHINE_FILE_TOO_LARGE");
    expect(await verdict("é".repeat(524_289))).toBe("CREDENTIAL_TOO_LARGE MACHINE_FILE_TOO_LARGE");
    expect(await verdict(new Uint8Array(1_048_577))).toBe("CREDENTIAL_TOO_LARGE MACHINE_FILE_TOO_LARGE");
  });

  const envelope = { enc: "e", sig: "s", alg: "aes-256-gcm+ed25519", kid: keyId };
  const invalid = "CREDENTIAL_FORMAT INVALID_MACHINE_FILE_ENVELOPE";
  const incomplete = "CREDENTIAL_FORMAT INCOMPLETE_MACHINE_FILE_ENVELOPE";
  test.each([
    ["no JSON", armor("x"), invalid],
    ["a list", armor("[]"), invalid],
    ["a member twice", armor('{"enc":"e","enc":"e","sig":"s","alg":"a","kid":"k"}'), invalid],
    ["a fifth member", armor({ ...envelope, x: 1 }), invalid],
    ["a signature over 128 bytes", armor({ ...envelope, sig: "s".repeat(129) }), invalid],
    ["a key id of other letters", armor({ ...envelope, kid: "_k" }), invalid],
    ["no kid", armor({ ...envelope, kid: undefined }), incomplete],
    ["enc of nothing", armor({ ...envelope, enc: "" }), incomplete],
    ["sig a number", armor({ ...envelope, sig: 1 }), incomplete],
    ["another algorithm", armor({ ...envelope, alg: "base64+ed25519" }), "CREDENTIAL_ALGORITHM UNSUPPORTED_ALGORITHM"],
  ])("envelope: %s", async (_, certificate, expected) => {
    expect(await verdict(certificate)).toBe(expected);
  });
});

describe("key, signature and decryption", () => {
  const longNonce = machineFile(machinePayload(), { nonceBytes: 16 });
  const sealed = (enc: (text: string) => string) => machineFile(machinePayload(), { enc });
  const format = "CREDENTIAL_FORMAT INVALID_ENCRYPTED_FORMAT";
  const payload = "CREDENTIAL_FORMAT INVALID_ENCRYPTED_PAYLOAD";
  test.each<[string, string, Partial<MachineFileInput>, string]>([
    ["another key id was trusted", machineFile(), { keyId: "other" }, "SIGNING_KEY_UNKNOWN KEY_ID_MISMATCH"],
    ["a key of 31 bytes", machineFile(), { publicKey: publicKey.slice(1) }, "CREDENTIAL_PUBLIC_KEY INVALID_PUBLIC_KEY"],
    [
      "a key that is no point",
      machineFile(),
      { publicKey: new Uint8Array(32).fill(0xff) },
      "CREDENTIAL_SIGNATURE SIGNATURE_INVALID",
    ],
    ["another key", machineFile(), { publicKey: new Uint8Array(32).fill(3) }, "CREDENTIAL_SIGNATURE SIGNATURE_INVALID"],
    [
      "a padded signature",
      machineFile(machinePayload(), { envelope: { sig: `${"A".repeat(86)}==` } }),
      {},
      "CREDENTIAL_SIGNATURE INVALID_SIGNATURE_ENCODING",
    ],
    [
      "a signature of 63 bytes",
      machineFile(machinePayload(), { envelope: { sig: "A".repeat(84) } }),
      {},
      "CREDENTIAL_SIGNATURE INVALID_SIGNATURE_ENCODING",
    ],
    [
      "a signature of zeros",
      machineFile(machinePayload(), { envelope: { sig: "A".repeat(86) } }),
      {},
      "CREDENTIAL_SIGNATURE SIGNATURE_INVALID",
    ],
    ["two parts", sealed((enc) => enc.replace(".", "")), {}, format],
    ["four parts", sealed((enc) => `${enc}.AA`), {}, format],
    ["a nonce of 16 bytes", longNonce, {}, payload],
    ["padding", sealed((enc) => `${enc}==`), {}, payload],
    ["a tag of 12 bytes", sealed((enc) => enc.slice(0, -6)), {}, payload],
    ["a ciphertext over 512 KiB", sealed((enc) => `${"A".repeat(699_054)}${enc.slice(enc.indexOf("."))}`), {}, payload],
    [
      "another licence key",
      machineFile(),
      { licenseKey: "MAKER-LICENCE-0002" },
      "CREDENTIAL_DECRYPTION DECRYPTION_FAILED",
    ],
    [
      "another device",
      machineFile(),
      { fingerprint: "maker-fingerprint-0002" },
      "CREDENTIAL_DECRYPTION DECRYPTION_FAILED",
    ],
    [
      "ciphertext changed and signed again",
      sealed((enc) => (enc.startsWith("A") ? "B" : "A") + enc.slice(1)),
      {},
      "CREDENTIAL_DECRYPTION DECRYPTION_FAILED",
    ],
    ["no licence key", machineFile(), { licenseKey: "" }, "LICENSE_KEY_MISSING"],
    ["a fingerprint of 7 bytes", machineFile(), { fingerprint: "1234567" }, "FINGERPRINT_LENGTH"],
  ])("%s", async (_, certificate, changes, expected) => {
    expect(await verdict(certificate, changes)).toBe(expected);
  });

  test("the signature is checked before anything is decrypted", async () => {
    const wrongBoth = machineFile(machinePayload(), { envelope: { sig: "A".repeat(86) } });
    expect(await verdict(wrongBoth, { licenseKey: "OTHER" })).toBe("CREDENTIAL_SIGNATURE SIGNATURE_INVALID");
  });

  test("the signature alone can be told without the licence key", async () => {
    const check = (certificate: string, key_id = keyId, keys = new Map([[keyId, [publicKey]]])) =>
      checkMachineFileSignature({ certificate, device: { key_id } }, keys).then(
        () => "accepted",
        (error) => `${error.code} ${error.details?.check}`,
      );
    expect(await check(machineFile())).toBe("accepted");
    // Two servers may name their keys alike; the file is by one of them.
    const stranger = new Uint8Array(32).fill(9);
    expect(await check(machineFile(), keyId, new Map([[keyId, [stranger, publicKey]]]))).toBe("accepted");
    expect(await check(machineFile(), keyId, new Map([[keyId, [stranger, stranger]]]))).not.toBe("accepted");
    expect(await check(machineFile(), "other")).toBe("SIGNING_KEY_UNKNOWN KEY_ID_MISMATCH");
    expect(await check(machineFile(), keyId, new Map())).toBe("SIGNING_KEY_UNKNOWN KEY_ID_MISMATCH");
    expect(await check(machineFile(), keyId, new Map([[keyId, [new Uint8Array(32)]]]))).toBe(
      "CREDENTIAL_SIGNATURE SIGNATURE_INVALID",
    );
  });
});

describe("payload shapes", () => {
  const metaOf = (change: object) => bent(({ meta }) => Object.assign(meta, change));
  const attributesOf = (change: object) => bent(({ data }) => Object.assign(data.attributes, change));
  const licenseOf = (change: object) => bent(({ included: [license] }) => Object.assign(license.attributes, change));
  const itemOf = (change: object) => bent(({ included: [license] }) => Object.assign(license, change));
  const text = (from: string, to: string) => JSON.stringify(machinePayload()).replace(from, to);
  const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
  const claims = "CREDENTIAL_CLAIMS INVALID_MACHINE_FILE_CLAIMS";

  test.each<[string, unknown, string]>([
    ["no JSON", "{", "CREDENTIAL_PAYLOAD INVALID_MACHINE_FILE_PAYLOAD"],
    ["a member twice", text('"meta"', '"meta":1,"meta"'), "CREDENTIAL_PAYLOAD INVALID_MACHINE_FILE_PAYLOAD"],
    ["a number no double holds", text('"big":1', '"big":1e999'), "CREDENTIAL_PAYLOAD INVALID_MACHINE_FILE_PAYLOAD"],
    ["a list", "[]", "CREDENTIAL_PAYLOAD INVALID_MACHINE_FILE_PAYLOAD"],
    [
      "no meta",
      bent((payload) => Object.assign(payload, { meta: undefined })),
      "CREDENTIAL_PAYLOAD MISSING_MACHINE_FILE_METADATA",
    ],
    ["no data", bent((payload) => Object.assign(payload, { data: [] })), "CREDENTIAL_PAYLOAD MISSING_MACHINE_DATA"],
    [
      "data of another type",
      bent(({ data }) => Object.assign(data, { type: "machine" })),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_DATA",
    ],
    ["id a number", bent(({ data }) => Object.assign(data, { id: 1 })), "CREDENTIAL_PAYLOAD INVALID_MACHINE_DATA"],
    [
      "no attributes",
      bent(({ data }) => Object.assign(data, { attributes: null })),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES",
    ],
    ["fingerprint of nothing", attributesOf({ fingerprint: "" }), "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES"],
    ["name over 255", attributesOf({ name: "n".repeat(256) }), "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES"],
    ["metadata null", attributesOf({ metadata: null }), "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES"],
    [
      "metadata of 257 members",
      attributesOf({ metadata: Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`m${i}`, 1])) }),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES",
    ],
    [
      "metadata with a member of no name",
      attributesOf({ metadata: { "": 1 } }),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES",
    ],
    ["metadata 21 deep", attributesOf({ metadata: deep(21) }), "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES"],
    [
      "metadata of 4097 values",
      attributesOf({ metadata: { list: Array.from({ length: 4095 }, () => 1) } }),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES",
    ],
    [
      "metadata over 128 KiB",
      attributesOf({ metadata: { a: "x".repeat(65_536), b: "x".repeat(65_536) } }),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES",
    ],
    [
      "a metadata string over 64 KiB",
      attributesOf({ metadata: { a: "x".repeat(65_537) } }),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_ATTRIBUTES",
    ],
    [
      "components a list",
      attributesOf({ fingerprint_components: [] }),
      "CREDENTIAL_PAYLOAD INVALID_FINGERPRINT_COMPONENTS",
    ],
    [
      "a component of nothing",
      attributesOf({ fingerprint_components: { a: "" } }),
      "CREDENTIAL_PAYLOAD INVALID_FINGERPRINT_COMPONENTS",
    ],
    [
      "65 components",
      attributesOf({
        fingerprint_components: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, "x"])),
      }),
      "CREDENTIAL_PAYLOAD INVALID_FINGERPRINT_COMPONENTS",
    ],
    ["created no date", attributesOf({ created: "yesterday" }), "CREDENTIAL_PAYLOAD INVALID_MACHINE_CREATION"],
    ["created a number", attributesOf({ created: issuedAt }), "CREDENTIAL_PAYLOAD INVALID_MACHINE_CREATION"],
    [
      "no relationships",
      bent(({ data }) => Object.assign(data, { relationships: null })),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_RELATIONSHIPS",
    ],
    [
      "relationship of another type",
      bent(({ data }) =>
        Object.assign(data.relationships, { product: { data: { type: "product", id: productSlug } } }),
      ),
      "CREDENTIAL_PAYLOAD INVALID_MACHINE_RELATIONSHIPS",
    ],
    [
      "two different licences",
      bent(({ data }) => Object.assign(data.relationships, { license: { data: { type: "licenses", id: "OTHER" } } })),
      "CREDENTIAL_CLAIMS MACHINE_RELATIONSHIP_MISMATCH",
    ],
    [
      "included null",
      bent((payload) => Object.assign(payload, { included: null })),
      "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE",
    ],
    [
      "two licences included",
      bent(({ included }) => void (included as unknown[]).push(included[0])),
      "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE",
    ],
    ["included without attributes", itemOf({ attributes: null }), "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE"],
    ["included of another key", licenseOf({ key: "OTHER" }), "CREDENTIAL_INCLUDED_LICENSE INCLUDED_LICENSE_MISMATCH"],
    [
      "included of another product",
      licenseOf({ product_slug: "other" }),
      "CREDENTIAL_INCLUDED_LICENSE INCLUDED_PRODUCT_MISMATCH",
    ],
    ["included in an unknown mode", licenseOf({ mode: "site" }), "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE"],
    ["included without a plan", licenseOf({ plan_key: "" }), "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE"],
    ["no seats at all", licenseOf({ seat_limit: 0 }), "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE"],
    ["included metadata null", licenseOf({ metadata: null }), "CREDENTIAL_PAYLOAD INVALID_INCLUDED_LICENSE"],
    ["start no date", licenseOf({ starts_at: "2026-02-30T00:00:00Z" }), "CREDENTIAL_PAYLOAD INVALID_LICENSE_START"],
    ["end no date", licenseOf({ ends_at: 1 }), "CREDENTIAL_PAYLOAD INVALID_LICENSE_EXPIRY"],
    ["entitlements null", licenseOf({ entitlements: null }), "CREDENTIAL_PAYLOAD INVALID_INCLUDED_ENTITLEMENT"],
    [
      "an entitlement twice",
      licenseOf({
        entitlements: [
          { key: "a", expires_at: null },
          { key: "a", expires_at: null },
        ],
      }),
      "CREDENTIAL_PAYLOAD INVALID_INCLUDED_ENTITLEMENT",
    ],
    [
      "an entitlement in upper case",
      licenseOf({ entitlements: [{ key: "A", expires_at: null }] }),
      "CREDENTIAL_PAYLOAD INVALID_INCLUDED_ENTITLEMENT",
    ],
    [
      "an entitlement's end no date",
      licenseOf({ entitlements: [{ key: "a", expires_at: "soon" }] }),
      "CREDENTIAL_PAYLOAD INVALID_ENTITLEMENT_EXPIRY",
    ],
    ["license_exp a string", metaOf({ license_exp: "never" }), "CREDENTIAL_PAYLOAD INVALID_LICENSE_EXPIRY"],
    ["iat a string", metaOf({ iat: String(issuedAt) }), claims],
    ["iat written 1.0", text(`"iat":${issuedAt}`, `"iat":${issuedAt}.0`), claims],
    ["iat zero", metaOf({ iat: 0, nbf: 0 }), claims],
    ["schema 1", metaOf({ schema_version: 1 }), claims],
    ["another kid than the envelope's", metaOf({ kid: "maker-key-2" }), claims],
    ["iat after nbf", metaOf({ nbf: issuedAt - 1 }), claims],
    ["nbf at exp", metaOf({ nbf: expiresAt }), claims],
    ["ttl beside exp", metaOf({ ttl: expiresAt - issuedAt - 1 }), claims],
    ["issued beside iat", metaOf({ issued: "2026-01-01T00:00:01Z" }), claims],
    ["expiry without a zone", metaOf({ expiry: "2026-01-31T00:00:00" }), claims],
    ["grace over 30 days", metaOf({ grace_period: 30 * 86_400 + 1 }), claims],
    ["grace below zero", metaOf({ grace_period: -1 }), claims],
    ["license_exp zero", metaOf({ license_exp: 0 }), claims],
    ["sdk_version of nothing", metaOf({ sdk_version: "" }), claims],
    ["no lic", metaOf({ lic: undefined }), claims],
  ])("%s", async (_, payload, expected) => {
    expect(await verdict(machineFile(payload))).toBe(expected);
  });

  test.each<[string, unknown]>([
    ["no included licence", bent((payload) => Object.assign(payload, { included: undefined }))],
    ["included things of other types", bent(({ included }) => void (included as unknown[]).push({ type: "users" }, 1))],
    ["unknown members", bent((payload) => Object.assign(payload, { more: { of: ["it"] } }))],
    [
      "times with a fraction and a zone",
      metaOf({ issued: "2026-01-01T01:00:00.999+01:00", expiry: "2026-01-31t00:00:00z" }),
    ],
    ["grace of exactly 30 days", metaOf({ grace_period: 30 * 86_400 })],
    ["metadata 20 deep", attributesOf({ metadata: deep(20) })],
    ["an entitlement that is over", licenseOf({ entitlements: [{ key: "a", expires_at: "2020-01-01T00:00:00Z" }] })],
    [
      "the least a licence may say",
      licenseOf({
        key: undefined,
        product_slug: undefined,
        seat_limit: null,
        starts_at: null,
        entitlements: undefined,
      }),
    ],
    [
      "the least a device may say",
      attributesOf({
        fingerprint_components: null,
        name: null,
        platform: undefined,
        created: null,
        metadata: undefined,
      }),
    ],
    ["sdk_version", metaOf({ sdk_version: "0.6.3" })],
  ])("accepted: %s", async (_, payload) => {
    expect(await verdict(machineFile(payload))).toBe("accepted");
  });
});

describe("who, and when", () => {
  const licensed = (change: object) =>
    machineFile(bent(({ included: [license] }) => Object.assign(license.attributes, change)));
  const metaOf = (change: object) => machineFile(bent(({ meta }) => Object.assign(meta, change)));
  const end = expiresAt + graceSeconds;
  const splitElsewhere = () => {
    const [key, device] = [licenseKey + fingerprint.slice(0, 1), fingerprint.slice(1)];
    return { licenseKey: key, fingerprint: device };
  };

  test.each<[string, string, Partial<MachineFileInput>, string]>([
    ["another product", machineFile(), { productSlug: "other" }, "CREDENTIAL_PRODUCT_MISMATCH PRODUCT_MISMATCH"],
    ["no product expected", machineFile(), { productSlug: undefined as never }, "accepted"],
    ["the same text split elsewhere", machineFile(), splitElsewhere(), "CREDENTIAL_LICENSE_MISMATCH LICENSE_MISMATCH"],
    [
      "another device's claims in it",
      machineFile(bent(({ data }) => Object.assign(data.attributes, { fingerprint: "maker-fingerprint-0002" }))),
      {},
      "CREDENTIAL_FINGERPRINT_MISMATCH FINGERPRINT_MISMATCH",
    ],
    [
      "another activation",
      machineFile(),
      { activationId: "act-0002" },
      "CREDENTIAL_ACTIVATION_MISMATCH activation_mismatch",
    ],
    ["300 s in the future", machineFile(), { now: at(issuedAt - 300) }, "accepted"],
    ["301 s in the future", machineFile(), { now: at(issuedAt - 301) }, "CREDENTIAL_CLOCK CLOCK_TAMPER"],
    [
      "a second in the future without tolerance",
      machineFile(),
      { now: at(issuedAt - 1), skewSeconds: 0 },
      "CREDENTIAL_CLOCK CLOCK_TAMPER",
    ],
    [
      "not before an hour from now",
      metaOf({ nbf: issuedAt + 3600 }),
      {},
      "CREDENTIAL_NOT_YET_VALID TOKEN_NOT_YET_VALID",
    ],
    ["the last second of grace", machineFile(), { now: at(end - 1) }, "accepted"],
    ["after grace", machineFile(), { now: at(end) }, "CREDENTIAL_EXPIRED TOKEN_EXPIRED"],
    ["the licence's last second", metaOf({ license_exp: issuedAt + 100 }), { now: at(issuedAt + 99) }, "accepted"],
    [
      "the licence's end, which no grace extends",
      metaOf({ license_exp: issuedAt + 100 }),
      { now: at(issuedAt + 100) },
      "CREDENTIAL_LICENSE_EXPIRED LICENSE_EXPIRED",
    ],
    ["the last second of the host's cap", machineFile(), { maxOfflineDays: 1, now: at(issuedAt + 86_399) }, "accepted"],
    [
      "the host's cap",
      machineFile(),
      { maxOfflineDays: 1, now: at(issuedAt + 86_400) },
      "CREDENTIAL_OFFLINE_TOO_LONG GRACE_PERIOD_EXPIRED",
    ],
    [
      "included licence not active",
      licensed({ status: "suspended" }),
      {},
      "CREDENTIAL_INCLUDED_LICENSE INCLUDED_LICENSE_MISMATCH",
    ],
    [
      "included licence in upper case",
      licensed({ status: "ACTIVE" }),
      {},
      "CREDENTIAL_INCLUDED_LICENSE INCLUDED_LICENSE_MISMATCH",
    ],
    [
      "included licence starts in a second",
      licensed({ starts_at: "2026-01-01T00:01:01Z" }),
      {},
      "CREDENTIAL_INCLUDED_LICENSE INCLUDED_LICENSE_MISMATCH",
    ],
    ["included licence starts now", licensed({ starts_at: "2026-01-01T00:01:00.9Z" }), {}, "accepted"],
    [
      "included licence ends now",
      licensed({ ends_at: "2026-01-01T00:01:00Z" }),
      {},
      "CREDENTIAL_INCLUDED_LICENSE INCLUDED_LICENSE_MISMATCH",
    ],
  ])("%s", async (_, certificate, changes, expected) => {
    expect(await verdict(certificate, changes)).toBe(expected);
  });

  test("the order: product, clock, expiry, licence, device, host's cap, included licence, activation", async () => {
    const wrong = bent(({ meta, data, included: [license] }) => {
      Object.assign(meta, { license_exp: issuedAt + 1 });
      Object.assign(data.attributes, { fingerprint: "maker-fingerprint-0002" });
      Object.assign(license.attributes, { status: "expired" });
    });
    const all = { productSlug: "other", activationId: "other", maxOfflineDays: 1, now: at(end) };
    const seen: string[] = [];
    const steps: [Partial<MachineFileInput>, (payload: Payload) => void][] = [
      [{}, () => {}],
      [{ productSlug }, () => {}],
      [{ now: at(end - 1) }, () => {}],
      [{}, ({ meta }) => Object.assign(meta, { license_exp: null })],
      [{}, ({ data }) => Object.assign(data.attributes, { fingerprint })],
      [{ maxOfflineDays: 0 }, () => {}],
      [{}, ({ included: [license] }) => Object.assign(license.attributes, { status: "active" })],
      [{ activationId }, () => {}],
    ];
    for (const [change, repair] of steps) {
      Object.assign(all, change);
      repair(wrong);
      seen.push((await verdict(machineFile(wrong), all)).split(" ").at(-1) ?? "");
    }
    expect(seen).toEqual([
      "PRODUCT_MISMATCH",
      "TOKEN_EXPIRED",
      "LICENSE_EXPIRED",
      "FINGERPRINT_MISMATCH",
      "GRACE_PERIOD_EXPIRED",
      "INCLUDED_LICENSE_MISMATCH",
      "activation_mismatch",
      "accepted",
    ]);
  });
});
