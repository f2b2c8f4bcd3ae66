import { readFileSync, statSync } from "node:fs";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { StationError } from "#shared/domain/errors.ts";
import { fromUtf8, utf8 } from "#shared/formats/encoding.ts";
import { licenseProduct } from "../../engine/audit/license-product.ts";
import { type Difference, type Reconciliation, reconcile } from "../../engine/audit/reconcile.ts";
import { type AskedLicense, reconcileServer } from "../../engine/audit/reconcile-server.ts";
import { seatsFromCsv } from "../../engine/audit/seat-list.ts";
import type { Ledger } from "../../engine/ledger/ledger.ts";
import { displayText } from "../../engine/platform/display-text.ts";
import { seatAsker } from "../../engine/seat-asker.ts";
import { apiAccess, apiOptions } from "../api-access.ts";
import { type Args, readArgs, usage } from "../args.ts";
import type { ExitCode } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import { licenseKeysFrom } from "../license-keys.ts";
import { countLines } from "../progress-count.ts";
import { homeOptions, stationVersion, withReader } from "../open-station.ts";

const options = {
  ...homeOptions,
  ...apiOptions,
  server: { type: "boolean" },
  csv: { type: "string" },
  product: { type: "string" },
  license: { type: "string", multiple: true },
  "license-file": { type: "string" },
} as const;

/** `station ledger reconcile --server | --csv FILE`: exits 0 when server and ledger agree, 1 when they do not. */
export async function ledgerReconcileCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  const args = readArgs(argv, options);
  const csv = args.text("csv");
  if (args.flag("server") === (csv !== null)) throw usage("Give either --server or --csv FILE.");
  const licenseKeys = licenseKeysFrom(args);
  return withReader<ExitCode>(args, io, async ({ openLedger }) => {
    const ledger = await openLedger();
    try {
      const found =
        csv === null
          ? await withServer(ledger, licenseKeys, args, io)
          : await withList(ledger, readList(csv), licenseKeys);
      if (args.flag("json")) io.stdout(JSON.stringify(jsonOf(found)));
      for (const line of textOf(found)) io.stderr(line);
      return found.differences.length > 0 || found.unanswered > 0 ? 1 : 0;
    } finally {
      ledger.close();
    }
  });
}

async function withServer(ledger: Ledger, licenseKeys: readonly string[], args: Args, io: Io): Promise<Reconciliation> {
  if (licenseKeys.length === 0)
    throw usage("--server asks licence by licence: name each with --license, or all in a --license-file.");
  const product = args.text("product");
  const licenses = licenseKeys.map((licenseKey): AskedLicense => {
    const known = product ?? licenseProduct(ledger, sha256Hex(utf8(licenseKey)));
    if (known === null)
      throw usage("The ledger knows no batch under one of these licences. Name its --product, or leave it out.");
    return { product: known, licenseKey };
  });
  const api = apiAccess(args, io);
  const asker = seatAsker(api, { env: io.env, version: stationVersion() });
  try {
    return await reconcileServer(ledger, licenses, {
      ask: asker.ask,
      concurrency: api.concurrency,
      signal: io.signal,
      onProgress: countLines(io, (total) => `Asking the server about ${total} ${total === 1 ? "device" : "devices"}.`),
    });
  } finally {
    await asker.close();
  }
}

/** A list of one licence can be held against that licence's devices alone. */
async function withList(ledger: Ledger, text: string, licenseKeys: readonly string[]): Promise<Reconciliation> {
  const [only, ...more] = licenseKeys;
  if (more.length > 0) throw usage("A list is compared with one licence, or without --license with all of them.");
  return reconcile(ledger, seatsFromCsv(text), only === undefined ? null : sha256Hex(utf8(only)));
}

const longestList = 64 * 1024 * 1024;

function readList(file: string): string {
  let bytes: Uint8Array | null = null;
  try {
    if (statSync(file).size <= longestList) bytes = readFileSync(file);
  } catch {
    // Said below: the system's own sentence would name no next step.
  }
  const text = bytes === null ? null : fromUtf8(bytes);
  if (text !== null) return text;
  throw new StationError("USAGE", `The list ${displayText(file)} cannot be read as UTF-8 text of at most 64 MiB.`);
}

function jsonOf({ seats, agreeing, unanswered, differences }: Reconciliation) {
  return {
    ok: differences.length === 0 && unanswered === 0,
    seats,
    agreeing,
    unanswered,
    differences: differences.map(({ kind, fingerprintSha256, deviceName, server, ledger }) => ({
      kind,
      fingerprint_sha256: fingerprintSha256,
      device_name: deviceName,
      server,
      ledger,
    })),
  };
}

const mostLines = 200;

function textOf({ seats, agreeing, unanswered, differences }: Reconciliation): readonly string[] {
  const lines = [`${seats} seats on the server; ${agreeing} of them agree with the ledger.`];
  if (unanswered > 0) lines.push(`Of ${unanswered} devices the server would not say whether they hold a seat.`);
  if (differences.length > 0) lines.push(`${differences.length} differences:`);
  lines.push(...differences.slice(0, mostLines).map((one) => `  ${sentenceOf(one)}`));
  if (differences.length > mostLines) lines.push(`  and ${differences.length - mostLines} more; --json has all.`);
  return lines;
}

function sentenceOf({ kind, fingerprintSha256, deviceName, server, ledger }: Difference): string {
  const device = `${deviceName === null ? "a device without a name" : displayText(deviceName)} (${(fingerprintSha256 ?? "").slice(0, 16)})`;
  switch (kind) {
    case "seat-unlogged":
      return `${device}: has a seat that the ledger knows nothing of`;
    case "seat-gone":
      return `${device}: its seat ${displayText(ledger ?? "")} is gone from the server`;
    case "name-differs":
      return `${device}: the server calls it ${displayText(server ?? "")}`;
    case "activation-differs":
      return `${device}: the server's activation is ${displayText(server ?? "")}, the ledger's ${displayText(ledger ?? "")}`;
    case "seats-uncounted":
      return `${server} seats are taken on the server, ${ledger} of them by devices of this ledger`;
  }
}
