import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isWholeDue, rememberVerdict } from "../../electron/engine/whole-verification.ts";
import { deviceNames, type LedgerWorld, ledgerWorld, wholeBatch } from "../fixtures/ledger-world.ts";

const now = new Date("2026-11-22T09:00:00Z");
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);

let big: LedgerWorld;
let size = 0;
beforeAll(async () => {
  big = ledgerWorld();
  const ledger = await big.open();
  for (let i = 0; i < 4; i++) ledger.append(wholeBatch(`batch-000${i}`, deviceNames(7000)));
  // More than any opening of the tail looks at.
  for (let i = 4; i < 7; i++) ledger.append(wholeBatch(`batch-000${i}`, deviceNames(7000)));
  size = ledger.size;
  ledger.close();
}, 60_000);
afterAll(() => big.remove());

test("a small ledger is verified whole at every opening anyway, and leaves no note", async () => {
  const world = ledgerWorld();
  (await world.open()).close();
  expect(isWholeDue(world.folder, now)).toBe(false);
  rememberVerdict(world.folder, { ok: true, size: 1 }, now);
  expect(readdirSync(world.folder).filter((name) => name.startsWith("ledger.v"))).toEqual([]);
  world.remove();
});

test("a long ledger is due when nobody knows, and again after a week", () => {
  expect(size).toBeGreaterThan(2 * 65_536);
  expect(isWholeDue(big.folder, now)).toBe(true);
  rememberVerdict(big.folder, { ok: true, size }, now);
  expect(isWholeDue(big.folder, now)).toBe(false);
  expect(isWholeDue(big.folder, later(7))).toBe(false);
  expect(isWholeDue(big.folder, later(7.01))).toBe(true);
});

test("it is due when the note is of the future, of a longer ledger, or no note", () => {
  const note = (body: unknown) =>
    writeFileSync(join(big.folder, "ledger.verified"), typeof body === "string" ? body : JSON.stringify(body));
  const cases: readonly (readonly [unknown, boolean])[] = [
    [{ v: 1, size, at: now.toISOString() }, false],
    [{ v: 1, size, at: later(0.01).toISOString() }, true],
    [{ v: 1, size: size + 1, at: now.toISOString() }, true],
    [{ v: 1, size: 0, at: now.toISOString() }, false],
    [{ v: 2, size, at: now.toISOString() }, true],
    ["{", true],
    ["", true],
  ];
  for (const [body, isDue] of cases) {
    note(body);
    expect([body, isWholeDue(big.folder, now)]).toEqual([body, isDue]);
  }
});

test("damage once found makes it due until a whole verification finds nothing", () => {
  rememberVerdict(big.folder, { ok: true, size }, now);
  rememberVerdict(big.folder, { ok: false, size }, now);
  expect(isWholeDue(big.folder, now)).toBe(true);
  rememberVerdict(big.folder, { ok: true, size }, now);
  expect(isWholeDue(big.folder, now)).toBe(false);
  expect(JSON.parse(readFileSync(join(big.folder, "ledger.verified"), "utf8"))).toEqual({
    v: 1,
    size,
    at: now.toISOString(),
  });
});
