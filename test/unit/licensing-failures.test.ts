import { expect, test } from "vitest";
import { type ErrorCode, errorMeanings } from "#shared/domain/errors.ts";
import { failureScope } from "../../electron/engine/licensing/failure-scope.ts";
import { rateHints } from "../../electron/engine/licensing/rate-hints.ts";
import { refusalError } from "../../electron/engine/licensing/refusals.ts";

const scopes: Readonly<Record<Exclude<ReturnType<typeof failureScope>, "batch">, readonly ErrorCode[]>> = {
  license: [
    "LICENSE_NOT_FOUND",
    "LICENSE_EXPIRED",
    "LICENSE_SUSPENDED",
    "LICENSE_REVOKED",
    "LICENSE_NOT_ACTIVE",
    "LICENSE_NOT_STARTED",
    "LICENSE_KEY_INVALID",
    "PRODUCT_MISMATCH",
    "SEAT_LIMIT_EXCEEDED",
    "CREDENTIAL_LICENSE_EXPIRED",
  ],
  outside: [
    "API_UNREACHABLE",
    "API_TIMEOUT",
    "API_RATE_LIMITED",
    "API_FAILED",
    "STICK_GONE",
    "STICK_FULL",
    "STICK_READ_ONLY",
    "STICK_IO",
    "STICK_READ_BACK",
    "STICK_BUSY",
  ],
  device: [
    "REQUEST_EMPTY",
    "REQUEST_TOO_LARGE",
    "REQUEST_ENCODING",
    "REQUEST_NAME_ENCODING",
    "REQUEST_NOT_A_FILE",
    "REQUEST_UNREADABLE",
    "REQUEST_SYNTAX",
    "REQUEST_DUPLICATE_MEMBER",
    "REQUEST_TOO_DEEP",
    "REQUEST_SHAPE",
    "REQUEST_FORMULA",
    "FINGERPRINT_LENGTH",
    "FINGERPRINT_CHARACTERS",
    "NAME_CHARACTERS",
    "CONFLICT_SKIPPED",
    "PRODUCT_UNEXPECTED",
    "LICENSE_KEY_MISSING",
    "POOL_EMPTY",
    "API_MALFORMED",
    "API_TOO_LARGE",
    "API_WRONG_IDENTITY",
    "API_REFUSED",
    "DEVICE_NOT_ACTIVATED",
    "CREDENTIAL_TOO_LARGE",
    "CREDENTIAL_FORMAT",
    "CREDENTIAL_ALGORITHM",
    "CREDENTIAL_SIGNATURE",
    "CREDENTIAL_DECRYPTION",
    "CREDENTIAL_PAYLOAD",
    "CREDENTIAL_CLAIMS",
    "CREDENTIAL_INCLUDED_LICENSE",
    "CREDENTIAL_PRODUCT_MISMATCH",
    "CREDENTIAL_LICENSE_MISMATCH",
    "CREDENTIAL_FINGERPRINT_MISMATCH",
    "CREDENTIAL_ACTIVATION_MISMATCH",
    "CREDENTIAL_EXPIRED",
    "CREDENTIAL_OFFLINE_TOO_LONG",
  ],
};

test.each(Object.keys(errorMeanings) as ErrorCode[])("%s reaches as far as it should", (code) => {
  const listed = Object.entries(scopes).find(([, codes]) => codes.includes(code));
  expect(failureScope(code)).toBe(listed?.[0] ?? "batch");
});

const secrets = ["KEY-AAAA-1234", "pk_secret"];
const errorOf = (status: number, body: unknown) => {
  const bytes =
    typeof body === "string" ? new TextEncoder().encode(body) : new TextEncoder().encode(JSON.stringify(body));
  const { code, message, details } = refusalError({ status, headers: {}, body: bytes }, secrets);
  return { code, message, details };
};

test.each<[number, string | null, ErrorCode]>([
  [400, "invalid_request", "API_REFUSED"],
  [401, "unauthorized", "API_UNAUTHORIZED"],
  [401, "license_expired", "API_UNAUTHORIZED"],
  [403, "forbidden", "API_FORBIDDEN"],
  [404, "license_not_found", "LICENSE_NOT_FOUND"],
  [404, "product_not_found", "PRODUCT_NOT_FOUND"],
  [404, "activation_not_found", "DEVICE_NOT_ACTIVATED"],
  [404, "signing_key_not_found", "SIGNING_KEY_UNKNOWN"],
  [404, "product_mismatch", "PRODUCT_MISMATCH"],
  [404, null, "API_REFUSED"],
  [422, "seat_limit_exceeded", "SEAT_LIMIT_EXCEEDED"],
  [422, "seat_limit_reached", "SEAT_LIMIT_EXCEEDED"],
  [422, "License_Expired", "LICENSE_EXPIRED"],
  [422, "expired", "LICENSE_EXPIRED"],
  [422, "license_suspended", "LICENSE_SUSPENDED"],
  [422, "suspended", "LICENSE_SUSPENDED"],
  [422, "license_revoked", "LICENSE_REVOKED"],
  [422, "revoked", "LICENSE_REVOKED"],
  [422, "license_not_active", "LICENSE_NOT_ACTIVE"],
  [422, "not_active", "LICENSE_NOT_ACTIVE"],
  [422, "license_invalid", "LICENSE_NOT_ACTIVE"],
  [422, "license_not_started", "LICENSE_NOT_STARTED"],
  [422, "DEVICE_NOT_ACTIVATED", "DEVICE_NOT_ACTIVATED"],
  [422, "device_mismatch", "DEVICE_NOT_ACTIVATED"],
  [422, "something_new", "API_REFUSED"],
  [422, "__proto__", "API_REFUSED"],
  [408, null, "API_TIMEOUT"],
  [429, "rate_limited", "API_RATE_LIMITED"],
  [500, "license_not_found", "API_FAILED"],
  [503, "unavailable", "API_FAILED"],
  [302, null, "API_REDIRECT"],
])("%i %s is %s, in both shapes of an error", (status, code, expected) => {
  const ordinary = code === null ? {} : { error: { code, message: "Why." } };
  const listed = { errors: code === null ? [] : [{ status: String(status), code, title: "T", detail: "Why." }] };
  for (const body of [ordinary, listed]) {
    const { code: ours, details, message } = errorOf(status, body);
    const wellFormed = code === null || code.startsWith("_") ? null : code.toLowerCase();
    expect({ ours, details }).toEqual({ ours: expected, details: { status, server_code: wellFormed } });
    if (code !== null) expect(message).toContain("The server says: Why.");
  }
});

test("the listed shape counts first, its detail before its title; a flat one is the last resort", () => {
  const both = { errors: [{ code: "revoked", title: "Title." }], error: { code: "expired", message: "Other." } };
  expect(errorOf(422, both)).toMatchObject({ code: "LICENSE_REVOKED", message: expect.stringContaining("Title.") });
  expect(errorOf(422, { code: "expired", message: "Flat." })).toMatchObject({
    code: "LICENSE_EXPIRED",
    message: expect.stringContaining("Flat."),
  });
});

test.each([
  ["HTML", "<html><body>KEY-AAAA-1234</body></html>"],
  ["the licence key", { error: { code: "x", message: "No licence KEY-AAAA-1234." } }],
  ["the licence key in lower case", { error: { code: "x", message: "no licence key-aaaa-1234" } }],
  ["the API key", { error: { code: "x", message: "Bearer pk_secret" } }],
  ["controls", { error: { code: "x", message: "a\nb" } }],
  ["direction marks", { error: { code: "x", message: "a\u202eb" } }],
  ["too much", { error: { code: "x", message: "y".repeat(1025) } }],
  ["a number", { error: { code: "x", message: 1 } }],
  ["a member twice", '{"error":{"code":"x","message":"a"},"error":{}}'],
])("a message with %s is left out", (_, body) => {
  expect(errorOf(422, body).message).toBe("The licensing server refused the request.");
});

test("a code that is the licence key is left out", () => {
  expect(errorOf(422, { error: { code: "key-aaaa-1234" } }).details).toEqual({ status: 422, server_code: null });
});

const now = new Date("2026-01-02T00:00:00Z");
test.each<[Record<string, string>, number | null, number | null]>([
  [{}, null, null],
  [{ "retry-after": "0" }, 0, null],
  [{ "retry-after": "120", "ratelimit-reset": "5" }, 120_000, null],
  [{ "retry-after": "Fri, 02 Jan 2026 00:01:00 GMT" }, 60_000, null],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT" }, 0, null],
  [{ "retry-after": "1.5" }, null, null],
  [{ "retry-after": "-1" }, null, null],
  [{ "retry-after": "soon", "x-ratelimit-reset": "7", "x-ratelimit-remaining": "3" }, 7000, 3],
  [{ "x-ratelimit-reset": "1767312060", "ratelimit-remaining": "0" }, 60_000, 0],
  [{ "ratelimit-remaining": "many" }, null, null],
])("hints of %j", (headers, waitMs, remaining) => {
  expect(rateHints(headers, now)).toEqual({ waitMs, remaining });
});
