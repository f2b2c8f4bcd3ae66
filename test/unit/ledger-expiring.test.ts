import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { instantMs } from "../../electron/engine/ledger/fsck/instant-bytes.ts";
import { verifyLedger } from "../../electron/engine/ledger/fsck.ts";
import type { Ledger } from "../../electron/engine/ledger/ledger.ts";
import { issued, type LedgerWorld, ledgerWorld, started, vkey } from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

const dayMs = 86_400_000;
const firstMs = Date.parse("2026-06-01T00:00:00.000Z");
const onDay = (day: number) => new Date(firstMs + day * dayMs).toISOString();
const file = (device: string, day: number) => ({ ...issued("batch-0001", device), expires_at: onDay(day) });

/** The slow way: every entry, and of each device the last that counts. */
function expected(ledger: Ledger, fromMs: number, toMs: number): readonly number[] {
  const newest = new Map<string, { readonly index: number; readonly expiresMs: number }>();
  for (const { index, entry } of ledger.entries()) {
    if (entry.type !== "machine-file.issued") continue;
    newest.set(entry.fingerprint_sha256, { index, expiresMs: Date.parse(entry.expires_at) });
  }
  return [...newest.values()]
    .filter(({ expiresMs }) => expiresMs >= fromMs && expiresMs <= toMs)
    .map(({ index }) => index)
    .toSorted((a, b) => a - b);
}

test("what expires is each device's newest file in the window, from the table and from memory alike", async () => {
  let ledger = await world.open();
  ledger.append([started("batch-0001")]);
  // 4,300 files of 1,000 devices: each device has four or five, of which only the last counts.
  ledger.append(Array.from({ length: 4300 }, (_, i) => file(`device-${i % 1000}`, (i * 7919) % 400)));
  const windows = [
    [-1, 500],
    [0, 0],
    [10, 20],
    [399, 399],
    [400, 500],
  ].map(([from = 0, to = 0]) => [firstMs + from * dayMs, firstMs + to * dayMs] as const);
  for (const readOnly of [false, true]) {
    ledger.close();
    ledger = await world.open({ readOnly });
    for (const [from, to] of windows) expect(await ledger.expiring(from, to)).toEqual(expected(ledger, from, to));
  }
  expect((await ledger.expiring(firstMs - dayMs, firstMs + 500 * dayMs)).length).toBe(1000);
  ledger.close();
  expect((await verifyLedger({ path: world.path, vkey })).problems).toEqual([]);
});

test("both ends of the window belong to it, to the millisecond", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), file("device-1", 3)]);
  const atMs = firstMs + 3 * dayMs;
  const counts = await Promise.all([
    ledger.expiring(atMs, atMs),
    ledger.expiring(atMs + 1, atMs + dayMs),
    ledger.expiring(atMs - dayMs, atMs - 1),
  ]);
  expect(counts.map(({ length }) => length)).toEqual([1, 0, 0]);
  ledger.close();
});

test("a device whose newest file has expired already is not told with an older one that has not", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), file("device-1", 300), file("device-1", 1), file("device-2", 300)]);
  expect(await ledger.expiring(firstMs + 2 * dayMs, firstMs + 400 * dayMs)).toEqual([4]);
  ledger.close();
});

test("what is appended while an answer is looked for is not in it", async () => {
  const ledger = await world.open();
  ledger.append([started("batch-0001"), file("device-1", 3)]);
  const asked = ledger.expiring(firstMs, firstMs + 9 * dayMs);
  ledger.append(Array.from({ length: 4200 }, (_, i) => file(`device-${i}`, 4)));
  expect(await asked).toEqual([2]);
  ledger.close();
});

test("the second opinion reads an instant's bytes as the first reads its text", () => {
  const instants = fc.oneof(
    fc
      .date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/),
  );
  fc.assert(
    fc.property(instants, fc.nat(20), (text, at) => {
      const bytes = Buffer.from(`${" ".repeat(at)}${text}","next":"2026-01-01T00:00:00.000Z"`);
      expect(instantMs(bytes, at)).toBe(Date.parse(text));
    }),
    { numRuns: 2000 },
  );
});
