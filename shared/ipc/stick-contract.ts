import { z } from "zod";
import { count, failure, id, none, text } from "./fields.ts";

/** Calls and the feed about sticks and folders that stand for them. Same rules as contract.ts. */

export const stickView = z.strictObject({
  id,
  label: text,
  kind: z.enum(["drive", "folder"]),
  slot: z.int().min(1).nullable(),
  sizeBytes: count.nullable(),
  freeBytes: count.nullable(),
  fileSystem: text.nullable(),
  state: z.enum(["reading", "ready", "activating", "writing", "verifying", "remove", "action", "held", "empty"]),
  /** 0 to 1 while something proceeds. */
  progress: z.number().min(0).max(1).nullable(),
  requests: count,
  alreadyProvisioned: count,
  refused: count,
  conflicts: count,
  /** A batch that works on this stick, or is owed to it. */
  batch: id.nullable(),
  unfinished: z.boolean(),
  problem: failure.nullable(),
});

export const stickCalls = {
  "sticks.add-folder": { input: none, output: z.array(stickView) },
  "sticks.remove-folder": { input: z.strictObject({ stickId: id }), output: z.array(stickView) },
  "sticks.read": { input: z.strictObject({ stickId: id }), output: z.array(stickView) },
  /** A folder filled with realistic request files, offered as a stick; rehearsal only. */
  "rehearsal.make-stick": { input: z.strictObject({ devices: z.int().min(1).max(1000) }), output: z.array(stickView) },
} as const;

export const stickFeeds = {
  sticks: z.array(stickView),
} as const;
