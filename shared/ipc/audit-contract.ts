import { z } from "zod";
import { count, errorCode, none, text } from "./fields.ts";

/** Calls with which an auditor asks the ledger. Same rules as contract.ts. */

/** A day, `YYYY-MM-DD`; null: open at that end. */
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .nullable();
const period = { from: day, to: day };

const devices = z.strictObject({ ...period, workOrder: z.string().max(128).nullable() });
/** A fingerprint, its SHA-256, or a name, serial or asset tag. */
const device = z.strictObject({ device: z.string().max(255) });
const overrides = z.strictObject(period);
const expiring = z.strictObject({ days: z.int().min(0).max(36_600) });
const counts = z.strictObject({ ...period, by: z.enum(["operator", "work-order"]) });

/** The rows that fit, and how many there are; `audit.csv` has them all. */
const answer = z.strictObject({
  columns: z.array(z.string().max(64)).max(32),
  rows: z.array(z.array(z.union([text, z.number(), z.boolean(), z.null()])).max(32)).max(5000),
  total: count,
});
const reconciliation = z.strictObject({
  seats: count,
  agreeing: count,
  unanswered: count,
  total: count,
  /** At most 5,000 of them. */
  differences: z
    .array(
      z.strictObject({
        kind: z.enum(["seat-unlogged", "seat-gone", "name-differs", "activation-differs", "seats-uncounted"]),
        fingerprintSha256: text.nullable(),
        deviceName: text.nullable(),
        server: text.nullable(),
        ledger: text.nullable(),
      }),
    )
    .max(5000),
});

/** How far the comparison with the licensing server is, or how the newest one ended. */
const comparison = z.strictObject({
  running: z.boolean(),
  /** Devices asked about, of how many; 0 of 0 while the ledger is read. */
  done: count,
  total: count,
  ended: z.enum(["compared", "stopped", "failed"]).nullable(),
  problem: z.strictObject({ code: errorCode, message: text }).nullable(),
  finishedAt: z.string().max(40).nullable(),
});

export const auditCalls = {
  "audit.devices": { input: devices, output: answer },
  "audit.device": { input: device, output: answer },
  "audit.overrides": { input: overrides, output: answer },
  "audit.expiring": { input: expiring, output: answer },
  "audit.counts": { input: counts, output: answer },
  /** A whole answer as a file in a folder that a person chooses; null: none was chosen. */
  "audit.csv": {
    input: z.discriminatedUnion("kind", [
      devices.extend({ kind: z.literal("devices") }),
      device.extend({ kind: z.literal("device") }),
      overrides.extend({ kind: z.literal("overrides") }),
      expiring.extend({ kind: z.literal("expiring") }),
      counts.extend({ kind: z.literal("counts") }),
    ]),
    output: z.strictObject({ file: text.nullable(), rows: count }),
  },
  /** The report of a period, printed where that can be done. */
  "audit.report": {
    input: z.strictObject(period),
    output: z.strictObject({ file: text.nullable(), printed: z.boolean() }),
  },
  /** Null: no list was chosen. */
  "audit.reconcile-csv": { input: none, output: reconciliation.nullable() },
  /** Begins the comparison, or joins the one that runs; the feed `comparison` says how far it is. */
  "audit.reconcile-server": { input: none, output: comparison },
  "audit.reconcile-stop": { input: none, output: comparison },
  /** What the newest comparison with the server found; null while it runs or when it was not finished. */
  "audit.reconciled": { input: none, output: reconciliation.nullable() },
} as const;

export const auditFeeds = { comparison } as const;
