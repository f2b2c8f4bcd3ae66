import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shiftedClock } from "../fakes/shifted-clock.ts";
import { licenseWindow, someDevices, windowStation } from "../fakes/window-station.ts";
import { licenceFiles, testVendor, unlimited } from "../fixtures/station-licence.ts";
import { batchOf, type CliRun, type CliWorld, inWorld } from "./cli-world.ts";
import { quietHooks, workbench } from "./workbench.ts";

const errorOf = (run: CliRun): string => batchOf(run).error?.code ?? JSON.parse(run.stdout).error?.code;
const ask = (world: CliWorld, from: number, to: number) => {
  for (let i = from; i < to; i++)
    world.ask(`dev-${String(i).padStart(4, "0")}.fingerprint.txt`, `fp-dev-${String(i).padStart(4, "0")}\ndev ${i}\n`);
};
const must = async (run: Promise<CliRun>): Promise<CliRun> => {
  const done = await run;
  expect([done.code, done.stderr]).toEqual([0, expect.any(String)]);
  return done;
};
/** Under every entry of somebody signed in stands who. @returns those that miss it */
const nameless = (world: CliWorld) => {
  let current: unknown = null;
  return world.entries().filter((entry) => {
    if (entry["type"] === "operator.signed-in") current = entry["operator"];
    const isMissing = current !== null && entry["by"] !== current && entry["type"] !== "approval.given";
    if (entry["type"] === "operator.signed-out") current = null;
    return isMissing;
  });
};

/** What `licence show` prints for people, and whether a batch, a carried licence and a deactivation go through. */
async function standing(world: CliWorld, stick: string, carried: readonly string[]) {
  const shown = await must(world.station(["licence", "show"]));
  const batch = await world.provision(["--stick", stick]);
  const carry = await world.station(["carry", "--stick", stick, ...carried, "--json"]);
  const ended = await world.station([
    "deactivate",
    "--device",
    "fp-dev-0000",
    "--license",
    world.sandbox.licenseKey,
    "--api",
    world.sandbox.url,
    "--product",
    world.sandbox.product,
    "--json",
  ]);
  const codeOf = (run: CliRun) => (run.code === 0 ? "done" : errorOf(run));
  return { shown: shown.stderr, can: [codeOf(batch), codeOf(carry), codeOf(ended)] };
}

test("one station's licence from none to locked out and back: each state says what it is, and what it lets be done", async () => {
  const clock = shiftedClock();
  clock.set(new Date("2027-03-01T08:00:00Z"));
  await inWorld(
    async (world) => {
      const base = join(world.home, "..");
      const sealed = { env: { STATION_ISSUER_PASSPHRASE: "correct horse" } };
      ask(world, 0, 34);
      // None: 33 pass, and the 34th alone stops the batch.
      const first = await world.provision();
      expect([first.code, world.seats().length]).toEqual([1, 33]);
      expect(first.stderr).toContain("The quota of 33 provisionings in 24 hours");
      const other = join(base, "other");
      mkdirSync(other);
      writeFileSync(join(other, "dev-33.fingerprint.txt"), "fp-dev-0033\ndev 33\n");
      const alone = await world.provision(["--stick", other]);
      expect([alone.code, errorOf(alone)]).toEqual([3, "LICENCE_REQUIRED"]);
      expect(readdirSync(other)).toEqual(["dev-33.fingerprint.txt"]);

      // A vendor's key and token, and the station is active.
      const made = await must(
        world.station(["licence", "key", "new", "--form", "ed25519", "--out", base, "--json"], sealed),
      );
      const { private_key, public_key } = JSON.parse(made.stdout);
      await must(world.station(["licence", "key", "add", public_key]));
      const token = join(base, "station.token");
      const issue = [
        "licence",
        "issue",
        "--key",
        private_key,
        "--customer",
        "Northwind",
        "--tier",
        "field",
        "--out",
        token,
      ];
      const limits = [
        "--grace-days",
        "14",
        "--read-only-days",
        "30",
        "--max-offline-days",
        "365",
        "--daily-quota",
        "40",
      ];
      await must(world.station([...issue, "--expires", "2027-06-30", ...limits], sealed));
      expect((await must(world.station(["licence", "add", "--token-file", token]))).stderr).toMatch(
        /^Station licence: active\n/,
      );
      expect((await must(world.provision(["--stick", other]))).code).toBe(0);

      const { key: vendorKey, token: carriedToken } = licenceFiles(
        base,
        testVendor.token({ ...unlimited, issued_at: "2026-01-01T00:00:00Z" }),
      );
      const carried = ["--token-file", carriedToken, "--vendor-key", vendorKey];
      const at = async (instant: string) => {
        clock.set(new Date(instant));
        return await standing(world, other, carried);
      };
      const all = ["done", "done", "done"];
      const none = (code: string) => [code, code, code];
      const active = await at("2027-06-30T23:59:30Z");
      expect(active).toEqual({ shown: expect.stringMatching(/^Station licence: active\n/), can: all });
      const grace = await at("2027-07-01T00:00:00Z");
      expect(grace).toEqual({
        shown: expect.stringContaining("runs until 2027-07-14T23:59:59Z; add a new licence"),
        can: all,
      });
      const readOnly = await at("2027-07-15T00:00:00Z");
      expect(readOnly).toEqual({
        shown: expect.stringMatching(/^Station licence: read-only; nothing is spent or written\n[^]*LICENCE_READ_ONLY/),
        can: none("LICENCE_READ_ONLY"),
      });
      const lockedOut = await at("2027-08-14T00:00:00Z");
      expect(lockedOut).toEqual({
        shown: expect.stringMatching(
          /^Station licence: locked-out; [^]*ended for good at 2027-08-13T23:59:59Z[^]*LICENCE_LOCKED/,
        ),
        can: none("LICENCE_LOCKED"),
      });
      // What reads goes on, and a licence cannot be taken off to be better off without.
      expect((await world.station(["licence", "remove", "--json"])).stderr).toContain("LICENCE_KEPT");
      for (const reads of [
        ["ledger", "verify"],
        ["keys", "export", "--out", join(base, "keys")],
        ["ledger", "export", "--out", join(base, "out")],
      ])
        await must(world.station(reads));

      // Renewed: active. The clock set back by more than its skew is seen, and setting it right again does not help.
      await must(world.station([...issue.slice(0, -1), `${token}.2`, "--expires", "2028-06-30", ...limits], sealed));
      await must(world.station(["licence", "add", "--token-file", `${token}.2`]));
      expect((await at("2027-08-14T01:00:00Z")).can).toEqual(all);
      clock.set(new Date("2027-08-01T00:00:00Z"));
      expect((await world.station(["licence", "show", "--json"])).stdout).toContain('"state":"tampered"');
      const tampered = await at("2027-08-14T02:00:00Z");
      expect(tampered).toEqual({
        shown: expect.stringContaining("clock-behind: The clock said 2027-08-01T00:00:00"),
        can: none("STATION_TAMPERED"),
      });
      expect((await world.station(["ledger", "verify"])).code).toBe(0);
    },
    { clock },
  );
}, 120_000);

test("a store edited by hand stops the station until somebody else approves the vendor's recovery key; the ledger tells who did what", async () => {
  await inWorld(async (world) => {
    const base = join(world.home, "..");
    const { key, token } = licenceFiles(base, testVendor.token({ ...unlimited, daily_quota: 5 }));
    const pins = { ada: "hopper-7730", grace: "lovelace-81" };
    const as = (name: keyof typeof pins, args: readonly string[], env = {}) =>
      world.station([...args, "--badge", `B-${name}`, "--json"], { env: { STATION_PIN: pins[name], ...env } });
    for (const [name, role] of [
      ["ada", "administrator"],
      ["grace", "supervisor"],
    ] as const) {
      const add = ["operator", "add", "--new-badge", `B-${name}`, "--name", name, "--role", role];
      expect((await as("ada", add, { STATION_NEW_PIN: pins[name] })).code).toBe(0);
    }
    await must(as("ada", ["operator", "policy", "--approvals", "licence-recovery"]));
    await must(as("ada", ["licence", "key", "add", key]));
    await must(as("ada", ["licence", "add", "--token-file", token]));
    world.askFor("a");
    const grace = { env: { STATION_PIN: pins.grace } };
    expect((await world.provision(["--badge", "B-grace"], grace)).code).toBe(0);

    const stored = join(world.home, "licence.json");
    writeFileSync(stored, readFileSync(stored, "utf8").replace('"daily_quota":5', '"daily_quota":5000'));
    const stopped = await world.provision(["--badge", "B-grace"], grace);
    expect([stopped.code, errorOf(stopped)]).toEqual([3, "STATION_TAMPERED"]);
    const [event] = world.entries("tamper.detected");
    expect(event).toMatchObject({ kind: "stored-claims", detail: expect.stringContaining("daily_quota") });

    const exported = JSON.parse((await must(as("ada", ["keys", "export", "--out", join(base, "keys")]))).stdout);
    const shown = JSON.parse((await world.station(["licence", "show", "--json"])).stdout);
    const sha256 = /Event ([0-9a-f]{64})/.exec(shown.tampering[0].message)?.[1] ?? "";
    const claims = { station: exported.fingerprints["ledger.pem"], event: sha256, issued_at: "2026-11-22T00:00:00Z" };
    const recovery = { STATION_RECOVERY: testVendor.token(claims, "recovery") };
    const recover = () => as("ada", ["licence", "recover"], recovery);
    const refused = await recover();
    expect([refused.code, errorOf(refused)]).toEqual([3, "APPROVAL_NEEDED"]);
    const { subject, reference } = JSON.parse(refused.stdout).error.details;
    const asked = await must(
      as("ada", ["approve", "ask", "--subject", subject, "--reference", reference, "--reason", "a disk was restored"]),
    );
    await must(as("grace", ["approve", "give", JSON.parse(asked.stdout).id]));
    expect(JSON.parse((await must(recover())).stdout)).toMatchObject({ state: "active", tampering: [] });
    expect((await world.provision(["--badge", "B-grace"], grace)).code).toBe(0);

    const ids = Object.fromEntries(world.entries("operator.added").map(({ name, operator }) => [name, operator]));
    const told = JSON.parse((await must(world.station(["ledger", "show", "--json"]))).stdout)
      .entries as (typeof event)[];
    const chapters = new Set([
      "batch.started",
      "batch.finished",
      "tamper.detected",
      "approval.asked",
      "approval.given",
      "approval.used",
      "licence.activated",
      "licence.recovered",
    ]);
    expect(
      told.flatMap((entry) => (chapters.has(String(entry?.["type"])) ? [[entry?.["type"], entry?.["by"]]] : [])),
    ).toEqual([
      ["licence.activated", ids["ada"]],
      ["batch.started", ids["grace"]],
      ["batch.finished", ids["grace"]],
      // Seen when the home was opened, before anybody had signed in.
      ["tamper.detected", undefined],
      ["approval.asked", ids["ada"]],
      ["approval.given", ids["grace"]],
      ["approval.used", ids["ada"]],
      ["licence.recovered", ids["ada"]],
      ["batch.started", ids["grace"]],
      ["batch.finished", ids["grace"]],
    ]);
    expect(world.entries("operator.signed").at(-2)).toMatchObject({
      meaning: "recovered",
      covers: 2,
      operator: ids["ada"],
    });
    expect(nameless(world)).toEqual([]);
    const overrides = await must(world.station(["ledger", "ask", "overrides"]));
    for (const words of ["tamper-detected", "approval-given", "approval-used", "tamper-recovered", "ada", "grace"])
      expect(overrides.stdout + overrides.stderr).toContain(words);
    expect((await world.station(["ledger", "verify"])).code).toBe(0);
  });
}, 180_000);

test("16 batches that begin at once on 16 sticks get together exactly what the quota has", async () => {
  const bench = await workbench();
  const station = await bench.open();
  try {
    const sticks = Array.from({ length: 16 }, (_, i) => join(bench.stick, "..", `slot-${i}`));
    for (const [i, stick] of sticks.entries()) {
      mkdirSync(stick);
      for (let n = 0; n < 3; n++) writeFileSync(join(stick, `${n}.fingerprint.txt`), `fp-slot-${i}-${n}-0001\n`);
    }
    const run = async (stick: string, i: number) => {
      const intake = await station.read(stick);
      const job = bench.job({ workOrder: `WO-${i}` });
      const { outcome } = await station.provisionRequests(stick, intake, job, bench.api(), quietHooks());
      return [...outcome.state.devices.values()].filter(({ status }) => status === "delivered").length;
    };
    const runs = await Promise.allSettled(sticks.map(run));
    const got = runs.map((one) => (one.status === "fulfilled" ? one.value : 0));
    expect(got.reduce((sum, one) => sum + one, 0)).toBe(33);
    expect(bench.sandbox.activations()).toHaveLength(33);
    const refusals = runs.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
    expect(new Set(refusals)).toEqual(new Set(["LICENCE_REQUIRED"]));
    expect(got.filter((one) => one > 0).length + refusals.length).toBe(16);
  } finally {
    await station.close();
    await bench.close();
  }
}, 60_000);

test("a licence that expires in the middle of a batch stops the next one, not this one", async () => {
  const clock = shiftedClock();
  clock.set(new Date("2027-03-01T08:00:00Z"));
  const bench = await workbench({ clock: () => clock.now() });
  const station = await bench.open({ clock });
  try {
    station.addVendorKey(Buffer.from(testVendor.pems.ed25519), null);
    const ends = { expires_at: "2027-03-01T09:00:00Z", issued_at: "2027-03-01T00:00:00Z" };
    await station.authority.install(testVendor.token({ ...unlimited, ...ends }), "pasted");
    for (let i = 0; i < 6; i++) bench.ask(`${i}.fingerprint.txt`, `fp-dev-${i}-0001\n`);
    let first = true;
    const hooks = {
      ...quietHooks(),
      changed: () => {
        if (first) clock.set(new Date("2027-03-01T09:00:00Z"));
        first = false;
      },
    };
    const { outcome } = await station.provision(bench.stick, bench.job(), bench.api(), hooks);
    expect([outcome.problem, bench.sandbox.activations().length]).toEqual([null, 6]);
    expect(station.licence()).toMatchObject({ state: "locked-out", writes: false });
    const next = station.provision(bench.stick, bench.job(), bench.api(), quietHooks());
    await expect(next).rejects.toMatchObject({ code: "LICENCE_LOCKED" });
  } finally {
    await station.close();
    await bench.close();
  }
}, 60_000);

test("the watched file replaced while the station runs gives it its new quota without a restart", async () => {
  const station = await windowStation();
  try {
    await licenseWindow(station);
    const file = join(station.folder, "watched.jwt");
    const put = (quota: number, id: string) => {
      writeFileSync(`${file}.new`, `${testVendor.token({ ...unlimited, licence_id: id, daily_quota: quota })}\n`);
      renameSync(`${file}.new`, file);
    };
    put(2, "two");
    station.chosen.licence = file;
    expect(await station.call("licence.watch-file", {})).toMatchObject({ licenceId: "two", quota: { limit: 2 } });
    const stick = await station.stick(someDevices(5));
    await station.call("job.set", {
      product: station.sandbox.product,
      pool: "main",
      policyId: "field",
      workOrder: "WO-1",
    });
    expect(await station.call("batch.preflight", { stickId: stick })).toMatchObject({
      allowance: { left: 2, wouldGet: 2 },
    });
    const renewed = station.until("licence", ({ licenceId }) => licenceId === "five");
    put(5, "five");
    expect(await renewed).toMatchObject({ quota: { limit: 5 } });
    expect(await station.call("batch.preflight", { stickId: stick })).toMatchObject({
      allowance: { left: 5, wouldGet: 5 },
    });
  } finally {
    await station.close();
  }
}, 60_000);
