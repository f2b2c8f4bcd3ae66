import { describe, expect, test } from "vitest";
import { JsonNumber } from "#shared/formats/strict-json.ts";
import {
  offlineTokenKeyId,
  type OfflineTokenInput,
  verifyOfflineToken,
} from "../../electron/engine/credentials/verify-offline-token.ts";
import {
  expiresAt,
  fingerprint,
  issuedAt,
  keyId,
  licenseKey,
  offlineToken,
  productSlug,
  publicKey,
  tokenClaims,
} from "../fixtures/credential-maker.ts";

const at = (seconds: number) => new Date(seconds * 1000);
const inputs: Omit<OfflineTokenInput, "answer"> = {
  licenseKey,
  fingerprint,
  publicKey,
  keyId,
  productSlug,
  now: at(issuedAt + 60),
};
const verdict = (answer: Uint8Array | string, changes: Partial<OfflineTokenInput> = {}) =>
  verifyOfflineToken({ ...inputs, answer, ...changes }).then(
    () => "accepted",
    (error) => `${error.code} ${error.details?.check}`,
  );
const claimsOf = (change: object) => ({ ...tokenClaims(), ...change });
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(tokenClaims()).filter(([name]) => !names.includes(name)));

test("what a good token says", async () => {
  expect(offlineTokenKeyId(offlineToken())).toBe(keyId);
  const { metadata, ...claims } = await verifyOfflineToken({
    ...inputs,
    answer: new TextEncoder().encode(offlineToken()),
  });
  expect(claims).toEqual({
    keyId,
    licenseKey,
    productSlug,
    planKey: "pro",
    mode: "hardware_locked",
    fingerprint,
    issuedAt: at(issuedAt),
    notBefore: at(issuedAt),
    expiresAt: at(expiresAt),
    licenseExpiresAt: null,
    seatLimit: 2,
    entitlements: [
      { key: "updates", expiresAt: null },
      { key: "export", expiresAt: at(issuedAt + 1) },
    ],
  });
  expect(metadata?.["nested"]).toMatchObject({ list: [new JsonNumber("1"), new JsonNumber("1.5"), null] });
});

describe("shape", () => {
  const claims = "CREDENTIAL_PAYLOAD INVALID_TOKEN_CLAIMS";
  const entitlements = "CREDENTIAL_PAYLOAD INVALID_TOKEN_ENTITLEMENTS";
  const window = "CREDENTIAL_CLAIMS INVALID_TIME_WINDOW";
  const mismatch = "CREDENTIAL_CLAIMS TOKEN_PAYLOAD_MISMATCH";
  const good = offlineToken();
  const signed = (from: string, to: string) => {
    const { canonical } = JSON.parse(good) as { canonical: string };
    expect(canonical).toContain(from);
    return offlineToken(tokenClaims(), { canonical: canonical.replace(from, to) });
  };

  test.each<[string, string | Uint8Array, string]>([
    ["no JSON", "{", claims],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22]), claims],
    ["a member twice", good.replace('"object"', '"object":1,"object"'), claims],
    ["a fifth member", offlineToken(tokenClaims(), { root: { more: 1 } }), claims],
    ["another object", offlineToken(tokenClaims(), { root: { object: "token" } }), claims],
    ["a member more in the signature", offlineToken(tokenClaims(), { signature: { more: 1 } }), claims],
    [
      "another algorithm",
      offlineToken(tokenClaims(), { signature: { algorithm: "ed25519" } }),
      "CREDENTIAL_ALGORITHM UNSUPPORTED_ALGORITHM",
    ],
    [
      "a key id of other letters",
      offlineToken(tokenClaims(), { signature: { key_id: "a b" } }),
      "CREDENTIAL_CLAIMS INVALID_SIGNING_KEY_METADATA",
    ],
    ["two key ids", offlineToken(claimsOf({ kid: "maker-key-2" })), "CREDENTIAL_CLAIMS INVALID_SIGNING_KEY_METADATA"],
    ["an unknown claim", offlineToken(claimsOf({ more: 1 })), claims],
    ["a claim missing", offlineToken(without("plan_key")), claims],
    ["no device", offlineToken(without("fingerprint")), claims],
    ["two devices", offlineToken(claimsOf({ device_id: fingerprint })), claims],
    ["schema 2", offlineToken(claimsOf({ schema_version: 2 })), claims],
    ["an unknown mode", offlineToken(claimsOf({ mode: "site" })), claims],
    ["no seats", offlineToken(claimsOf({ seat_limit: 0 })), claims],
    ["iat a string", offlineToken(claimsOf({ iat: String(issuedAt) })), claims],
    ["metadata a list", offlineToken(claimsOf({ metadata: [] })), claims],
    [
      "metadata too deep",
      offlineToken(claimsOf({ metadata: JSON.parse(`${'{"a":'.repeat(21)}1${"}".repeat(21)}`) })),
      claims,
    ],
    ["entitlements missing", offlineToken(without("entitlements")), claims],
    ["entitlements an object", offlineToken(claimsOf({ entitlements: {} })), entitlements],
    [
      "an entitlement with more in it",
      offlineToken(claimsOf({ entitlements: [{ key: "a", expires_at: null, more: 1 }] })),
      entitlements,
    ],
    ["an entitlement without an end told", offlineToken(claimsOf({ entitlements: [{ key: "a" }] })), entitlements],
    [
      "an entitlement over at issue",
      offlineToken(claimsOf({ entitlements: [{ key: "a", expires_at: issuedAt }] })),
      entitlements,
    ],
    [
      "an entitlement twice",
      offlineToken(
        claimsOf({
          entitlements: [
            { key: "a", expires_at: null },
            { key: "a", expires_at: null },
          ],
        }),
      ),
      entitlements,
    ],
    [
      "over a mebibyte",
      offlineToken(tokenClaims(), { canonical: " ".repeat(1_048_577) }),
      "CREDENTIAL_TOO_LARGE TOKEN_PAYLOAD_TOO_LARGE",
    ],
    ["an answer over 4 MiB", " ".repeat(4_194_305), "CREDENTIAL_TOO_LARGE TOKEN_PAYLOAD_TOO_LARGE"],
    ["signed text of no JSON", offlineToken(tokenClaims(), { canonical: "{" }), claims],
    ["another value signed", signed('"seat_limit":2', '"seat_limit":3'), mismatch],
    ["an integer signed as a fraction", signed('"seat_limit":2', '"seat_limit":2.0'), mismatch],
    ["less signed", signed(',"seat_limit":2', ""), mismatch],
    ["more signed", signed('"seat_limit":2', '"seat_limit":2,"x":1'), mismatch],
    ["a list in another order signed", signed("[1,1.5,null]", "[1.5,1,null]"), mismatch],
    ["null signed for absent", signed('"license_key"', '"license_expires_at":null,"license_key"'), mismatch],
    ["nbf at exp", offlineToken(claimsOf({ nbf: expiresAt })), window],
    ["iat after nbf", offlineToken(claimsOf({ nbf: issuedAt - 1 })), window],
    ["iat zero", offlineToken(claimsOf({ iat: 0 })), window],
    ["a life of more than 100 years", offlineToken(claimsOf({ exp: issuedAt + 100 * 366 * 86_400 + 1 })), window],
    ["a licence over at issue", offlineToken(claimsOf({ license_expires_at: issuedAt })), window],
  ])("%s", async (_, answer, expected) => {
    expect(await verdict(answer)).toBe(expected);
  });

  test.each<[string, string]>([
    ["members of the signed text in another order and with blanks", signed('"seat_limit":2', ' "seat_limit" : 2 ')],
    [
      "a fraction written in two ways",
      offlineToken(claimsOf({ metadata: { small: 1e-7 } }), {
        canonical: JSON.stringify(claimsOf({ metadata: { small: 1e-7 } })).replace("1e-7", "0.0000001"),
      }),
    ],
    ["the device under its other names", offlineToken({ ...without("fingerprint"), device_id: fingerprint })],
    ["nothing optional", offlineToken(without("seat_limit", "metadata"))],
    [
      "null for what is optional",
      offlineToken(claimsOf({ seat_limit: null, metadata: null, license_expires_at: null })),
    ],
  ])("accepted: %s", async (_, answer) => {
    expect(await verdict(answer)).toBe("accepted");
  });
});

describe("key, signature, who and when", () => {
  const ending = offlineToken(claimsOf({ license_expires_at: issuedAt + 100 }));
  test.each<[string, string, Partial<OfflineTokenInput>, string]>([
    ["another key id was trusted", offlineToken(), { keyId: "other" }, "SIGNING_KEY_UNKNOWN KEY_ID_MISMATCH"],
    [
      "a key of 33 bytes",
      offlineToken(),
      { publicKey: new Uint8Array(33) },
      "CREDENTIAL_PUBLIC_KEY INVALID_SIGNING_KEY",
    ],
    [
      "another key",
      offlineToken(),
      { publicKey: new Uint8Array(32).fill(3) },
      "CREDENTIAL_SIGNATURE SIGNATURE_INVALID",
    ],
    [
      "a url-safe signature",
      offlineToken(tokenClaims(), { signature: { value: "A".repeat(86) } }),
      {},
      "CREDENTIAL_SIGNATURE INVALID_SIGNATURE_ENCODING",
    ],
    [
      "a signature of zeros",
      offlineToken(tokenClaims(), { signature: { value: `${"A".repeat(86)}==` } }),
      {},
      "CREDENTIAL_SIGNATURE SIGNATURE_INVALID",
    ],
    ["300 s in the future", offlineToken(), { now: at(issuedAt - 300) }, "accepted"],
    ["301 s in the future", offlineToken(), { now: at(issuedAt - 301) }, "CREDENTIAL_CLOCK CLOCK_TAMPER"],
    [
      "not before an hour from now",
      offlineToken(claimsOf({ nbf: issuedAt + 3600 })),
      {},
      "CREDENTIAL_NOT_YET_VALID TOKEN_NOT_YET_VALID",
    ],
    ["the last second", offlineToken(), { now: at(expiresAt - 1) }, "accepted"],
    ["after the end", offlineToken(), { now: at(expiresAt) }, "CREDENTIAL_EXPIRED TOKEN_EXPIRED"],
    ["the licence's last second", ending, { now: at(issuedAt + 99) }, "accepted"],
    ["the licence's end", ending, { now: at(issuedAt + 100) }, "CREDENTIAL_LICENSE_EXPIRED LICENSE_EXPIRED"],
    ["another licence", offlineToken(), { licenseKey: "OTHER" }, "CREDENTIAL_LICENSE_MISMATCH LICENSE_MISMATCH"],
    ["another product", offlineToken(), { productSlug: "other" }, "CREDENTIAL_PRODUCT_MISMATCH PRODUCT_MISMATCH"],
    [
      "another device",
      offlineToken(),
      { fingerprint: "other-device" },
      "CREDENTIAL_FINGERPRINT_MISMATCH FINGERPRINT_MISMATCH",
    ],
    [
      "the host's cap",
      offlineToken(),
      { maxOfflineDays: 1, now: at(issuedAt + 86_400) },
      "CREDENTIAL_OFFLINE_TOO_LONG GRACE_PERIOD_EXPIRED",
    ],
  ])("%s", async (_, answer, changes, expected) => {
    expect(await verdict(answer, changes)).toBe(expected);
  });
});
