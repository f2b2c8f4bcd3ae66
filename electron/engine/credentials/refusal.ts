import { type ErrorCode, StationError } from "#shared/domain/errors.ts";

/** The contract's own code of a failed check (LICENSESEAT sections 6.3 and 7); goes into `details.check`. */
export type CredentialCheck = keyof typeof checks;

export function refusal(check: CredentialCheck, cause?: unknown): StationError {
  const [code, message] = checks[check];
  return new StationError(code, message, { cause, details: { check } });
}

const askAgain = "Ask the licensing server for a new one.";
const sameInputs = "Check that the licence key and the fingerprint are those it was issued for.";

const checks = {
  // machine file, checks 1 to 6
  MACHINE_FILE_TOO_LARGE: ["CREDENTIAL_TOO_LARGE", `The machine file is larger than any device reads. ${askAgain}`],
  INVALID_MACHINE_FILE_FORMAT: [
    "CREDENTIAL_FORMAT",
    `The machine file is not framed as it must be; it may be damaged. ${askAgain}`,
  ],
  INVALID_MACHINE_FILE_ENCODING: [
    "CREDENTIAL_FORMAT",
    `The machine file's text is not clean Base64; it may be damaged. ${askAgain}`,
  ],
  INVALID_MACHINE_FILE_ENVELOPE: [
    "CREDENTIAL_FORMAT",
    `The machine file's envelope is not what the format says; it may be damaged. ${askAgain}`,
  ],
  INCOMPLETE_MACHINE_FILE_ENVELOPE: ["CREDENTIAL_FORMAT", `The machine file's envelope is incomplete. ${askAgain}`],
  UNSUPPORTED_ALGORITHM: ["CREDENTIAL_ALGORITHM", "The credential uses an algorithm that devices do not support."],
  KEY_ID_MISMATCH: [
    "SIGNING_KEY_UNKNOWN",
    "The credential names another signing key than the one given. Check which key the server signs with.",
  ],
  INVALID_PUBLIC_KEY: ["CREDENTIAL_PUBLIC_KEY", "The public key must be the raw 32 bytes of an Ed25519 key."],
  INVALID_SIGNATURE_ENCODING: [
    "CREDENTIAL_SIGNATURE",
    `The credential's signature is not readable; it may be damaged. ${askAgain}`,
  ],
  SIGNATURE_INVALID: [
    "CREDENTIAL_SIGNATURE",
    "The signature does not verify: the credential was changed, or signed with another key. Do not use it.",
  ],
  INVALID_ENCRYPTED_FORMAT: ["CREDENTIAL_FORMAT", `The encrypted part is not in its three pieces. ${askAgain}`],
  INVALID_ENCRYPTED_PAYLOAD: ["CREDENTIAL_FORMAT", `The encrypted part is of the wrong size or coding. ${askAgain}`],
  DECRYPTION_FAILED: ["CREDENTIAL_DECRYPTION", `The machine file does not open. ${sameInputs}`],
  // machine file, check 7
  INVALID_MACHINE_FILE_PAYLOAD: ["CREDENTIAL_PAYLOAD", `What the machine file holds is not readable. ${askAgain}`],
  MISSING_MACHINE_FILE_METADATA: ["CREDENTIAL_PAYLOAD", `The machine file lacks its description. ${askAgain}`],
  MISSING_MACHINE_DATA: ["CREDENTIAL_PAYLOAD", `The machine file lacks its device. ${askAgain}`],
  INVALID_MACHINE_DATA: ["CREDENTIAL_PAYLOAD", `The machine file's device entry is wrong. ${askAgain}`],
  INVALID_MACHINE_ATTRIBUTES: ["CREDENTIAL_PAYLOAD", `The machine file's device attributes are wrong. ${askAgain}`],
  INVALID_MACHINE_RELATIONSHIPS: [
    "CREDENTIAL_PAYLOAD",
    `The machine file does not say which licence and product it is for. ${askAgain}`,
  ],
  INVALID_FINGERPRINT_COMPONENTS: [
    "CREDENTIAL_PAYLOAD",
    `The machine file's fingerprint components are wrong. ${askAgain}`,
  ],
  INVALID_MACHINE_CREATION: ["CREDENTIAL_PAYLOAD", `The machine file's activation time is wrong. ${askAgain}`],
  INVALID_LICENSE_EXPIRY: ["CREDENTIAL_PAYLOAD", `The credential's licence end is not a time. ${askAgain}`],
  INVALID_LICENSE_START: ["CREDENTIAL_PAYLOAD", `The included licence's start is not a time. ${askAgain}`],
  INVALID_ENTITLEMENT_EXPIRY: ["CREDENTIAL_PAYLOAD", `An included entitlement's end is not a time. ${askAgain}`],
  INVALID_INCLUDED_LICENSE: ["CREDENTIAL_PAYLOAD", `The licence inside the machine file is malformed. ${askAgain}`],
  INVALID_INCLUDED_ENTITLEMENT: [
    "CREDENTIAL_PAYLOAD",
    `An entitlement inside the machine file is malformed. ${askAgain}`,
  ],
  INCLUDED_LICENSE_MISMATCH: [
    "CREDENTIAL_INCLUDED_LICENSE",
    "The licence inside the machine file is another one or not active now. Check the licence's state on the server.",
  ],
  INCLUDED_PRODUCT_MISMATCH: [
    "CREDENTIAL_INCLUDED_LICENSE",
    `The licence inside the machine file is for another product. ${askAgain}`,
  ],
  MACHINE_RELATIONSHIP_MISMATCH: ["CREDENTIAL_CLAIMS", `The machine file names two different licences. ${askAgain}`],
  // machine file, checks 8 to 16, shared with offline tokens where the names agree
  INVALID_MACHINE_FILE_CLAIMS: [
    "CREDENTIAL_CLAIMS",
    `The machine file's claims contradict each other or its envelope. ${askAgain}`,
  ],
  LICENSE_MISMATCH: ["CREDENTIAL_LICENSE_MISMATCH", `The credential is for another licence key. ${sameInputs}`],
  PRODUCT_MISMATCH: ["CREDENTIAL_PRODUCT_MISMATCH", "The credential is for another product. Check the product chosen."],
  CLOCK_TAMPER: [
    "CREDENTIAL_CLOCK",
    "The credential was issued in this clock's future. Set the clock right, then check again.",
  ],
  TOKEN_NOT_YET_VALID: ["CREDENTIAL_NOT_YET_VALID", "The credential is not valid yet. Check the clock, or wait."],
  TOKEN_EXPIRED: ["CREDENTIAL_EXPIRED", "The credential has expired. Issue a new one."],
  LICENSE_EXPIRED: ["CREDENTIAL_LICENSE_EXPIRED", "The licence itself has expired. Renew it, then issue again."],
  FINGERPRINT_MISMATCH: ["CREDENTIAL_FINGERPRINT_MISMATCH", `The credential is for another device. ${sameInputs}`],
  GRACE_PERIOD_EXPIRED: [
    "CREDENTIAL_OFFLINE_TOO_LONG",
    "The credential is older than the host lets a device stay offline. Issue a new one.",
  ],
  activation_mismatch: [
    "CREDENTIAL_ACTIVATION_MISMATCH",
    "The credential is for another activation of this device. Activate again, then issue a new one.",
  ],
  // offline token
  TOKEN_PAYLOAD_TOO_LARGE: ["CREDENTIAL_TOO_LARGE", `The offline token is larger than any device reads. ${askAgain}`],
  INVALID_TOKEN_CLAIMS: ["CREDENTIAL_PAYLOAD", `The offline token is not what the format says. ${askAgain}`],
  INVALID_TOKEN_ENTITLEMENTS: ["CREDENTIAL_PAYLOAD", `The offline token's entitlements are wrong. ${askAgain}`],
  TOKEN_PAYLOAD_MISMATCH: ["CREDENTIAL_CLAIMS", "What the offline token shows is not what was signed. Do not use it."],
  INVALID_TIME_WINDOW: ["CREDENTIAL_CLAIMS", `The offline token's times contradict each other. ${askAgain}`],
  INVALID_SIGNING_KEY_METADATA: [
    "CREDENTIAL_CLAIMS",
    `The offline token names two different signing keys. ${askAgain}`,
  ],
  INVALID_SIGNING_KEY: ["CREDENTIAL_PUBLIC_KEY", "The public key must be the raw 32 bytes of an Ed25519 key."],
} as const satisfies Record<string, readonly [ErrorCode, string]>;
