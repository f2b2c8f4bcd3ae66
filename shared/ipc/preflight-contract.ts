import { z } from "zod";
import { count, errorCode, failure, id, instant, text } from "./fields.ts";

/** What is known of a batch before a seat is spent. Same rules as contract.ts. */

export const rejectedRow = z.strictObject({ path: text, line: count.nullable(), code: errorCode, message: text });
export const conflictRow = z.strictObject({
  kind: z.enum(["two-names", "one-name", "two-licenses"]),
  subject: text,
  values: z.array(text),
  paths: z.array(text),
});
export const preflight = z.strictObject({
  stickId: id,
  /** Devices, each once. */
  found: count,
  files: count,
  /** Requests that ask once more for a device already asked for. */
  duplicates: count,
  rejected: z.array(rejectedRow),
  conflicts: z.array(conflictRow),
  renewals: count,
  onServer: count.nullable(),
  seatsNeeded: count,
  seatsLeft: count.nullable(),
  licenses: z.array(
    z.strictObject({
      last4: text,
      state: text,
      seatLimit: count.nullable(),
      activeSeats: count.nullable(),
      expiresAt: instant.nullable(),
      problem: failure.nullable(),
    }),
  ),
  policy: z.strictObject({
    ttlDays: count,
    graceDays: count,
    effectiveDays: z.number(),
    warnings: z.array(z.enum(["slow-revocation", "license-ends-first", "no-grace"])),
  }),
  bytesNeeded: count,
  bytesFree: count.nullable(),
  estimatedSeconds: z.number(),
  /** What the station's own licence lets be done of it. */
  allowance: z.strictObject({
    limit: count.nullable(),
    left: count.nullable(),
    wouldGet: count.nullable(),
    problem: failure.nullable(),
  }),
  problem: failure.nullable(),
});
