import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { batchOf, type CliWorld, fingerprintsOf, inWorld } from "./cli-world.ts";

const canMount = mountWorks();
const mounted = canMount ? test : test.skip;
const needsMounts = canMount ? "" : " (skipped: this machine lets us mount nothing)";

function mountWorks(): boolean {
  const where = join("/dev/shm", `station-mount-${process.pid}`);
  try {
    mkdirSync(where);
  } catch {
    return false;
  }
  const done = system("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", where);
  if (done) system("umount", where);
  system("rmdir", where);
  return done;
}

/** @returns whether it went well */
function system(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** The world's stick is a file system of its own, of so many KiB. */
async function onMount(sizeKib: number, work: (world: CliWorld) => Promise<void>): Promise<void> {
  await inWorld(async (world) => {
    expect(system("mount", "-t", "tmpfs", "-o", `size=${sizeKib}k`, "tmpfs", world.stick)).toBe(true);
    try {
      await work(world);
    } finally {
      system("umount", "-l", world.stick);
    }
  });
}

function nothingSpent(world: CliWorld): void {
  expect(world.seats()).toEqual([]);
  expect(world.entries().filter(({ type }) => type !== "ledger.created")).toEqual([]);
}

mounted(`a stick without room is refused before a seat is spent, and says how much it lacks${needsMounts}`, () =>
  onMount(64, async (world) => {
    world.askFor("a", "b");
    const ended = await world.provision();
    expect(ended.code).toBe(4);
    expect(batchOf(ended)).toMatchObject({
      batch: null,
      devices: [],
      error: { code: "STICK_FULL", details: { needed_bytes: expect.any(Number), free_bytes: expect.any(Number) } },
    });
    nothingSpent(world);
    const dry = await world.provision(["--dry-run"]);
    expect(dry.code).toBe(4);
    expect(JSON.parse(dry.stdout).space.fits).toBe(false);
    system("mount", "-o", "remount,size=1m", world.stick);
    expect((await world.provision()).code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a", "b"))).toEqual([]);
  }),
);

mounted(`a read-only stick is refused before a seat is spent${needsMounts}`, () =>
  onMount(1024, async (world) => {
    world.askFor("a");
    system("mount", "-o", "remount,ro", world.stick);
    const ended = await world.provision();
    expect([ended.code, batchOf(ended).error?.code]).toEqual([4, "STICK_READ_ONLY"]);
    nothingSpent(world);
    // Reading is all that a dry run does.
    expect((await world.provision(["--dry-run"])).code).toBe(0);
  }),
);

test("a stick that is not there is exit 4, and nothing is begun", () =>
  inWorld(async (world) => {
    const ended = await world.provision(["--stick", join(world.stick, "not-mounted")]);
    expect([ended.code, batchOf(ended).error?.code]).toEqual([4, "STICK_GONE"]);
    const resumed = await world.resume(["--stick", join(world.stick, "not-mounted")]);
    expect([resumed.code, batchOf(resumed).error?.code]).toEqual([4, "STICK_GONE"]);
    nothingSpent(world);
  }));

test.each([
  ["the root of the system", () => "/"],
  ["a folder of the system", () => "/etc"],
  ["the folder of all users", () => "/home"],
  ["the user's own folder", () => process.env["HOME"] ?? "/root"],
  ["the station's home", ({ home }: CliWorld) => home],
  ["a folder that holds the station's home", ({ home }: CliWorld) => join(home, "..")],
  ["a folder in the station's home", ({ home }: CliWorld) => join(home, "keys")],
  ["a file", ({ stick }: CliWorld) => join(stick, "a.fingerprint.txt")],
] as const)("%s is no stick: exit 3, nothing written, nothing spent", (_, placeOf) =>
  inWorld(async (world) => {
    world.askFor("a");
    // Makes the home, so that it can be named.
    await world.station(["keys", "export", "--out", join(world.home, "..", "keys")]);
    const ended = await world.provision(["--stick", placeOf(world)]);
    expect([ended.code, batchOf(ended).error?.code]).toEqual([3, "STICK_UNSAFE"]);
    const dry = await world.provision(["--stick", placeOf(world), "--dry-run"]);
    expect([dry.code, batchOf(dry).error?.code]).toEqual([3, "STICK_UNSAFE"]);
    nothingSpent(world);
    expect(Object.keys(world.files(world.stick))).toEqual(["a.fingerprint.txt"]);
  }),
);

test.each(["link to a folder", "link to nothing", "file"] as const)(
  "a PROVISIONING that is a %s is refused and left as it is",
  (kind) =>
    inWorld(async (world) => {
      world.askFor("a");
      const target = join(world.home, "..", "target");
      mkdirSync(target);
      const place = join(world.stick, "PROVISIONING");
      if (kind === "file") writeFileSync(place, "mine");
      else symlinkSync(kind === "link to a folder" ? target : "/nowhere/at/all", place);
      const ended = await world.provision();
      expect([ended.code, batchOf(ended).error?.code]).toEqual([3, "STICK_UNSAFE"]);
      nothingSpent(world);
      expect(world.files(target)).toEqual({});
    }),
);

test("a link to the stick is the stick: its batch is found by either name", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const link = join(world.home, "..", "link");
    symlinkSync(world.stick, link);
    const stopped = await world.provision([], { env: { LICENSESEAT_API_KEY: "pk_wrong" } });
    expect(stopped.code).toBe(4);
    const resumed = await world.resume(["--stick", link]);
    expect([resumed.code, batchOf(resumed).batch]).toEqual([0, batchOf(stopped).batch]);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
  }));

test("resume on another stick refuses and touches nothing; that stick can have a batch of its own", () =>
  inWorld(async (world) => {
    world.askFor("a");
    const stopped = await world.provision([], { env: { LICENSESEAT_API_KEY: "pk_wrong" } });
    const other = join(world.home, "..", "other-stick");
    mkdirSync(other);
    writeFileSync(join(other, "z.fingerprint.txt"), "fp-z-0001\n");
    const wrong = await world.resume(["--stick", other]);
    expect([wrong.code, batchOf(wrong).error?.code]).toEqual([3, "NOTHING_TO_RESUME"]);
    expect(Object.keys(world.files(other))).toEqual(["z.fingerprint.txt"]);
    const own = await world.provision(["--stick", other]);
    expect([own.code, batchOf(own).finished_first]).toEqual([0, []]);
    expect(world.seats()).toEqual(["fp-z-0001"]);
    const right = await world.resume();
    expect([right.code, batchOf(right).batch]).toEqual([0, batchOf(stopped).batch]);
    expect(world.seats()).toEqual(["fp-a-0001", "fp-z-0001"]);
  }));

test("a stick moved to another place is another stick as long as nothing but its path is known", () =>
  inWorld(async (world) => {
    world.askFor("a");
    await world.provision([], { env: { LICENSESEAT_API_KEY: "pk_wrong" } });
    renameSync(world.stick, `${world.stick}-moved`);
    const moved = await world.resume(["--stick", `${world.stick}-moved`]);
    expect([moved.code, batchOf(moved).error?.code]).toEqual([3, "NOTHING_TO_RESUME"]);
    renameSync(`${world.stick}-moved`, world.stick);
    expect((await world.resume()).code).toBe(0);
    expect(await world.expectSound(fingerprintsOf("a"))).toEqual([]);
  }));
