import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync(new URL("../../electron/engine/ledger/COMPLIANCE.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("|") && !/^\| *(?:-|clause|asks)/.test(line));

test("every test that the compliance map cites is there", () => {
  const cited = new Set(
    [...page.matchAll(/`((?:unit|scenarios|contract|vectors|e2e|property)\/[a-z0-9-]+)`/g)].map(
      ([, name]) => name ?? "",
    ),
  );
  expect(cited.size).toBeGreaterThan(10);
  for (const name of cited) expect(existsSync(new URL(`../${name}.test.ts`, import.meta.url)), name).toBe(true);
});

test("every row says something of what the station does, and claims no certificate", () => {
  for (const row of rows) {
    const cells = row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    expect(cells).toHaveLength(4);
    expect(cells[1]).not.toBe("");
  }
  expect(page).not.toMatch(/certified|compliant with/i);
});
