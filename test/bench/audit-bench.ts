import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { answer, type Question } from "../../electron/engine/audit/answer.ts";
import { allTime } from "../../electron/engine/audit/period.ts";
import { exportLedger } from "../../electron/engine/ledger/export.ts";
import { type Ledger, openLedger } from "../../electron/engine/ledger/ledger.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { exampleSigner } from "../fixtures/known-signer.ts";
import { ledgerKey, origin } from "../fixtures/ledger-world.ts";
import { growYears } from "./audit-world.ts";
import { median, type Row, seconds } from "./row.ts";

/** An auditor's answers over a long ledger beside a plain read of every entry, and the export beside a copy of it. */
export async function auditRows(entries: number): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "audit-bench-"));
  try {
    const path = join(folder, "ledger.db");
    const { newest } = await growYears(path, entries);
    const signer = { key: ledgerKey, sign: exampleSigner.sign };
    const ledger = await openLedger({ path, origin, signer, clock: systemClock, readOnly: true });
    const size = `${entries / 1000} k entries`;
    const read = await timed(async () => readAll(path));
    const rows: Row[] = [];
    for (const [name, question] of questions) {
      let found = 0;
      const taken = await timed(async () => {
        for await (const _ of answer(ledger, question, newest).rows) found += 1;
      });
      rows.push({
        name: `h  ${name}, ${size}`,
        measured: `${seconds(taken)}, ${found} rows`,
        against: `${seconds(read)} to read and parse every entry`,
        ratio: taken / read,
        aim: "<= 2",
      });
    }
    const everMs = newest.getTime() + 180 * 86_400_000;
    const found = await ledger.expiring(newest.getTime(), everMs);
    const finding = await timed(() => ledger.expiring(newest.getTime(), everMs));
    rows.push({
      name: `h  which files expire in 180 days, ${size}`,
      measured: `${seconds(finding)}, ${found.length} files`,
      against: `${seconds(read)} to read and parse every entry`,
      ratio: finding / read,
      aim: "<= 0.5",
    });
    rows.push(await exportRow(ledger, folder, size));
    ledger.close();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By turns with `cp -r` of what it wrote and a sync of that file system: both are durable when they end. */
async function exportRow(ledger: Ledger, folder: string, size: string): Promise<Row> {
  const [out, copy] = [join(folder, "export"), join(folder, "copy")];
  const written: number[] = [];
  const copied: number[] = [];
  for (let pair = 0; pair < exportPairs; pair++) {
    run("sync", ["-f", folder]);
    written.push(
      await timed(() =>
        exportLedger(ledger, out, { publicKeys: {}, verifierPy: new Uint8Array(), verifierHtml: null }),
      ),
    );
    run("sync", ["-f", folder]);
    copied.push(
      await timed(async () => {
        run("cp", ["-r", out, copy]);
        run("sync", ["-f", folder]);
      }),
    );
    rmSync(out, { recursive: true });
    rmSync(copy, { recursive: true });
  }
  return {
    name: `i  export, ${size}`,
    measured: seconds(median(written)),
    against: `cp -r of the same files and sync ${seconds(median(copied))}`,
    ratio: median(copied.map((ms, i) => ms / (written[i] ?? Number.NaN))),
    aim: ">= 0.5",
  };
}

const exportPairs = 3;

function run(command: string, args: readonly string[]): void {
  if (spawnSync(command, args, { stdio: "inherit" }).status !== 0) throw new Error(`${command} failed.`);
}

const questions: readonly (readonly [string, Question])[] = [
  ["one device", { kind: "device", device: "machine-777" }],
  ["one device by its name", { kind: "device", device: "Press machine-777" }],
  ["every file and its device", { kind: "devices", period: allTime, workOrder: null }],
  ["files that expire in 180 days, all of them", { kind: "expiring", days: 180 }],
  ["counts by operator", { kind: "counts", period: allTime, by: "operator" }],
  ["overrides", { kind: "overrides", period: allTime }],
];

function readAll(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  for (const { bytes } of database.prepare("SELECT bytes FROM entries ORDER BY idx").iterate()) {
    JSON.parse(Buffer.from(bytes as Uint8Array).toString("utf8"));
  }
  database.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
