import type { ErrorCode } from "#shared/domain/errors.ts";

/**
 * How far a failure reaches. `device`: this device only. `license`: nothing more can be had under this licence key.
 * `outside`: the network, the server or the stick; the same may go well later. `batch`: everything stops until somebody
 * has put it right, which is also what is assumed of a code that is not about devices.
 */
export type FailureScope = "device" | "license" | "batch" | "outside";

export function failureScope(code: ErrorCode): FailureScope {
  if (licenseCodes.has(code)) return "license";
  if (outsideCodes.has(code)) return "outside";
  if (batchCodes.has(code)) return "batch";
  return deviceCodes.has(code) || /^(?:REQUEST|CREDENTIAL|FINGERPRINT)_/.test(code) ? "device" : "batch";
}

type Codes = ReadonlySet<ErrorCode>;

const licenseCodes: Codes = new Set<ErrorCode>([
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
]);

const outsideCodes: Codes = new Set<ErrorCode>([
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
]);

// Told about one device, but true of all: the station's clock, or the key it holds.
const batchCodes: Codes = new Set<ErrorCode>(["CREDENTIAL_CLOCK", "CREDENTIAL_NOT_YET_VALID", "CREDENTIAL_PUBLIC_KEY"]);

const deviceCodes: Codes = new Set<ErrorCode>([
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
]);
