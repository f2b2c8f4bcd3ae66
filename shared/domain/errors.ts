/**
 * Every error code the station can answer with, and one line of meaning each. Codes are API: they appear in
 * `--json`, in the ledger and in the window's messages. The texts people read live with the adapters.
 */
export const errorMeanings = {
  // usage and station
  USAGE: "the command or call was not understood",
  INTERNAL: "a fault of the station itself",
  CANCELLED: "the operator stopped it",
  HOME_LOCKED: "another station process works on this home",
  STICK_LOCKED: "another station process works on this stick",
  HOME_UNREADABLE: "the station's data folder cannot be read or written",
  KEYS_UNREADABLE: "the station's key file is missing, damaged or sealed with another secret",
  SECRET_MISSING: "a secret needed to go on is not at hand",
  // intake: one request file or line
  REQUEST_EMPTY: "the request holds nothing",
  REQUEST_TOO_LARGE: "the request file is over the size cap",
  REQUEST_ENCODING: "the request is not clean UTF-8 text",
  REQUEST_NAME_ENCODING: "the file's name is not clean UTF-8 text",
  REQUEST_NOT_A_FILE: "a link, pipe or device stands where a request file should",
  REQUEST_UNREADABLE: "the request file could not be read",
  REQUEST_SYNTAX: "the request is not in the form its name promises",
  REQUEST_DUPLICATE_MEMBER: "the JSON request names one member twice",
  REQUEST_TOO_DEEP: "the JSON request is nested too deeply",
  REQUEST_SHAPE: "a member of the request is missing or of the wrong kind",
  REQUEST_FORMULA: "a cell of the list would run as a spreadsheet formula",
  FINGERPRINT_LENGTH: "the fingerprint is shorter than 8 or longer than 255 bytes",
  FINGERPRINT_CHARACTERS: "the fingerprint has control characters or blanks around it",
  NAME_CHARACTERS: "the device name has control or direction-changing characters, or is too long",
  TOO_MANY_REQUESTS: "the stick holds more requests than one stick may",
  TOO_MANY_ENTRIES: "the folder holds more entries than are looked at",
  TOO_DEEP_FOLDER: "request files below the third folder are not read",
  NO_REQUESTS: "no usable request was found on the stick",
  CONFLICT_UNDECIDED: "names and fingerprints contradict each other and nobody decided",
  CONFLICT_SKIPPED: "the device was left out because its requests contradict each other",
  PRODUCT_UNEXPECTED: "the request names another product than this batch",
  // policy
  POLICY_TTL: "the time to live is outside what the policy allows",
  POLICY_GRACE: "the grace period is outside what the policy allows",
  POOL_EMPTY: "no licence key with a free seat is left in the pool",
  LICENSE_KEY_MISSING: "no licence key was given for the device",
  LICENSE_KEY_INVALID: "the licence key is not of a form the server could know",
  // licensing server
  API_UNREACHABLE: "the licensing server did not answer",
  API_TIMEOUT: "the licensing server did not answer in time",
  API_RATE_LIMITED: "the licensing server kept refusing for rate",
  API_FAILED: "the licensing server answered with a fault of its own",
  API_REDIRECT: "the licensing server answered with a redirect, which is never followed",
  API_MALFORMED: "the licensing server's answer is not what the contract says",
  API_TOO_LARGE: "the licensing server's answer is over the size cap",
  API_WRONG_IDENTITY: "the answer is for another device, licence or product than was asked",
  API_URL_INVALID: "the API address is not an absolute HTTPS or loopback address",
  API_UNAUTHORIZED: "the API key is missing or wrong",
  API_FORBIDDEN: "the API key lacks the right scope",
  API_REFUSED: "the licensing server refused the request",
  PRODUCT_NOT_FOUND: "the licensing server does not know the product",
  PRODUCT_MISMATCH: "the licence belongs to another product",
  LICENSE_NOT_FOUND: "the licensing server does not know the licence key",
  LICENSE_EXPIRED: "the licence has expired",
  LICENSE_SUSPENDED: "the licence is suspended",
  LICENSE_REVOKED: "the licence is revoked",
  LICENSE_NOT_ACTIVE: "the licence is not active",
  LICENSE_NOT_STARTED: "the licence has not started",
  SEAT_LIMIT_EXCEEDED: "the licence has no free seat",
  DEVICE_NOT_ACTIVATED: "the device has no seat",
  SIGNING_KEY_UNKNOWN: "the signing key of the file is not known to the server or the station",
  SIGNING_KEY_CHANGED: "the server's signing key is not the one recorded; somebody must accept it",
  // credentials: machine files and offline tokens, in the order they are checked
  CREDENTIAL_TOO_LARGE: "the credential is over the size cap",
  CREDENTIAL_FORMAT: "the credential's armor, encoding or envelope is not exact",
  CREDENTIAL_ALGORITHM: "the credential's algorithm is not supported",
  CREDENTIAL_PUBLIC_KEY: "the public key is not a raw 32-byte Ed25519 key",
  CREDENTIAL_SIGNATURE: "the signature does not verify",
  CREDENTIAL_DECRYPTION: "the payload does not open with this licence key and fingerprint",
  CREDENTIAL_PAYLOAD: "the payload's shape is wrong",
  CREDENTIAL_CLAIMS: "the payload's claims contradict each other or the envelope",
  CREDENTIAL_INCLUDED_LICENSE: "the included licence contradicts the file or is not active",
  CREDENTIAL_PRODUCT_MISMATCH: "the credential is for another product",
  CREDENTIAL_LICENSE_MISMATCH: "the credential is for another licence key",
  CREDENTIAL_FINGERPRINT_MISMATCH: "the credential is for another device",
  CREDENTIAL_ACTIVATION_MISMATCH: "the credential is for another activation",
  CREDENTIAL_CLOCK: "the credential was issued in the future of this clock",
  CREDENTIAL_NOT_YET_VALID: "the credential is not valid yet",
  CREDENTIAL_EXPIRED: "the credential has expired",
  CREDENTIAL_LICENSE_EXPIRED: "the licence inside the credential has expired",
  CREDENTIAL_OFFLINE_TOO_LONG: "the credential is older than the host allows offline",
  // stick
  STICK_UNSAFE: "the place is not one the station may write to",
  STICK_GONE: "the stick is not there any more",
  STICK_FULL: "the stick has no room",
  STICK_READ_ONLY: "the stick cannot be written",
  STICK_IO: "the stick reported an input or output fault",
  STICK_READ_BACK: "what was read back from the stick is not what was written",
  STICK_BUSY: "the place on the stick is in use",
  STICK_OTHER: "this is not the stick that the batch began on",
  // ledger
  LEDGER_BROKEN: "the ledger does not verify",
  LEDGER_REWOUND: "a checkpoint signed by this station is ahead of or beside the ledger",
  LEDGER_FOREIGN: "the checkpoint is of another ledger",
  WITNESS_UNPROVED: "the checkpoint is not proved to go on from the one that was seen before",
  WITNESS_FORKED: "the checkpoint and one that was seen before are of different ledgers",
  LEDGER_UNWRITABLE: "the ledger could not be written",
  LEDGER_ENTRY_TOO_LARGE: "the ledger entry is over 65,535 bytes",
  CLOCK_BEHIND: "the clock is behind the ledger's last entry",
  DEVICE_IN_BATCH: "a batch that is not finished has the device",
  NOTHING_TO_RESUME: "no unfinished batch is known for this stick",
  // licence tokens: the station's own and those it carries, and the vendor keys that verify them
  LICENCE_TOKEN_TOO_LARGE: "the licence token is over the size cap",
  LICENCE_TOKEN_FORMAT: "the licence token is not in the one form it may have",
  LICENCE_TOKEN_ALGORITHM: "the licence token names an algorithm that is not accepted",
  LICENCE_TOKEN_KEY: "no known vendor key could have signed the licence token",
  LICENCE_TOKEN_SIGNATURE: "the licence token's signature does not verify",
  LICENCE_TOKEN_CLAIMS: "what the licence token says is malformed or contradicts itself",
  LICENCE_TOKEN_PURPOSE: "the token was signed for another purpose",
  VENDOR_KEY_INVALID: "the file is not a public key that licence tokens may be signed with",
  VENDOR_KEY_REFUSED: "vendor keys cannot be added by hand here",
  // the station's own licence: what it lets be spent
  LICENCE_REQUIRED: "without a station licence nothing more can be provisioned now",
  LICENCE_GRACE: "the station licence has expired and its grace period runs",
  LICENCE_RUN_OUT: "the station licence has expired, and the station works as without one",
  LICENCE_READ_ONLY: "the station licence is in its read-only period",
  LICENCE_LOCKED: "the station licence's read-only period is over",
  LICENCE_OFFLINE_TOO_LONG: "the licensing side was not reached for longer than the station licence allows",
  LICENCE_OTHER_STATION: "the station licence is bound to another station",
  LICENCE_KEPT: "a station licence past its grace period can only be replaced",
  LICENCE_FILE_UNREADABLE: "the watched licence file cannot be read",
  LICENCE_RECOVERY_REFUSED: "the recovery key is not for what was seen on this station",
  STATION_TAMPERED: "signs of tampering were seen; writing waits for a recovery key",
  STATION_QUOTA_REACHED: "the station's quota of the last 24 hours is used up",
  STATION_DEVICES_REACHED: "the station licence's number of devices is used up",
  STATION_BURST_REACHED: "more batches were begun in a short time than the station licence allows",
  // operators
  OPERATOR_SIGN_IN_NEEDED: "the station has accounts and nobody is signed in",
  OPERATOR_NOT_ALLOWED: "the operator's role does not include this",
  OPERATOR_UNKNOWN: "badge and PIN do not belong together",
  OPERATOR_LOCKED_OUT: "the account waits after too many wrong PINs",
  OPERATOR_PIN_WEAK: "the PIN is too short or too easy to guess",
  OPERATOR_EXISTS: "another account has this badge",
  OPERATOR_LAST_ADMINISTRATOR: "the station would be left without an administrator",
  OPERATOR_TAMPERED: "an operator's sealed key is not the one the ledger names",
  APPROVAL_NEEDED: "policy asks a second person to approve this",
  APPROVAL_CLOSED: "the approval is decided, used, expired or not known",
  APPROVAL_SAME_PERSON: "nobody approves what they asked for themselves",
  ALLOTMENT_MISSING: "no supervisor has signed this work order for the product",
  ALLOTMENT_EXHAUSTED: "the work order does not allow so many devices",
  ALLOTMENT_TTL: "the time to live is longer than the work order allows",
  ALLOTMENT_TIME: "the work order is not valid at this time",
  // verification of a stick or an export
  VERIFY_MISSING: "a file that is named is not there",
  VERIFY_UNEXPECTED: "a file that is not named is there",
  VERIFY_DIGEST: "a file's bytes are not those that were signed",
  VERIFY_SIGNATURE: "a signature does not verify",
  VERIFY_ENCODING: "a file is not in its one exact encoding",
  VERIFY_RECEIPT: "a ledger receipt does not prove its file",
  VERIFY_MANIFEST: "the manifest contradicts the files, the receipts or itself",
  VERIFY_INDEX: "index.json contradicts the batches",
  VERIFY_KEYS: "the trusted keys are missing or not readable",
  VERIFY_REQUEST: "a request file is not the one that was answered",
} as const;

export type ErrorCode = keyof typeof errorMeanings;

/** What every adapter answers for a failure; never holds a secret. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Failure of a whole operation. Expected failures of one device are values of type {@link Failure}. */
export class StationError extends Error {
  override readonly name = "StationError";
  readonly code: ErrorCode;
  readonly details: Failure["details"];
  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Failure["details"] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }
}

/** Folds anything thrown into a failure; a foreign error's own text is dropped, since it may hold anything. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof StationError) {
    const { code, message, details } = thrown;
    return details === undefined ? { code, message } : { code, message, details };
  }
  return { code: "INTERNAL", message: errorMeanings.INTERNAL };
}
