import { z } from "zod";
import { auditCalls, auditFeeds } from "./audit-contract.ts";
import { carryCalls, licenceCalls, licenceFeeds, operatorCalls, operatorFeeds } from "./authority-contract.ts";
import { batchCalls, batchFeeds } from "./batch-contract.ts";
import { count, instant, text } from "./fields.ts";
import { jobCalls } from "./job-contract.ts";
import { ledgerCalls, ledgerFeeds } from "./ledger-contract.ts";
import { settingsCalls } from "./settings-contract.ts";
import { slotsCalls, slotsFeeds } from "./slots-contract.ts";
import { stickCalls, stickFeeds } from "./stick-contract.ts";
import { witnessCalls } from "./witness-contract.ts";

/**
 * Every call and feed between the window and the engine: name -> schemas; all types are derived from here. Objects are
 * strict, ids are issued by the engine, and no call takes a path: folders and files come from the host's own dialogs.
 * Secrets travel inwards only (`secret` fields); nothing that leaves the engine holds one.
 */

/** name -> input and output. */
export const calls = {
  ...settingsCalls,
  ...jobCalls,
  ...stickCalls,
  ...batchCalls,
  ...ledgerCalls,
  ...slotsCalls,
  ...carryCalls,
  ...licenceCalls,
  ...auditCalls,
  ...operatorCalls,
  ...witnessCalls,
} as const;

/** name -> what the feed's snapshots hold; a new subscriber gets the present one at once. */
export const feeds = {
  status: z.strictObject({
    station: text,
    operator: text,
    api: z.strictObject({ url: text, reachable: z.boolean().nullable(), since: instant.nullable() }),
    seatsLeft: count.nullable(),
    ledger: z.strictObject({
      size: count,
      root: text,
      health: z.enum(["unchecked", "good", "broken"]),
      /** Why it is broken: nothing is spent or appended then, and what is left can be searched and exported. */
      problem: text.nullable().optional(),
    }),
    rehearsal: z.boolean(),
    busy: z.boolean(),
  }),
  ...stickFeeds,
  ...batchFeeds,
  ...ledgerFeeds,
  ...slotsFeeds,
  ...licenceFeeds,
  ...auditFeeds,
  ...operatorFeeds,
} as const;

export type CallName = keyof typeof calls;
export type FeedName = keyof typeof feeds;
export type CallInput<N extends CallName> = z.infer<(typeof calls)[N]["input"]>;
export type CallOutput<N extends CallName> = z.infer<(typeof calls)[N]["output"]>;
export type FeedSnapshot<N extends FeedName> = z.infer<(typeof feeds)[N]>;
