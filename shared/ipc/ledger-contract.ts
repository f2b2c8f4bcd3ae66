import { z } from "zod";
import { count, instant, none, page, text } from "./fields.ts";

/** Calls and the feed about devices, the ledger and its counts. Same rules as contract.ts. */

export const deviceHit = z.strictObject({
  fingerprintSha256: text,
  fingerprint: text.nullable(),
  name: text.nullable(),
  serial: text.nullable(),
  lastIssuedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  files: count,
});
export const ledgerRow = z.strictObject({
  index: count,
  type: text,
  at: instant,
  batch: text.nullable(),
  fingerprintSha256: text.nullable(),
  deviceName: text.nullable(),
  operator: text.nullable(),
  json: z.string().max(70_000),
});
export const verification = z.strictObject({
  running: z.boolean(),
  done: count,
  total: count,
  ok: z.boolean().nullable(),
  problems: z.array(text),
  finishedAt: instant.nullable(),
});

export const ledgerCalls = {
  "devices.search": {
    input: z.strictObject({ query: z.string().max(255), ...page }),
    output: z.strictObject({ total: count, rows: z.array(deviceHit) }),
  },
  "devices.history": {
    input: z.strictObject({ fingerprintSha256: z.string().length(64) }),
    output: z.array(ledgerRow),
  },
  "devices.receipt": {
    input: z.strictObject({ index: count }),
    output: z.strictObject({ name: text, content: z.string() }),
  },
  /** Gives back the seat that the ledger says the device holds; null: the server knew of none. */
  "devices.deactivate": {
    input: z.strictObject({ fingerprintSha256: z.string().length(64), reason: z.string().max(512) }),
    output: z.strictObject({ activationId: text.nullable() }),
  },

  "ledger.page": {
    input: z.strictObject({
      before: count.nullable(),
      limit: z.int().min(1).max(500),
      type: text.nullable(),
      query: z.string().max(255),
    }),
    output: z.strictObject({ size: count, rows: z.array(ledgerRow) }),
  },
  "ledger.verify": { input: none, output: verification },
  "ledger.export": { input: none, output: z.strictObject({ folder: text.nullable(), entries: count }) },
  "ledger.checkpoint": { input: none, output: z.strictObject({ checkpoint: text }) },

  "stats.summary": {
    input: none,
    output: z.strictObject({
      /** One point a minute of this session. */
      throughput: z.array(z.strictObject({ at: instant, issued: count, failed: count })),
      pools: z.array(z.strictObject({ pool: text, seatLimit: count.nullable(), activeSeats: count })),
      /** Files that expire in each month from now, `YYYY-MM`. */
      expiring: z.array(z.strictObject({ month: z.string().length(7), files: count })),
    }),
  },
} as const;

export const ledgerFeeds = {
  verification,
} as const;
