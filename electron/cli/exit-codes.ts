import type { ErrorCode } from "#shared/domain/errors.ts";

/** FORMATS section 6. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5;

/** What the whole run amounts to when this is why it stopped. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === "USAGE" || code === "API_URL_INVALID") return 2;
  if (outside.has(code) || code.startsWith("API_")) return 4;
  if (code.startsWith("VERIFY_") || code.startsWith("CREDENTIAL_") || verification.has(code)) return 5;
  return 3;
}

const outside: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "CANCELLED",
  "INTERNAL",
  "HOME_UNREADABLE",
  "LEDGER_UNWRITABLE",
  "STICK_GONE",
  "STICK_FULL",
  "STICK_READ_ONLY",
  "STICK_IO",
  "STICK_READ_BACK",
  "STICK_BUSY",
  "PRODUCT_NOT_FOUND",
]);
const verification: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "LEDGER_BROKEN",
  "LEDGER_REWOUND",
  "LEDGER_FOREIGN",
  "WITNESS_UNPROVED",
  "WITNESS_FORKED",
  "SIGNING_KEY_UNKNOWN",
]);
