import { expect, test } from "vitest";
import { type ErrorCode, errorMeanings } from "#shared/domain/errors.ts";
import type { BatchJson, DeviceJson } from "../../electron/cli/batch-report.ts";
import { batchExit, nothingJson } from "../../electron/cli/batch-report.ts";
import { exitCodeOf } from "../../electron/cli/exit-codes.ts";

test("what can be done again when the outside is well is 4, and only that", () => {
  const again = (Object.keys(errorMeanings) as ErrorCode[]).filter((code) => exitCodeOf(code) === 4);
  expect(again.filter((code) => !code.startsWith("API_")).sort()).toEqual([
    "CANCELLED",
    "HOME_UNREADABLE",
    "INTERNAL",
    "LEDGER_UNWRITABLE",
    "PRODUCT_NOT_FOUND",
    "STICK_BUSY",
    "STICK_FULL",
    "STICK_GONE",
    "STICK_IO",
    "STICK_READ_BACK",
    "STICK_READ_ONLY",
  ]);
});

test.each([
  ["USAGE", 2],
  ["API_URL_INVALID", 2],
  ["STICK_UNSAFE", 3],
  ["CONFLICT_UNDECIDED", 3],
  ["SIGNING_KEY_CHANGED", 3],
  ["HOME_LOCKED", 3],
  ["CLOCK_BEHIND", 3],
  ["NOTHING_TO_RESUME", 3],
  ["API_UNAUTHORIZED", 4],
  ["LEDGER_BROKEN", 5],
  ["LEDGER_REWOUND", 5],
  ["CREDENTIAL_SIGNATURE", 5],
  ["VERIFY_DIGEST", 5],
] as const)("%s is exit %i", (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit);
});

const device = (code: ErrorCode | null): DeviceJson => ({
  fingerprint: "fp-a-0001",
  device_name: null,
  status: code === null ? "delivered" : "failed",
  file: null,
  activation_id: null,
  expires_at: null,
  renewal: false,
  error: code === null ? null : { code, message: "why" },
});
const report = (change: Partial<BatchJson>): BatchJson => ({ ...nothingJson(null), batch: "b", ...change });

test("a batch is 0 when all is done, 1 when a device or a request was left behind, and the stop's own code when it stopped", () => {
  expect(batchExit(report({ devices: [device(null)] }))).toBe(0);
  expect(batchExit(report({ devices: [device(null), device("POOL_EMPTY")] }))).toBe(1);
  const rejected = [{ path: "x", line: null, code: "REQUEST_EMPTY", message: "why" }];
  expect(batchExit(report({ devices: [device(null)], rejected }))).toBe(1);
  const error = { code: "STICK_GONE", message: "why" } as const;
  expect(batchExit(report({ devices: [device("POOL_EMPTY")], error }))).toBe(4);
});
