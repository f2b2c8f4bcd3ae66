import { chmodSync, cpSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { StationError } from "#shared/domain/errors.ts";
import { systemClock } from "../../electron/engine/platform/clock.ts";
import { inBatchWorld } from "./batch-world.ts";
import { batchIds, batchOf, type CliRun, type CliWorld, fingerprintsOf, inWorld } from "./cli-world.ts";

/** A world with one batch behind it. */
async function afterOneBatch(work: (world: CliWorld) => Promise<void>): Promise<void> {
  await inWorld(async (world) => {
    world.askFor("a", "b");
    expect((await world.provision()).code).toBe(0);
    await work(world);
  });
}

function sql(world: CliWorld, statement: string): void {
  const database = new DatabaseSync(join(world.home, "ledger.db"));
  database.exec(statement);
  database.close();
}

function failureOf({ stdout }: CliRun): { readonly code: string; readonly message: string } {
  return JSON.parse(stdout).error;
}

const edits: readonly (readonly [string, (world: CliWorld) => void])[] = [
  [
    "one byte of an entry is another",
    (world) =>
      sql(
        world,
        "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'a-device', 'A-device') AS BLOB) WHERE idx = 2",
      ),
  ],
  ["the last entry is gone", (world) => sql(world, "DELETE FROM entries WHERE idx = (SELECT max(idx) FROM entries)")],
  ["an entry in the middle is gone", (world) => sql(world, "DELETE FROM entries WHERE idx = 3")],
  [
    "an entry was put behind the head",
    (world) => sql(world, "INSERT INTO entries SELECT idx + 1, bytes, leaf FROM entries ORDER BY idx DESC LIMIT 1"),
  ],
  ["the head is gone", (world) => sql(world, "DELETE FROM head")],
  ["a table was added", (world) => sql(world, "CREATE TABLE notes (note TEXT)")],
  ["the file ends midway", (world) => truncateSync(join(world.home, "ledger.db"), 6000)],
  ["the file is empty", (world) => truncateSync(join(world.home, "ledger.db"), 0)],
  [
    "the file is gone",
    (world) => {
      for (const name of ["ledger.db", "ledger.db-wal", "ledger.db-shm"])
        rmSync(join(world.home, name), { force: true });
    },
  ],
  ["the file is not a database", (world) => writeFileSync(join(world.home, "ledger.db"), "x".repeat(8192))],
];
test.each(edits)("%s: every command that would append is refused with exit 5, and nothing is appended", (_, edit) =>
  afterOneBatch(async (world) => {
    edit(world);
    // What SQLite keeps beside the file is its own affair, and the verification leaves word that there is damage.
    const home = () =>
      Object.entries(world.files(world.home)).filter(([name]) => !/-(?:wal|shm)$|^ledger\.damaged$/.test(name));
    const before = home();
    const stick = world.files(world.stick);
    world.askFor("c");
    for (const ended of [await world.provision(), await world.provision(["--dry-run"]), await world.resume()]) {
      expect(ended.code).toBe(5);
      expect(failureOf(ended)).toMatchObject({
        code: "LEDGER_BROKEN",
        message: expect.stringMatching(/backup|auditor/),
      });
    }
    const verified = await world.station(["ledger", "verify", "--json"]);
    expect(verified.code).toBe(5);
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: false });
    expect(home()).toEqual(before);
    expect(world.seats()).toEqual(fingerprintsOf("a", "b"));
    rmSync(join(world.stick, "c.fingerprint.txt"));
    expect(world.files(world.stick)).toEqual(stick);
  }),
);

test("an older copy of the ledger verifies by itself, and the stick's checkpoint catches it", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const copy = join(world.home, "..", "older.db");
    cpSync(join(world.home, "ledger.db"), copy);
    world.askFor("b");
    await world.provision();
    cpSync(copy, join(world.home, "ledger.db"));
    for (const beside of ["ledger.db-wal", "ledger.db-shm"]) rmSync(join(world.home, beside), { force: true });
    expect((await world.station(["ledger", "verify"])).code).toBe(0);
    const entries = world.entries();
    const stick = world.files(world.stick);

    for (const ended of [await world.provision(), await world.provision(["--dry-run"]), await world.resume()]) {
      expect(ended.code).toBe(5);
      expect(batchOf(ended).error).toMatchObject({ code: "LEDGER_REWOUND", details: { verdict: "ahead" } });
    }
    // The alarm itself is logged, once, with both signed notes.
    expect(world.entries().slice(0, -1)).toEqual(entries);
    expect(world.entries().at(-1)).toMatchObject({ type: "stick.contradicted", reason: "ahead" });
    expect(world.files(world.stick)).toEqual(stick);
    expect(world.seats()).toEqual(fingerprintsOf("a", "b"));
  }));

test("a ledger that went another way from an older copy on is caught as well", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    const copy = join(world.home, "..", "home-copy");
    cpSync(world.home, copy, { recursive: true });
    world.askFor("b");
    await world.provision();
    // The same station, restored elsewhere, goes on with another stick.
    const other = join(world.home, "..", "other");
    cpSync(world.stick, other, { recursive: true, filter: (from) => !from.includes("PROVISIONING") });
    expect((await world.provision(["--home", copy, "--stick", other])).code).toBe(0);
    const ended = await world.provision(["--home", copy]);
    expect([ended.code, batchOf(ended).error?.code]).toEqual([5, "LEDGER_REWOUND"]);
  }));

test("a stick of another station is no contradiction: its batches stay, ours come beside them", () =>
  inWorld(async (world) => {
    world.askFor("a");
    expect((await world.provision(["--home", join(world.home, "..", "another")])).code).toBe(0);
    const [theirs] = world.batches();
    const ended = await world.provision();
    expect(ended.code).toBe(0);
    expect(world.batches()).toEqual([theirs ?? "", ...batchIds(ended)].sort());
    expect(world.seats()).toEqual(fingerprintsOf("a"));
  }));

const homeFaults: readonly (readonly [string, (world: CliWorld) => void, string])[] = [
  ["the key file is gone", (world) => rmSync(join(world.home, "keys", "keys.json")), "KEYS_UNREADABLE"],
  ["the key file is damaged", (world) => truncateSync(join(world.home, "keys", "keys.json"), 100), "KEYS_UNREADABLE"],
  [
    "the account's secret is gone",
    (world) => rmSync(join(world.env["XDG_STATE_HOME"] ?? "", "licence-station", "account.key")),
    "KEYS_UNREADABLE",
  ],
  [
    "others may read the account's secret",
    (world) => chmodSync(join(world.env["XDG_STATE_HOME"] ?? "", "licence-station", "account.key"), 0o644),
    "KEYS_UNREADABLE",
  ],
  [
    "the sealed secrets are damaged",
    (world) => writeFileSync(join(world.home, "keys", "secrets.json"), "{}"),
    "KEYS_UNREADABLE",
  ],
  [
    "the station's name is gone from its file",
    (world) => writeFileSync(join(world.home, "station.json"), "{}"),
    "HOME_UNREADABLE",
  ],
];
test.each(homeFaults)("%s: refused with what to do, and nothing is made anew", (_, harm, code) =>
  afterOneBatch(async (world) => {
    harm(world);
    const entries = world.entries();
    const keys = world.files(join(world.home, "keys"));
    const ended = await world.provision();
    expect([ended.code, failureOf(ended).code]).toEqual([code === "HOME_UNREADABLE" ? 4 : 3, code]);
    expect(failureOf(ended).message).toMatch(/Restore|restore|Work from|Take that away/);
    expect(world.entries()).toEqual(entries);
    expect(world.files(join(world.home, "keys"))).toEqual(keys);
  }),
);

test("a ledger without its key file is not given new keys", () =>
  afterOneBatch(async (world) => {
    rmSync(join(world.home, "keys"), { recursive: true });
    const ended = await world.provision();
    expect([ended.code, failureOf(ended).code]).toEqual([3, "KEYS_UNREADABLE"]);
  }));

test("a clock set back is refused before a seat is spent; once it is right, the same job is done", () =>
  inBatchWorld(async (world) => {
    world.askFor("a");
    await world.provision();
    world.askFor("b");
    const yesterday = { ...systemClock, now: () => new Date(Date.now() - 86_400_000) };
    const refused = await world.provision({ clock: yesterday }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StationError);
    expect(refused).toMatchObject({ code: "CLOCK_BEHIND" });
    expect(world.sandbox.activations()).toHaveLength(1);
    // A few minutes are what a network's time service may correct.
    const hasty = { ...systemClock, now: () => new Date(Date.now() - 200_000) };
    expect((await world.provision({ clock: hasty })).problem).toBeNull();
    expect(await world.expectSound(["fp-a-0001", "fp-b-0001"])).toEqual([]);
  }));

test("a clock far behind the server's refuses every file, and the batch waits for the right time", () =>
  inBatchWorld(async (world) => {
    world.askFor("a");
    const lastYear = { ...systemClock, now: () => new Date(Date.now() - 365 * 86_400_000) };
    const stopped = await world.provision({ clock: lastYear });
    expect(["CREDENTIAL_CLOCK", "CREDENTIAL_NOT_YET_VALID"]).toContain(stopped.problem);
    expect(world.delivered()).toEqual([]);
    expect((await world.resume()).problem).toBeNull();
    expect(await world.expectSound(["fp-a-0001"])).toEqual([]);
  }));
