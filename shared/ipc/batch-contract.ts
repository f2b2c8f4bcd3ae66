import { z } from "zod";
import { preflight, rejectedRow } from "./preflight-contract.ts";
import { count, failure, id, instant, page, text } from "./fields.ts";

/** Calls and the feed about batches, and about single devices. Same rules as contract.ts. */

const deviceStatus = z.enum(["waiting", "activating", "issuing", "issued", "delivered", "failed", "skipped"]);
export const deviceRow = z.strictObject({
  fingerprintSha256: z.string().length(64),
  fingerprint: text,
  name: text.nullable(),
  serial: text.nullable(),
  status: deviceStatus,
  renewal: z.boolean(),
  file: text.nullable(),
  activationId: text.nullable(),
  expiresAt: instant.nullable(),
  error: failure.nullable(),
});
export const batchView = z.strictObject({
  id,
  stickId: id.nullable(),
  stickLabel: text,
  product: text,
  workOrder: text.nullable(),
  operator: text.nullable(),
  startedAt: instant,
  phase: z.enum(["working", "paused", "delivering", "finished", "stopped", "unfinished"]),
  step: z.enum(["activating", "writing", "verifying", "committing", "done"]),
  devices: count,
  /** Devices whose file was issued, delivered ones among them. */
  issued: count,
  delivered: count,
  failed: count,
  skipped: count,
  rejected: count,
  perSecond: z.number(),
  secondsLeft: z.number().nullable(),
  /** Rises with every change; rows are fetched anew when it does. */
  revision: count,
  rehearsal: z.boolean(),
  problem: failure.nullable(),
});
export const proof = z.strictObject({
  batch: id,
  folder: text,
  files: count,
  manifestSha256: text,
  sumsSha256: text,
  readBack: z.enum(["direct", "cached"]),
  checkpoint: text,
  /** The envelope as it lies on the stick; "" when that is not there any more. */
  manifest: z.string().max(4_194_304),
});

const onConflict = z.enum(["refuse", "skip", "accept"]);

export const batchCalls = {
  "batch.preflight": { input: z.strictObject({ stickId: id }), output: preflight },
  "batch.start": { input: z.strictObject({ stickId: id, onConflict }), output: batchView },
  "batch.continue": {
    input: z.strictObject({ stickId: id, acceptSigningKey: z.boolean(), giveUp: z.boolean() }),
    output: batchView,
  },
  "batch.pause": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.unpause": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.stop": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.retry-failed": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.list": { input: z.strictObject(page), output: z.strictObject({ total: count, rows: z.array(batchView) }) },
  "batch.rows": {
    input: z.strictObject({ batch: id, ...page, status: z.array(deviceStatus), query: z.string().max(255) }),
    output: z.strictObject({ revision: count, total: count, rows: z.array(deviceRow) }),
  },
  "batch.rejected": { input: z.strictObject({ batch: id }), output: z.array(rejectedRow) },
  "batch.proof": { input: z.strictObject({ batch: id }), output: proof.nullable() },
  "batch.report": {
    input: z.strictObject({ batch: id, form: z.enum(["text", "csv"]) }),
    output: z.strictObject({ name: text, content: z.string() }),
  },

  "single.issue": {
    input: z.strictObject({ fingerprint: z.string().max(255), name: z.string().max(255), stickId: id.nullable() }),
    output: z.strictObject({
      batch: id,
      fileName: text,
      certificate: z.string(),
      fileSha256: text,
      ledgerIndex: count,
      expiresAt: instant,
      deliveredTo: text.nullable(),
    }),
  },
} as const;

export const batchFeeds = {
  batches: z.array(batchView),
} as const;
