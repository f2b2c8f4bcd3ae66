import { setImmediate as turn } from "node:timers/promises";
import { StationError } from "#shared/domain/errors.ts";
import type { LedgerEntry } from "#shared/domain/ledger-entry.ts";
import { fromUtf8, hex, must } from "#shared/formats/encoding.ts";
import { foldBatch } from "../batch/batch-state.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { createDeviceIndex } from "./device-index.ts";
import type { LedgerPage, LedgerReads, LedgerRow } from "./ledger-reads.ts";

/** Entries looked at before others get their turn: a search through a long ledger must not hold up a batch. */
const entriesATurn = 512;

/** Operators are in the ledger by name where they were typed in, and by id where they have accounts. */
export type NameOperator = (id: string) => string | null;

/** The window's questions, answered from the station's own ledger. */
export function stationLedger(ledger: Ledger, nameOf: NameOperator = () => null): LedgerReads {
  const devices = createDeviceIndex(ledger);
  const check = (index: number) => {
    if (index < ledger.size) return;
    throw new StationError("USAGE", "The ledger has no such entry. Look at its newest page again.");
  };
  const row = (index: number): LedgerRow => {
    check(index);
    return rowOf(index, ledger.entry(index), must(fromUtf8(ledger.entryBytes(index)), "the entry's text"), nameOf);
  };
  return {
    get size() {
      return ledger.size;
    },
    get root() {
      return hex(ledger.rootAt(ledger.size));
    },
    checkpoint: () => ledger.checkpoint(),
    receipt: (index) => {
      check(index);
      return ledger.receipt(index);
    },
    row,
    page: (asked) => page(ledger, asked, row, nameOf),
    batch: (id) => foldBatch(ledger.batchEntries(id)),
    batchIds: (offset, limit) => {
      const ids = ledger.entriesOfType("batch.started").map(({ entry }) => entry.batch);
      return { total: ids.length, ids: ids.reverse().slice(offset, offset + limit) };
    },
    openBatches: () => ledger.openBatches().map(({ batch }) => batch),
    deviceHistory: (fingerprintSha256) => [...ledger.deviceHistory(fingerprintSha256)].map(({ index }) => row(index)),
    devices: devices.search,
    issuedBefore: (fingerprintSha256) => ledger.issuedBefore(fingerprintSha256, null),
    issuedBeforeBatch: (fingerprintSha256, batch) => {
      for (const { entry } of ledger.deviceHistory(fingerprintSha256)) {
        if ("batch" in entry && entry.batch === batch) return false;
        if (entry.type === "machine-file.issued") return true;
      }
      return false;
    },
    expiringMonths: devices.expiringMonths,
  };
}

async function page(
  ledger: Ledger,
  { before, limit, type, query }: LedgerPage,
  row: (index: number) => LedgerRow,
  nameOf: NameOperator,
): Promise<LedgerRow[]> {
  const wanted = query.trim().toLowerCase();
  const rows: LedgerRow[] = [];
  let end = Math.min(before ?? ledger.size, ledger.size);
  while (end > 0 && rows.length < limit) {
    const from = Math.max(0, end - entriesATurn);
    const fitting = [...ledger.entries({ from, to: end })]
      .reverse()
      .filter(({ entry }) => fits(entry, type, wanted, nameOf));
    rows.push(...fitting.slice(0, limit - rows.length).map(({ index }) => row(index)));
    end = from;
    await turn();
  }
  return rows;
}

function fits(entry: LedgerEntry, type: string | null, wanted: string, nameOf: NameOperator): boolean {
  if (type !== null && entry.type !== type) return false;
  if (wanted === "") return true;
  const texts = [...Object.values(entry), whoOf(entry, nameOf)];
  return texts.some((value) => typeof value === "string" && value.toLowerCase().includes(wanted));
}

/** Whom the entry names, else by whom it came about. */
function whoOf(entry: LedgerEntry, nameOf: NameOperator): string | null {
  const id = textOf(entry, "operator") ?? textOf(entry, "by");
  return id === null ? null : (nameOf(id) ?? id);
}

function textOf(entry: LedgerEntry, name: string): string | null {
  const value = Object.hasOwn(entry, name) ? entry[name as keyof LedgerEntry] : null;
  return typeof value === "string" ? value : null;
}

function rowOf(index: number, entry: LedgerEntry, json: string, nameOf: NameOperator): LedgerRow {
  return {
    index,
    type: entry.type,
    at: entry.at,
    batch: textOf(entry, "batch"),
    fingerprintSha256: textOf(entry, "fingerprint_sha256"),
    deviceName: textOf(entry, "device_name"),
    operator: whoOf(entry, nameOf),
    json,
  };
}
