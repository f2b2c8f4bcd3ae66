import { spawn } from "node:child_process";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenSqlite, openSqlite } from "../../electron/engine/ledger/database.ts";
import {
  attachment,
  deviceNames,
  intended,
  issued,
  type LedgerWorld,
  ledgerWorld,
  started,
  wholeBatch,
} from "../fixtures/ledger-world.ts";

let world: LedgerWorld;
beforeEach(() => {
  world = ledgerWorld();
});
afterEach(() => world.remove());

const batch = "batch-0001";
type Fate = "works" | "lost" | "kept";

/** SQLite whose COMMIT reports a fault once it is told to, after undoing the transaction or after keeping it. */
function failingSqlite(): { readonly open: OpenSqlite; fail(fate: Fate): void } {
  let fate: Fate = "works";
  class FailingSqlite extends DatabaseSync {
    override prepare(sql: string): StatementSync {
      const statement = super.prepare(sql);
      if (sql !== "COMMIT") return statement;
      const run = statement.run.bind(statement);
      statement.run = () => {
        if (fate === "works") return run();
        if (fate === "kept") run();
        else this.exec("ROLLBACK");
        throw Object.assign(new Error("disk I/O error"), { errcode: 10 });
      };
      return statement;
    }
  }
  return {
    open: (path) => new FailingSqlite(path),
    fail: (next) => {
      fate = next;
    },
  };
}

test.each<[string, Fate, number]>([
  ["lost", "lost", 2],
  ["kept", "kept", 3],
])("a commit that failed and was %s ends appending; opening again tells which", async (_, fate, sizeAfter) => {
  const sqlite = failingSqlite();
  const ledger = await world.open({ openSqlite: sqlite.open });
  ledger.append([started(batch)]);
  sqlite.fail(fate);
  const unwritable = { code: "LEDGER_UNWRITABLE" };
  expect(() => ledger.append([issued(batch, "a")], [attachment(batch, "a")])).toThrow(
    expect.objectContaining(unwritable),
  );
  sqlite.fail("works");
  expect(() => ledger.append([intended(batch, "b")])).toThrow(expect.objectContaining(unwritable));
  await expect(ledger.appendSoon([intended(batch, "b")])).rejects.toMatchObject(unwritable);
  for (const prove of [() => ledger.rootAt(1), () => ledger.receipt(0), () => ledger.consistencyProof(1)]) {
    expect(prove).toThrow(expect.objectContaining(unwritable));
  }
  expect(ledger.size).toBe(2);
  ledger.close();

  const again = await world.open();
  expect(again.size).toBe(sizeAfter);
  expect([...again.owed(batch)].length).toBe(sizeAfter - 2);
  expect(again.append([intended(batch, "b")])).toEqual([sizeAfter]);
  again.close();
});

test("all that shared a failed commit are told", async () => {
  const sqlite = failingSqlite();
  const ledger = await world.open({ openSqlite: sqlite.open });
  sqlite.fail("lost");
  const results = await Promise.allSettled(
    deviceNames(5).map((device) => ledger.appendSoon([intended(batch, device)])),
  );
  expect(results.map((one) => one.status === "rejected" && (one.reason as { code: string }).code)).toEqual(
    Array.from({ length: 5 }, () => "LEDGER_UNWRITABLE"),
  );
  ledger.close();
});

test("a full medium is a refusal; what was durable before stays, and goes on once there is room", async () => {
  const ledger = await world.open({
    openSqlite: (path, readOnly) => {
      const database = openSqlite(path, readOnly);
      database.exec("PRAGMA max_page_count = 40");
      return database;
    },
  });
  let kept = ledger.size;
  const fill = () => {
    for (let i = 0; i < 1000; i++) {
      ledger.append(wholeBatch(`batch-${1000 + i}`, ["a", "b"]));
      kept = ledger.size;
    }
  };
  expect(fill).toThrow(expect.objectContaining({ code: "LEDGER_UNWRITABLE", details: { sqlite: 13 } }));
  ledger.close();
  const again = await world.open();
  expect([again.size, kept > 8]).toEqual([kept, true]);
  again.append([started(batch)]);
  again.close();
});

test("a file that another program holds is a refusal that passes", async () => {
  const ledger = await world.open({
    openSqlite: (path, readOnly) => {
      const database = openSqlite(path, readOnly);
      database.exec("PRAGMA busy_timeout = 0");
      return database;
    },
  });
  const other = new DatabaseSync(world.path);
  other.exec("BEGIN IMMEDIATE");
  expect(() => ledger.append([started(batch)])).toThrow(expect.objectContaining({ code: "LEDGER_UNWRITABLE" }));
  other.exec("ROLLBACK");
  other.close();
  expect(ledger.append([started(batch)])).toEqual([1]);
  ledger.close();
});

test("a file whose digest is not its entry's, or that no entry names, is never kept", async () => {
  const ledger = await world.open();
  const wrong = [
    { ...attachment(batch, "a"), bytes: new Uint8Array(3) },
    attachment(batch, "b"),
    { ...attachment(batch, "a"), batch: "batch-0002" },
  ];
  for (const one of wrong) {
    expect(() => ledger.append([issued(batch, "a")], [one])).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  }
  expect(() => ledger.append([issued(batch, "a")], [], { settle: "batch-0002" })).toThrow(
    expect.objectContaining({ code: "INTERNAL" }),
  );
  expect(ledger.size).toBe(1);
  ledger.close();
});

test("a process killed at any moment leaves a ledger that verifies, with everything it was told was durable", async () => {
  (await world.open()).close();
  for (let round = 0; round < 4; round++) {
    const durable = await killedAfter(world.path, 5 + round * 23);
    const ledger = await world.open();
    expect(ledger.size).toBeGreaterThanOrEqual(durable);
    for (const { entry } of ledger.entriesOfType("batch.started")) {
      // Whole transactions only: a batch's start, issue and kept file came together.
      expect([...ledger.batchEntries(entry.batch)].length).toBe(2);
      expect([...ledger.owed(entry.batch)].length).toBe(1);
    }
    ledger.close();
  }
});

/** Runs a writer and kills it after it has reported `count` durable appends. @returns the last size it reported */
function killedAfter(path: string, count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const script = new URL("../fixtures/ledger-writer.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.on("error", reject);
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.split("\n").length > count) child.kill("SIGKILL");
    });
    child.on("close", () => resolve(Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1))));
  });
}
