import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { toFailure } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { stationKeyFiles } from "../../engine/exported-keys.ts";
import { auditorPage, verifierFiles } from "../../engine/audit/auditor-page.ts";
import type { SliceQuery } from "../../engine/audit/choose-entries.ts";
import { allTime, parsePeriod } from "../../engine/audit/period.ts";
import { exportReports } from "../../engine/audit/report-files.ts";
import { exportSlice } from "../../engine/audit/slice.ts";
import { exportLedger } from "../../engine/ledger/export.ts";
import { type LedgerVerdict, verifyLedger } from "../../engine/ledger/fsck.ts";
import { predecessorFrom } from "../../engine/predecessor.ts";
import { exportSalvage } from "../../engine/salvage.ts";
import { rememberVerdict } from "../../engine/whole-verification.ts";
import { cosignedCheckpoints } from "../../engine/witnesses.ts";
import { chromiumPrinter } from "../../engine/platform/chromium.ts";
import { systemClock } from "../../engine/platform/clock.ts";
import { type Args, readArgs, usage } from "../args.ts";
import { type ExitCode, exitCodeOf } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { homeOptions, readSmallFile, stationVersion, withReader, withStation } from "../open-station.ts";
import { reportLanguage } from "../report-language.ts";

const options = {
  ...homeOptions,
  out: { type: "string" },
  device: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  "work-order": { type: "string" },
  salvage: { type: "boolean" },
  language: { type: "string" },
  checkpoint: { type: "string" },
  "old-key": { type: "string" },
  reason: { type: "string" },
} as const;

/** `station ledger …`: reading only, beside a station that works; all but `succeed`. */
export async function ledgerCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === "ask") return (await import("./ledger-ask.ts")).ledgerAskCommand(rest, io);
  if (first === "report") return (await import("./ledger-report.ts")).ledgerReportCommand(rest, io);
  if (first === "reconcile") return (await import("./ledger-reconcile.ts")).ledgerReconcileCommand(rest, io);
  const args = readArgs(argv, options, { min: 1, max: 1 });
  const [action] = args.positionals;
  const isJson = args.flag("json");
  if (action === "verify") return verify(args, isJson, io);
  if (action === "export") return exportTo(args.need("out"), args, isJson, io);
  if (action === "checkpoint") return checkpoint(args, isJson, io);
  if (action === "show") return show(args.text("device"), args, isJson, io);
  if (action === "succeed") return succeed(args, isJson, io);
  throw usage("The ledger command knows verify, export, checkpoint, show, ask, report, reconcile and succeed.");
}

/** A new station goes on where one ended whose keys or whose home were lost. */
async function succeed(args: Args, isJson: boolean, io: Io): Promise<ExitCode> {
  const note = Buffer.from(readSmallFile(args.need("checkpoint")));
  const predecessor = predecessorFrom(note, readSmallFile(args.need("old-key")).trim(), args.need("reason"));
  const { origin, tree_size: size } = predecessor;
  return withStation<ExitCode>(
    args,
    io,
    async ({ name }) => {
      if (isJson) io.stdout(JSON.stringify({ station: name, predecessor: { origin, size } }));
      io.stderr(`The ledger of "${name}" begins with a link to the ${size} entries of "${origin}".`);
      return 0;
    },
    { predecessor },
  );
}

async function verify(args: Args, isJson: boolean, io: Io): Promise<ExitCode> {
  return withReader<ExitCode>(args, io, async ({ home, ledgerPath, vkey }) => {
    const verdict = await verifyLedger({ path: ledgerPath, vkey });
    rememberVerdict(home, verdict, systemClock.now());
    if (isJson) io.stdout(JSON.stringify(verdict));
    io.stderr(verdictText(verdict));
    return verdict.ok ? 0 : 5;
  });
}

async function exportTo(out: string, args: Args, isJson: boolean, io: Io): Promise<ExitCode> {
  const query = sliceQuery(args);
  const isSalvage = args.flag("salvage");
  if (isSalvage && query !== null) throw usage("--salvage exports all that is left, so it takes no period or device.");
  const language = reportLanguage(args, io);
  return withReader<ExitCode>(args, io, async ({ openLedger, keys, name, ledgerPath, vkey }) => {
    const ledger = await openLedger();
    try {
      const publicKeys = stationKeyFiles(keys, ledger, name).files;
      const verifierHtml = auditorPage();
      const verifierPy = readFileSync(fileURLToPath(new URL("../../engine/ledger/verify.py", import.meta.url)));
      const files = { ...publicKeys, ...verifierFiles(verifierPy) };
      const { size } = ledger;
      let shown = size;
      if (isSalvage) {
        const verdict = await verifyLedger({ path: ledgerPath, vkey });
        if (verdict.ok) throw usage("The ledger verifies, so there is nothing to salvage. Leave --salvage out.");
        shown = (await exportSalvage(ledger, out, verdict, files)).shown;
        io.stderr(`${verdict.problems.length} problems are listed in DAMAGE.txt.`);
      } else if (query === null) {
        const order = { period: allTime, now: systemClock.now(), version: stationVersion(), language };
        const reports = exportReports(ledger, order, chromiumPrinter(io.env));
        const cosigned = cosignedCheckpoints(ledger);
        await exportLedger(ledger, out, { publicKeys, verifierPy, verifierHtml, cosigned, reports });
      } else {
        shown = (await exportSlice(ledger, out, query, { files, cosigned: cosignedCheckpoints(ledger) })).shown;
      }
      if (isJson) io.stdout(JSON.stringify({ out, entries: shown, size, checkpoint: ledger.checkpoint() }));
      io.stderr(`${shown} of ${size} entries in ${out}. VERIFY.txt there says how anybody can check them.`);
      return 0;
    } finally {
      ledger.close();
    }
  });
}

/** Null: the whole ledger. @throws StationError USAGE */
function sliceQuery(args: Args): SliceQuery | null {
  const [from, to, workOrder, device] = [
    args.text("from"),
    args.text("to"),
    args.text("work-order"),
    args.text("device"),
  ];
  if (from === null && to === null && workOrder === null && device === null) return null;
  return { period: parsePeriod(from, to), workOrder, device: device === null ? null : hashOf(device) };
}

async function checkpoint(args: Args, isJson: boolean, io: Io): Promise<ExitCode> {
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      const note = ledger.checkpoint();
      io.stdout(isJson ? JSON.stringify({ checkpoint: note, origin: ledger.origin, size: ledger.size }) : note);
      return 0;
    } finally {
      ledger.close();
    }
  });
}

async function show(device: string | null, args: Args, isJson: boolean, io: Io): Promise<ExitCode> {
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      const found = device === null ? ledger.entries() : ledger.deviceHistory(hashOf(device));
      if (isJson) {
        io.stdout(
          JSON.stringify({ size: ledger.size, entries: [...found].map(({ index, entry }) => ({ index, ...entry })) }),
        );
        return 0;
      }
      // The stored bytes, one entry a line: what the leaf hashes are of.
      let any = false;
      for (const { index } of found) {
        any = true;
        io.stdout(Buffer.from(ledger.entryBytes(index)).toString("utf8"));
      }
      if (!any) io.stderr(device === null ? "The ledger is empty." : "The ledger knows nothing of this device.");
      return 0;
    } catch (error) {
      const failure = toFailure(error);
      io.stderr(`${failure.message} [${failure.code}]`);
      return exitCodeOf(failure.code);
    } finally {
      ledger.close();
    }
  });
}

/** A fingerprint, or its SHA-256 in hex as manifests and receipts show it. */
function hashOf(device: string): string {
  return /^[0-9a-f]{64}$/.test(device) ? device : sha256Hex(utf8(device));
}

function verdictText({ ok, size, problems }: LedgerVerdict): string {
  if (ok) return `${size} entries, every one and the signed head verify.`;
  return [
    "The ledger does not verify:",
    ...problems.slice(0, 50).map(({ index, message }) => `  ${index === null ? "" : `entry ${index}: `}${message}`),
  ].join("\n");
}
