import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { loopStick } from "../fixtures/loop-stick.ts";
import { auditRows } from "./audit-bench.ts";
import { deliveryRows, type Place } from "./delivery-bench.ts";
import { ledgerBench } from "./ledger-bench.ts";
import { memoryRow, provisionRows, rateLimitRows } from "./provision-bench.ts";
import { quotaRows } from "./quota-bench.ts";
import { formatRows, type Row } from "./row.ts";

/**
 * `npm run bench [-- --quick] [-- --only a,b,c,ledger,quota,audit,memory]`: every figure is a ratio of two things measured side by
 * side in this run, in turns, medians where there is more than one; what a second is worth differs between machines.
 * Exits 1 when an aim is missed.
 */
const isQuick = process.argv.includes("--quick");
const only = process.argv[process.argv.indexOf("--only") + 1]?.split(",") ?? [];
const isWanted = (part: string): boolean => !process.argv.includes("--only") || only.includes(part);

const base = mkdtempSync(join(tmpdir(), "station-bench-"));
const rows: Row[] = [];
const load = loadavg()[0] ?? 0;
try {
  await part("a", () => provisionRows(base, 1000, isQuick ? 1 : 3));
  await part("b", () => rateLimitRows(base, isQuick));
  await part("c", () => deliveries(isQuick ? 2 : 5));
  await part("ledger", ledgerBench);
  await part("quota", () => quotaRows(base));
  await part("audit", () => auditRows(isQuick ? 100_000 : 1_000_000));
  await part("memory", async () => [await memoryRow(base, isQuick ? 2000 : 10_000)]);
} finally {
  rmSync(base, { recursive: true, force: true });
}
const { text, missed } = formatRows(rows);
console.log(`\n${text}\n`);
console.log(
  `Load of the machine before: ${load.toFixed(1)} (other work on it makes the whole-process rows of a, b and c worse).`,
);
process.exitCode = missed === 0 ? 0 : 1;

async function part(name: string, measure: () => Promise<readonly Row[]>): Promise<void> {
  if (!isWanted(name)) return;
  console.error(`measuring ${name} …`);
  rows.push(...(await measure()));
}

async function deliveries(pairs: number): Promise<readonly Row[]> {
  const places: Place[] = [{ name: "a folder", folder: base, aim: "≤ 1.3" }];
  const folder = join(base, "exfat");
  mkdirSync(folder);
  const volume = loopStick("exfat", base, folder);
  if (volume !== null) places.push({ name: "exFAT in an image", folder, aim: "" });
  try {
    return await deliveryRows(base, places, 500, pairs);
  } finally {
    volume?.remove();
  }
}
