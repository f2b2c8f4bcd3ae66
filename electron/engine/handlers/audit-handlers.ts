import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8 } from "#shared/formats/encoding.ts";
import type { CallInput, CallOutput } from "#shared/ipc/contract.ts";
import type { Answer, Question } from "../audit/answer.ts";
import { parsePeriod } from "../audit/period.ts";
import type { Reconciliation } from "../audit/reconcile.ts";
import type { Handlers } from "../dispatch.ts";
import type { Clock } from "../platform/clock.ts";
import type { Desk } from "./desk.ts";
import type { Dialogs } from "./dialogs.ts";
import { folderStamp } from "./folder-stamp.ts";
import type { Workspace } from "./workspace.ts";

type AuditCalls = Extract<keyof Handlers, `audit.${string}`>;

export function auditHandlers(desk: Desk, dialogs: Dialogs, clock: Clock): Pick<Handlers, AuditCalls> {
  const ask = async (question: Question) => await tableOf((await begun(desk)).opened.audit.answer(question));
  return {
    "audit.devices": (asked) => ask(questionOf({ ...asked, kind: "devices" })),
    "audit.device": (asked) => ask(questionOf({ ...asked, kind: "device" })),
    "audit.overrides": (asked) => ask(questionOf({ ...asked, kind: "overrides" })),
    "audit.expiring": (asked) => ask(questionOf({ ...asked, kind: "expiring" })),
    "audit.counts": (asked) => ask(questionOf({ ...asked, kind: "counts" })),
    "audit.csv": async (asked) => {
      const { opened, engine } = await begun(desk);
      const folder = await dialogs.chooseFolder("ledger");
      if (folder === null) return { file: null, rows: 0 };
      const file = join(folder, `${asked.kind}-${folderStamp(engine.name, clock.now())}.csv`);
      return { file, rows: await opened.audit.writeCsv(questionOf(asked), file) };
    },
    "audit.report": async ({ from, to }) => {
      const { opened, engine } = await begun(desk);
      const period = parsePeriod(from, to);
      const folder = await dialogs.chooseFolder("ledger");
      if (folder === null) return { file: null, printed: false };
      const file = join(folder, `report-${folderStamp(engine.name, clock.now())}`);
      return await opened.audit.writeReport(period, desk.settings.get().language, file);
    },
    "audit.reconcile-csv": async () => {
      const { opened } = await begun(desk);
      const file = await dialogs.chooseSeatList();
      return file === null ? null : viewOf(await opened.audit.reconcileList(await listText(file)));
    },
    "audit.reconcile-server": async () => {
      const { opened, licenses, api, comparison } = await begun(desk);
      const asked = licenses.list().map(({ id, product }) => ({ product, licenseKey: licenses.keyOf(id) }));
      if (asked.length === 0)
        throw new StationError(
          "LICENSE_KEY_MISSING",
          "The station holds no licence key. Add one under licences first.",
        );
      const access = api();
      return comparison.start((onProgress, signal) =>
        opened.audit.reconcileServer(access, asked, { onProgress, signal }),
      );
    },
    "audit.reconcile-stop": async () => {
      const { comparison } = await begun(desk);
      comparison.stop();
      await comparison.ended;
      return comparison.view();
    },
    "audit.reconciled": async () => {
      const found = (await desk.existing())?.comparison.found() ?? null;
      return found === null ? null : viewOf(found);
    },
  };
}

/** What a table on a screen holds; a file holds them all. */
const mostRows = 5000;
const longestList = 64 * 1024 * 1024;

function questionOf(asked: CallInput<"audit.csv">): Question {
  switch (asked.kind) {
    case "devices":
      return { kind: "devices", period: parsePeriod(asked.from, asked.to), workOrder: asked.workOrder || null };
    case "device":
      return { kind: "device", device: asked.device };
    case "overrides":
      return { kind: "overrides", period: parsePeriod(asked.from, asked.to) };
    case "expiring":
      return { kind: "expiring", days: asked.days };
    case "counts":
      return { kind: "counts", period: parsePeriod(asked.from, asked.to), by: asked.by };
  }
}

async function tableOf({ columns, rows }: Answer): Promise<CallOutput<"audit.devices">> {
  const shown: CallOutput<"audit.devices">["rows"] = [];
  let total = 0;
  for await (const row of rows) {
    total += 1;
    if (shown.length < mostRows) shown.push(columns.map((name) => cellOf(row[name])));
  }
  return { columns: [...columns], rows: shown, total };
}

function cellOf(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function viewOf({ differences, ...rest }: Reconciliation): NonNullable<CallOutput<"audit.reconciled">> {
  return { ...rest, total: differences.length, differences: differences.slice(0, mostRows) };
}

/** @throws StationError USAGE */
async function listText(file: string): Promise<string> {
  try {
    const text = (await stat(file)).size > longestList ? null : fromUtf8(await readFile(file));
    if (text !== null) return text;
  } catch {
    // Said below: the system's own sentence would name no next step.
  }
  throw new StationError("USAGE", "The list cannot be read as UTF-8 text of at most 64 MiB. Export it again as CSV.");
}

/** @throws StationError USAGE as long as nothing was ever recorded */
async function begun(desk: Desk): Promise<Workspace> {
  const workspace = await desk.existing();
  if (workspace !== null) return workspace;
  throw new StationError("USAGE", "There is no ledger yet. It begins with the first thing the station records.");
}
