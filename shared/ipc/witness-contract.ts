import { z } from "zod";
import { count, instant, none, text } from "./fields.ts";

/** Calls about the station's own keys and about checkpoints that came back from outside. Same rules as contract.ts. */

/** Also a receipt or a cosigned one; pasted, so ends of lines may have suffered. */
const note = z.string().min(1).max(131_072);

const keyUse = z.enum(["ledger", "manifest", "minisign"]);

const witnessView = z.strictObject({
  /** Entries in today's ledger. */
  size: count,
  policy: z.strictObject({ needed: count, keys: z.array(text).max(32) }),
  /** What others must know this station by when it vouches for them. */
  ownKey: text,
  /** Checkpoints that are part of today's ledger, newest first; at most 100 of each kind. */
  seen: z.array(z.strictObject({ entry: count, at: instant, size: count, stick: text.nullable() })).max(100),
  cosigned: z.array(z.strictObject({ size: count, witnesses: z.array(text).max(32) })).max(100),
  /** Checkpoints that this station signed and that today's ledger contradicts, each with both signed notes. */
  contradictions: z
    .array(
      z.strictObject({
        entry: count,
        at: instant,
        size: count,
        reason: z.enum(["ahead", "fork", "unknown"]),
        stick: text.nullable(),
        checkpoint: note,
        ownCheckpoint: note.nullable(),
      }),
    )
    .max(100),
});

export const witnessCalls = {
  /** A new key takes over; the ledger says so and both sign it. Fingerprints are SHA-256 of the SPKI form. */
  "keys.rotate": {
    input: z.strictObject({ use: keyUse }),
    output: z.strictObject({ use: keyUse, entry: count, oldSha256: text, newSha256: text }),
  },
  "witness.list": { input: none, output: witnessView },
  /** Null note: the host asks for a file. Null answer: none was chosen. */
  "witness.add": {
    input: z.strictObject({ note: note.nullable() }),
    output: z
      .strictObject({ size: count, witnesses: z.array(text).max(32), needed: count, view: witnessView })
      .nullable(),
  },
  "witness.policy": {
    input: z.strictObject({ needed: z.int().min(0).max(32), keys: z.array(text).max(32) }),
    output: witnessView,
  },
} as const;
