import type { ErrorCode } from "./errors.ts";

/** What one device asks for, after intake has parsed it. Strings are clean: no control or bidi characters, trimmed. */
export interface DeviceRequest {
  /** 8 to 255 bytes of UTF-8, exactly as the device exported it. */
  readonly fingerprint: string;
  /** Lower-case hex SHA-256 of the fingerprint's UTF-8 bytes. */
  readonly fingerprintSha256: string;
  readonly deviceName: string | null;
  readonly serial: string | null;
  readonly assetTag: string | null;
  readonly platform: string | null;
  readonly fingerprintComponents: Readonly<Record<string, string>> | null;
  /** RFC 3339 as the device wrote it, or null. */
  readonly requestedAt: string | null;
  /** From a list only. A secret: never logged, exported or shown. */
  readonly licenseKey: string | null;
  readonly product: string | null;
  /** Every place the same device was asked for, in reading order; never empty. */
  readonly sources: readonly RequestSource[];
}

export interface RequestSource {
  /** Relative to the volume's root, `/` between folders. */
  readonly path: string;
  /** 1-based line of a list; null for a file of one request. */
  readonly line: number | null;
  /** Lower-case hex SHA-256 of the whole file. */
  readonly fileSha256: string;
}

/** Names and fingerprints that contradict each other. Nothing is spent on them before somebody decides. */
export type RequestConflict =
  | {
      readonly kind: "two-names";
      readonly fingerprintSha256: string;
      readonly names: readonly string[];
      readonly paths: readonly string[];
    }
  | {
      readonly kind: "one-name";
      readonly name: string;
      readonly fingerprintSha256s: readonly string[];
      readonly paths: readonly string[];
    }
  | { readonly kind: "two-licenses"; readonly fingerprintSha256: string; readonly paths: readonly string[] };

/** A file, folder or line that asked for something and was refused; the others went on. */
export interface Rejection {
  /** Relative to the volume's root, `/` between folders, fit to be shown: what a name should not hold is escaped. */
  readonly path: string;
  /** 1-based line of a list; null when it is about the whole file or folder. */
  readonly line: number | null;
  readonly code: ErrorCode;
  readonly message: string;
}
