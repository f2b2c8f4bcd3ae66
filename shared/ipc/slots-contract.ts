import { z } from "zod";
import { stickDecisions } from "../domain/stick-decision.ts";
import { count, id, none, text } from "./fields.ts";

/** Calls and the feed about physical slots and armed mode. Same rules as contract.ts. */

const failure = z.strictObject({
  code: text,
  message: text,
  /** What the message speaks of; of a drive that is refused, the guard's own code as `reason`. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});

const slotNumber = z.int().min(1).max(64);

const slotTile = z.strictObject({
  slot: slotNumber,
  /** Whether a port was taught for it. */
  taught: z.boolean(),
  state: z.enum(["empty", "reading", "ready", "activating", "writing", "verifying", "remove", "action", "held"]),
  /** What the drive calls itself, cleaned; null while the slot is empty. */
  label: text.nullable(),
  sizeBytes: count.nullable(),
  fileSystem: text.nullable(),
  devices: count,
  /** What the person at the bench is told; null while there is nothing to do but wait. */
  message: failure.nullable(),
  /** Which stick it is, once it is known: what bench.release takes. */
  stick: id.nullable(),
  /** A person may decide something here. */
  canRelease: z.boolean(),
  canRetry: z.boolean(),
  /** What the stick is held for, where that may be decided here (`bench.accept`). */
  canAccept: z.enum(stickDecisions).nullable(),
});

const benchView = z.strictObject({
  armed: z.boolean(),
  /** Null while disarmed. */
  order: z
    .strictObject({
      workOrder: text,
      product: text,
      count,
      done: count,
      claimed: count,
      left: count,
      renewals: z.boolean(),
      operator: text.nullable(),
    })
    .nullable(),
  slots: z.array(slotTile),
  /** Sticks cut off midway, which must come back or be given up. */
  owed: z.array(z.strictObject({ stick: id, label: text, devices: count })),
  /** Drives that are there and in no slot, with what the guard has against them. */
  elsewhere: z.array(
    z.strictObject({ id, label: text, sizeBytes: count.nullable(), refusal: failure.nullable(), port: z.boolean() }),
  ),
  /** Which source tells of plugging: a library, or looking again and again. */
  hotplug: z.strictObject({ source: z.enum(["usb-detection", "usb", "polling"]), problem: text.nullable() }),
  teaching: z
    .strictObject({
      waitingFor: slotNumber.nullable(),
      toCome: z.array(slotNumber),
      problem: z.enum(["no-port", "port-taken"]).nullable(),
    })
    .nullable(),
  /** A scan failed: nothing is known for sure until the next. */
  problem: failure.nullable(),
});

export const slotsCalls = {
  "bench.get": { input: none, output: benchView },
  "bench.arm": {
    input: z.strictObject({
      workOrder: z.string().min(1).max(128),
      count: z.int().min(1).max(1_000_000),
      renewals: z.boolean(),
    }),
    output: benchView,
  },
  "bench.disarm": { input: none, output: benchView },
  "bench.release": { input: z.strictObject({ stick: id }), output: benchView },
  /** Has the stick in this slot judged anew, as if it were plugged in now. */
  "bench.retry": { input: z.strictObject({ slot: slotNumber }), output: benchView },
  /** Decides about the stick that is held for this reason in this slot; refused when the slot holds another, or for another. */
  "bench.accept": {
    input: z.strictObject({ slot: slotNumber, stick: id, reason: z.enum(stickDecisions) }),
    output: benchView,
  },
  /** Lets a drive be worked on that is refused for its size alone, until it is unplugged: one in no slot, or the one in a slot. */
  "bench.allow-drive": {
    input: z.union([z.strictObject({ drive: id }), z.strictObject({ slot: slotNumber })]),
    output: benchView,
  },
  "slots.teach": { input: z.strictObject({ slots: z.array(slotNumber).min(1).max(64) }), output: benchView },
  "slots.stop-teaching": { input: none, output: benchView },
  "slots.forget": { input: z.strictObject({ slot: slotNumber }), output: benchView },
  /** Unmounts every volume of a drive and switches it off where the system can; green only after the system says so. */
  "sticks.eject": {
    input: z.strictObject({ stickId: id }),
    output: z.strictObject({ how: z.enum(["gone", "unmounted", "powered-off"]) }),
  },
} as const;

export const slotsFeeds = { bench: benchView } as const;
