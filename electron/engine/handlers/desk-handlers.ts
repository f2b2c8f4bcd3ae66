import { isForEverybody } from "../authority/permissions.ts";
import type { FeedSources, Handlers, Permit } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Files } from "../platform/files.ts";
import type { Random } from "../platform/random.ts";
import { auditHandlers } from "./audit-handlers.ts";
import { batchHandlers } from "./batch-handlers.ts";
import { benchHandlers } from "./bench/bench-handlers.ts";
import { carryHandlers } from "./carry-handlers.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import { deskFeeds } from "./feeds.ts";
import { ledgerHandlers } from "./ledger-handlers.ts";
import { licenceHandlers } from "./licence-handlers.ts";
import { licenseHandlers } from "./license-handlers.ts";
import { operatorHandlers } from "./operator-handlers.ts";
import { settingsHandlers, type SettingsParts } from "./settings-handlers.ts";
import { stickHandlers } from "./stick-handlers.ts";
import { witnessHandlers } from "./witness-handlers.ts";

/** Every call of the contract and every feed, on one desk. */
export function deskHandlers(
  desk: Desk,
  parts: {
    readonly dialogs: Dialogs;
    readonly files: Files;
    readonly clock: Clock;
    readonly random: Random;
    readonly version: string;
    readonly custody: SettingsParts["custody"];
  },
): { readonly handlers: Handlers; readonly feeds: FeedSources; readonly permit: Permit } {
  const { dialogs, files, clock, random, version, custody } = parts;
  return {
    handlers: {
      "lock.state": () => ({ needs: null }),
      "lock.open": () => ({ needs: null }),
      ...settingsHandlers({ desk, dialogs, clock, version, custody }),
      ...licenseHandlers(desk, clock),
      ...stickHandlers(desk, dialogs, clock, random),
      ...batchHandlers(desk, files),
      ...carryHandlers(desk, dialogs, clock, random),
      ...benchHandlers(desk),
      ...ledgerHandlers(desk, dialogs, clock),
      ...licenceHandlers(desk, dialogs),
      ...auditHandlers(desk, dialogs, clock),
      ...operatorHandlers(desk, clock),
      ...witnessHandlers(desk, dialogs),
    },
    feeds: deskFeeds(desk, clock),
    // What is everybody's does not wait for the home to be opened, and is answered when that is broken.
    permit: async (name, input) => {
      if (!isForEverybody(name)) (await desk.operators())?.require(name, input);
    },
  };
}
