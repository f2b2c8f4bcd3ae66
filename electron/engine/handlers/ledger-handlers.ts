import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8, must } from "#shared/formats/encoding.ts";
import type { Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import { giveBack } from "./give-back.ts";
import { folderStamp } from "./folder-stamp.ts";
import { seatsOfPools } from "./seats.ts";
import type { Workspace } from "./workspace.ts";

type LedgerCalls = Extract<keyof Handlers, `ledger.${string}` | `devices.${string}` | `stats.${string}`>;

export function ledgerHandlers(desk: Desk, dialogs: Dialogs, clock: Clock): Pick<Handlers, LedgerCalls> {
  return {
    "devices.search": async ({ query, offset, limit }) => {
      const found = await (await desk.existing())?.ledger.devices(query, offset, limit);
      return found ?? { total: 0, rows: [] };
    },
    "devices.history": async ({ fingerprintSha256 }) =>
      (await desk.existing())?.ledger.deviceHistory(fingerprintSha256) ?? [],
    "devices.receipt": async ({ index }) => {
      const { ledger } = await begun(desk);
      return {
        name: `entry-${index}.tlog-proof`,
        content: must(fromUtf8(ledger.receipt(index)), "the receipt's text"),
      };
    },
    "devices.deactivate": async ({ fingerprintSha256, reason }) => {
      try {
        return await giveBack(await begun(desk), fingerprintSha256, reason);
      } finally {
        desk.changes.raise();
      }
    },
    "ledger.page": async (asked) => {
      const ledger = (await desk.existing())?.ledger;
      return { size: ledger?.size ?? 0, rows: (await ledger?.page(asked)) ?? [] };
    },
    "ledger.verify": async () => (await begun(desk)).verification.start(),
    "ledger.export": async () => {
      const { opened, engine } = await begun(desk);
      const chosen = await dialogs.chooseFolder("ledger");
      if (chosen === null) return { folder: null, entries: 0 };
      const folder = join(chosen, `ledger-${folderStamp(engine.name, clock.now())}`);
      return { folder, entries: await opened.exportLedger(folder, desk.settings.get().language) };
    },
    "ledger.checkpoint": async () => ({ checkpoint: (await begun(desk)).ledger.checkpoint() }),
    "stats.summary": async () => {
      const workspace = await desk.existing();
      if (workspace === null) return { throughput: [], pools: [], expiring: [] };
      const { throughput, licenses, ledger } = workspace;
      const months = [...(await ledger.expiringMonths(clock.now()))].sort(([a], [b]) => (a < b ? -1 : 1));
      return {
        throughput: throughput.points(),
        pools: seatsOfPools(licenses.list()),
        expiring: months.map(([month, files]) => ({ month, files })),
      };
    },
  };
}

/** @throws StationError USAGE as long as nothing was ever recorded */
async function begun(desk: Desk): Promise<Workspace> {
  const workspace = await desk.existing();
  if (workspace === null)
    throw new StationError("USAGE", "There is no ledger yet. It begins with the first thing the station records.");
  return workspace;
}
