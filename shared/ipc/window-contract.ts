import type { z } from "zod";
import { carryCalls, licenceCalls, licenceFeeds, operatorCalls, operatorFeeds } from "./authority-contract.ts";
import { calls, feeds } from "./contract.ts";

/** Every call and feed that the window speaks. */
export const windowCalls = { ...calls, ...licenceCalls, ...operatorCalls, ...carryCalls } as const;
export const windowFeeds = { ...feeds, ...licenceFeeds, ...operatorFeeds } as const;

export type CallName = keyof typeof windowCalls;
export type FeedName = keyof typeof windowFeeds;
export type CallInput<N extends CallName> = z.infer<(typeof windowCalls)[N]["input"]>;
export type CallOutput<N extends CallName> = z.infer<(typeof windowCalls)[N]["output"]>;
export type FeedSnapshot<N extends FeedName> = z.infer<(typeof windowFeeds)[N]>;
